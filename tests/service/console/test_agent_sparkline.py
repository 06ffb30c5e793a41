"""The small line of risk over time."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from service.console.agent.sparkline import HEIGHT, WIDTH, sparkline


@given(st.lists(st.floats(0, 1), min_size=2, max_size=700))
def test_the_line_stays_in_its_picture(risks: list[float]) -> None:
    """From left to right, ending at the present risk, and its highest point is the highest risk."""
    line = sparkline(risks)
    assert line is not None
    places = [tuple(map(float, point.split(","))) for point in line.points.split()]
    assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in places)
    assert [x for x, _ in places] == sorted(x for x, _ in places)
    assert len(places) <= 160
    assert (line.first, line.last, line.highest) == (risks[0], risks[-1], max(risks))
    if max(risks) not in risks[-(len(risks) // 160 + 1) :]:
        assert min(y for _, y in places) == round(HEIGHT - 2 - max(risks) * (HEIGHT - 4), 1)


def test_one_point_is_no_line() -> None:
    """Nor is none."""
    assert sparkline([]) is None
    assert sparkline([0.4]) is None
