"""The alert budget: the project's own is that of the README, and a wrong one is refused with field and remedy."""

from pathlib import Path

import pytest

from riskmodel.errors import CatalogueError
from riskmodel.model.alerts import load_alerts

RIGHT = "prevalence = 0.02\n[false_alarms]\nclarify = 0.05\nhold = 0.01\nescalate = 0.002\n"


def test_the_projects_own() -> None:
    """Half a per cent at hold, three at clarify, one in a thousand at escalate."""
    alerts = load_alerts()
    assert alerts.false_alarms.model_dump() == {"clarify": 0.03, "hold": 0.005, "escalate": 0.001}
    assert alerts.prevalence == 0.10


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("prevalence = 0.02\n", "", "prevalence: Field required"),
        ("0.02", "0", "prevalence: Input should be greater than 0"),
        ("hold = 0.01", "hold = 0.06", "false_alarms: must not rise"),
        ("escalate", "warn", "false_alarms.escalate: Field required"),
        ("0.02", "0.2", None),
        ("0.02", "", "not valid TOML"),
    ],
)
def test_a_file_is_read_or_refused(tmp_path: Path, old: str, new: str, what: str | None) -> None:
    """The field that is wrong is named."""
    file = tmp_path / "alerts.toml"
    file.write_text(RIGHT.replace(old, new), "utf-8")
    if what is None:
        assert load_alerts(file).false_alarms.hold == 0.01
    else:
        with pytest.raises(CatalogueError, match=r"alerts\.toml: ") as caught:
            load_alerts(file)
        assert what in str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """It says which file could not be read."""
    with pytest.raises(CatalogueError, match=r"none\.toml: cannot be read"):
        load_alerts(tmp_path / "none.toml")
