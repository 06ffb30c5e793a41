"""Scenario files: what the loader accepts, and that it names file, path and remedy for what it does not."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from riskmodel.errors import CatalogueError
from riskmodel.synthesis.scenarios import load_families, load_pools


def story() -> dict[str, Any]:
    """A small scenario file that is right in every way."""
    return {
        "pair": "small",
        "source": ["test"],
        "surface": {"regions": "any", "cash_on_delivery": 0.5, "amount": [5, 20], "items": "food"},
        "say": {"question": ["甲吗", "乙吗"], "reply": ["丙", "丁"]},
        "families": [
            {
                "family": "small.bait",
                "label": "abusive",
                "patterns": ["promise_bait"],
                "talk": [
                    {"buyer": "ask", "use": "question", "mark": "earliest"},
                    {"agent": "answer", "careful": "reply", "careless": ["戊", "己"], "commits": True},
                    {"maybe": [{"buyer": "demand", "say": ["给{money}", "转{money}"], "money": [5, 9]}]},
                ],
            },
            {
                "family": "small.twin",
                "label": "benign",
                "patterns": [],
                "talk": [{"buyer": "ask", "use": "question"}, {"agent": "answer", "use": "reply"}],
            },
        ],
    }


def write(folder: Path, content: dict[str, Any], name: str = "small") -> Path:
    """Write a scenario file where the loader looks for it."""
    (folder / "families").mkdir(exist_ok=True)
    text = yaml.safe_dump(content, allow_unicode=True, sort_keys=False)
    (folder / "families" / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder


def test_right_file_loads(tmp_path: Path) -> None:
    """A right file gives its families in order, with the lines that they share."""
    bait, twin = load_families(write(tmp_path, story()))
    assert (bait.name, bait.label, bait.patterns) == ("small.bait", "abusive", ("promise_bait",))
    assert twin.pair == bait.pair
    assert bait.say == twin.say == story()["say"]
    assert bait.names_money
    assert not twin.names_money


def test_replies_that_commit_are_not_ready_for_everyone(tmp_path: Path) -> None:
    """What agents paste at everyone holds no careless line and no buyer's line."""
    bait, _ = load_families(write(tmp_path, story()))
    assert bait.ready_replies == [["丙", "丁"]]


def test_careful_list_knows_its_careless_way_out(tmp_path: Path) -> None:
    """A careful list that stands beside a careless one anywhere in the file can be given up for it anywhere."""
    content = story()
    content["say"]["loose"] = ["戊", "己"]
    content["families"][0]["talk"][1]["careless"] = "loose"
    bait, twin = load_families(write(tmp_path, content))
    assert bait.careless_for == twin.careless_for == {"reply": "loose"}


def bait_talk(content: dict[str, Any]) -> list[dict[str, Any]]:
    talk: list[dict[str, Any]] = content["families"][0]["talk"]
    return talk


@pytest.mark.parametrize(
    ("spoil", "path", "remedy"),
    [
        (lambda c: bait_talk(c)[0].update(whenn="careful"), "families.0.talk.0.whenn", "spelling"),
        (lambda c: bait_talk(c)[0].update(when="sometimes"), "families.0.talk.0.when", "careful"),
        (lambda c: bait_talk(c).append({"shout": "x"}), "families.0.talk.3", "exactly one of the keys"),
        (lambda c: bait_talk(c)[2]["maybe"][0].pop("money"), "families.0.talk.2.maybe.0", "money: [low, high]"),
        (lambda c: bait_talk(c)[0].update(use="nowhere"), "families.0.talk.0.use", "add it or correct"),
        (lambda c: bait_talk(c)[0].pop("mark"), "families.0.talk", "mark: earliest"),
        (lambda c: bait_talk(c)[1].pop("careless"), "families.0.talk.1", "give both"),
        (lambda c: bait_talk(c).append({"pause": {"days": [3, 1]}}), "families.0.talk.3.pause.days", "low <= high"),
        (lambda c: bait_talk(c).append({"order": {}}), "families.0.talk.3.order", "exactly one"),
        (lambda c: c["families"].pop(1), "families", "add a benign or legit_complaint one"),
        (lambda c: c["families"][1].update(family="small.bait"), "families", "rename one"),
        (lambda c: c["families"][0].update(patterns=["wickedness"]), "families.0.patterns.0", "promise_bait"),
        (lambda c: c["families"][0].update(patterns=[]), "families.0.patterns", "name them"),
        (lambda c: c["say"].update(reply=["丙"]), "say.reply", "write more"),
        (lambda c: c["say"].update(reply=["丙", "{colour}"]), "say.reply", "use one of item"),
        (lambda c: c["surface"].update(policy={"cutoff": 1}), "surface.policy", "spelling"),
        (lambda c: c.update(pair="other"), "pair", "rename"),
    ],
)
def test_error_names_file_path_and_remedy(tmp_path: Path, spoil: Any, path: str, remedy: str) -> None:
    """Each way to break the format is answered with the file, the line, the path inside it and what to do."""
    content = story()
    spoil(content)
    with pytest.raises(CatalogueError) as caught:
        load_families(write(tmp_path, content))
    message = str(caught.value)
    assert re.match(rf"small\.yaml: line \d+: {re.escape(path)}", message), message
    assert remedy in message


def test_the_line_is_that_of_the_fault(tmp_path: Path) -> None:
    """The line of the key or the step where it stands, the line of what should hold it where it is missing."""
    content = story()
    bait_talk(content)[0].update(use="nowhere")
    folder = write(tmp_path, content)
    lines = (folder / "families" / "small.yaml").read_text("utf-8").splitlines()
    with pytest.raises(CatalogueError, match=rf"line {1 + lines.index('    use: nowhere')}: families\.0\.talk\.0\.use"):
        load_families(folder)
    content = story()
    content["families"].pop(1)
    folder = write(tmp_path, content)
    lines = (folder / "families" / "small.yaml").read_text("utf-8").splitlines()
    with pytest.raises(CatalogueError, match=rf"line {1 + lines.index('families:')}: families: .*without a twin"):
        load_families(folder)


def test_family_name_in_two_files(tmp_path: Path) -> None:
    """A family name used by two files is refused, with both files named."""
    write(tmp_path, story())
    second = story() | {"pair": "second"}
    with pytest.raises(CatalogueError, match=r"small\.yaml: .*second\.yaml"):
        load_families(write(tmp_path, second, "second"))


def test_broken_yaml_names_the_line(tmp_path: Path) -> None:
    """A file that is no YAML is answered with its name and line."""
    write(tmp_path, story())
    (tmp_path / "families" / "small.yaml").write_text("pair: small\nsay: [unclosed\n", encoding="utf-8")
    with pytest.raises(CatalogueError, match=r"small\.yaml: line \d"):
        load_families(tmp_path)


def test_empty_folder_is_an_error(tmp_path: Path) -> None:
    """A folder without scenario files is an error, not an empty catalogue."""
    with pytest.raises(CatalogueError, match="no scenario files"):
        load_families(tmp_path)


def test_missing_pools_are_an_error(tmp_path: Path) -> None:
    """A missing pools.yaml is an error that names it."""
    with pytest.raises(CatalogueError, match=r"pools\.yaml"):
        load_pools(tmp_path)


def test_every_abusive_family_of_the_project_has_a_twin() -> None:
    """In the project's own files each abusive family shares file, surface and lines with an innocent one."""
    families = load_families()
    innocent = {family.pair for family in families if family.label != "abusive"}
    assert {family.label for family in families} == {"abusive", "benign", "legit_complaint"}
    assert all(family.pair in innocent for family in families)


def test_no_sentence_in_two_files() -> None:
    """Wordings are partitioned by file, so that a split by family is a split by wording too."""
    where: dict[str, str] = {}
    for family in load_families():
        for lines in family.say.values():
            for line in lines:
                if len(line) > 12:
                    assert where.setdefault(line, family.pair) == family.pair, line
