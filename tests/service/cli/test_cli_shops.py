"""`shops`: what a shop has set for itself, shown and changed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from service.cli import main

POLICY = {"same_day_cutoff": "16:00", "unserved_provinces": ["西藏"], "usual_compensation_yuan": {"same_city": 10.0}}
TOML = 'same_day_cutoff = "16:00"\nunserved_provinces = ["西藏"]\n[usual_compensation_yuan]\nsame_city = 10\n'


@pytest.fixture(autouse=True)
def shops(own_home: Path, capfd: pytest.CaptureFixture[str]) -> Path:
    for name in ("甲店", "乙店"):
        assert main(["keys", "create", "--shop", name, "--scope", "score"]) == 0
    capfd.readouterr()
    return own_home


def shown(capfd: pytest.CaptureFixture[str], name: str = "甲店") -> object:
    assert main(["shops", "show", name]) == 0
    return json.loads(capfd.readouterr().out)


@pytest.mark.parametrize(("name", "text"), [("p.json", json.dumps(POLICY)), ("p.toml", TOML), ("P.TOML", TOML)])
def test_what_is_set_is_shown(shops: Path, capfd: pytest.CaptureFixture[str], name: str, text: str) -> None:
    """A policy from JSON or TOML, a limit, both or one; none takes either back; another shop's stay."""
    file = shops / name
    file.write_text(text, encoding="utf-8")
    assert shown(capfd) == {"shop": "甲店", "retention_days": None, "policy": None}
    for more, days, policy in (
        (["--policy", str(file), "--retention-days", "30"], 30, POLICY),
        (["--policy", "none"], 30, None),
        (["--policy", str(file)], 30, POLICY),
        (["--retention-days", "none"], None, POLICY),
    ):
        assert main(["shops", "set", "甲店", *more]) == 0
        capfd.readouterr()
        assert shown(capfd) == {"shop": "甲店", "retention_days": days, "policy": policy}
    assert shown(capfd, "乙店") == {"shop": "乙店", "retention_days": None, "policy": None}


def test_what_is_shown_can_be_set_again(shops: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """The policy as `show` writes it is a file that `set` reads."""
    file = shops / "p.json"
    file.write_text(json.dumps(POLICY), encoding="utf-8")
    assert main(["shops", "set", "甲店", "--policy", str(file)]) == 0
    capfd.readouterr()
    before = shown(capfd)
    assert isinstance(before, dict)
    file.write_text(json.dumps(before["policy"]), encoding="utf-8")
    assert main(["shops", "set", "甲店", "--policy", str(file)]) == 0
    capfd.readouterr()
    assert shown(capfd) == before


def test_list_shows_every_shop(capfd: pytest.CaptureFixture[str]) -> None:
    """One line each, or JSON Lines."""
    assert main(["shops", "set", "乙店", "--retention-days", "30"]) == 0
    capfd.readouterr()
    assert main(["shops", "list"]) == 0
    first, second = capfd.readouterr().out.splitlines()
    assert first.split()[:2] == ["1", "甲店"]
    assert "no policy, no limit of its own" in first
    assert "no policy, talks kept 30 days" in second
    assert main(["shops", "list", "--json"]) == 0
    rows = [json.loads(line) for line in capfd.readouterr().out.splitlines()]
    assert [(row["id"], row["name"], row["has_policy"], row["retention_days"]) for row in rows] == [
        (1, "甲店", False, None),
        (2, "乙店", False, 30),
    ]


@pytest.mark.parametrize(
    ("arguments", "content", "status", "said"),
    [
        (["set", "甲店"], "", 3, "--policy FILE, --retention-days N or both"),
        (["set", "丙店", "--retention-days", "30"], "", 3, "no shop of this name"),
        (["show", "丙店"], "", 3, "no shop of this name"),
        (["set", "甲店", "--retention-days", "0"], "", 3, "1 to 36500 days"),
        (["set", "甲店", "--retention-days", "soon"], "", 3, "a number of days, or none"),
        (["set", "甲店", "--policy", "p.json"], None, 3, "cannot use"),
        (["set", "甲店", "--policy", "p.json"], "标记", 1, "not valid JSON"),
        (["set", "甲店", "--policy", "p.toml"], "标记", 3, "not TOML"),
        (["set", "甲店", "--policy", "p.json"], '{"unserved_provinces": ["标记"]}', 1, "unserved_provinces.0"),
        (["set", "甲店", "--policy", "p.toml"], "same_day_cutoff = 16:00:00", 1, "same_day_cutoff"),
        (["set", "甲店", "--policy", "p.json", "--retention-days", "0"], "{}", 3, "1 to 36500 days"),
    ],
)
def test_wrong_input_is_one_line(
    *,
    shops: Path,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    content: str | None,
    status: int,
    said: str,
) -> None:
    """What is wrong and what to do, without what the file holds; nothing is changed."""
    monkeypatch.chdir(shops)
    if content is not None:
        for name in ("p.json", "p.toml"):
            (shops / name).write_text(content, encoding="utf-8")
    assert main(["shops", *arguments]) == status
    output = capfd.readouterr()
    assert (output.out, output.err.count("\n")) == ("", 1)
    assert said in output.err
    assert "标记" not in output.err
    assert shown(capfd) == {"shop": "甲店", "retention_days": None, "policy": None}
