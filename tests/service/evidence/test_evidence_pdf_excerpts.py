from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from service.evidence.pdf.excerpts import excerpt
from service.evidence.pdf.glyphs import width

TEXT = st.text(st.sampled_from("字a\n🌹，"), max_size=300)


@given(TEXT, st.lists(st.tuples(st.integers(0, 300), st.integers(0, 300)), max_size=5), st.integers(1, 200))
def test_an_excerpt_fits_its_room(text, places, room):
    """Whatever is marked, the stretches lie in the text, apart and in order, and are no wider than the room."""
    spans = [(min(*place, len(text)), min(max(place), len(text))) for place in places]
    shown = excerpt(text, spans, room)
    edges = [edge for stretch in shown for edge in stretch]
    assert edges == sorted(edges)
    assert all(before < after for (_, before), (after, _) in pairwise(shown))
    assert not edges or (edges[0] >= 0 and edges[-1] <= len(text))
    assert sum(width(text[start:end]) for start, end in shown) <= room + 1e-6


@given(TEXT)
def test_what_fits_is_whole(text):
    """A text no wider than the room is not cut."""
    assert excerpt(text, [], width(text)) == [(0, len(text))]


def test_marked_words_are_shown_wherever_they_stand():
    """The beginning and each marked place are shown, what lies between is not."""
    shown = excerpt(
        "头" * 5_000 + "转我三百" + "尾" * 5_000 + "删评" + "尾" * 100, [(5_000, 5_004), (10_004, 10_006)], 320
    )
    assert shown[0][0] == 0
    assert any(start <= 5_000 and end >= 5_004 for start, end in shown)
    assert any(start <= 10_004 and end >= 10_006 for start, end in shown)
