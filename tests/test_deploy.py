"""What is deployed: the unit and the image start commands that there are, with options and settings that there are."""

from __future__ import annotations

import json
import re
import shlex
from configparser import RawConfigParser
from pathlib import Path

import pytest
from typer.main import get_command

from service.app import create_app
from service.cli import app
from service.options import OPTIONS

DEPLOY = Path(__file__).resolve().parents[1] / "deploy"
FILES = ("Dockerfile", "baitwatch.service")
SETTINGS = {option.environment for option in OPTIONS}


class Unit(RawConfigParser):
    optionxform = staticmethod(str)


def unit() -> RawConfigParser:
    parser = Unit(strict=False)
    parser.read(DEPLOY / "baitwatch.service", "utf-8")
    return parser


def dockerfile() -> str:
    return (DEPLOY / "Dockerfile").read_text("utf-8").replace("\\\n", "")


def started() -> list[list[str]]:
    """Every command of ours that is started, as words after `baitwatch`."""
    lines = [shlex.split(unit()["Service"]["ExecStart"])]
    lines += [json.loads(words) for words in re.findall(r"^\s*CMD (\[.*\])$", dockerfile(), re.MULTILINE)]
    lines += [shlex.split(line) for line in re.findall(r"^RUN (\S+/baitwatch .*)$", dockerfile(), re.MULTILINE)]
    return [words[1:] for words in lines if words[0].rpartition("/")[2] == "baitwatch"]


def test_commands_and_options_are_there() -> None:
    """What unit and image start is a command of the program, and each of its options is known to it."""
    assert sorted(words[0] for words in started()) == ["serve", "serve", "train"]
    for name, *rest in started():
        known = {option for parameter in get_command(app).commands[name].params for option in parameter.opts}
        assert {word for word in rest if word.startswith("-")} <= known


@pytest.mark.parametrize("name", FILES)
def test_settings_are_there(name: str) -> None:
    """Each setting that is named is one of the service."""
    found = set(re.findall(r"BAITWATCH_\w+", (DEPLOY / name).read_text("utf-8")))
    assert found
    assert found <= SETTINGS


def test_health_is_asked_where_readiness_is_answered() -> None:
    """The image's check asks an endpoint that there is, on the port that it serves."""
    (path,) = re.findall(r"http://127.0.0.1:8000(/\w+)", dockerfile())
    assert path == "/readyz"
    assert path in {rule.rule for rule in create_app().url_map.iter_rules()}


def test_the_image_runs_without_rights_and_from_a_tag() -> None:
    """The last user is not root, and base images are named by a version."""
    assert re.findall(r"^USER (\S+)$", dockerfile(), re.MULTILINE) == ["baitwatch"]
    bases = re.findall(r"^FROM (\S+)", dockerfile(), re.MULTILINE)
    assert bases
    assert all(re.fullmatch(r"python:3\.\d+-slim", base) for base in bases)


def test_the_unit_gives_the_home_to_its_user_alone() -> None:
    """The state folder is the home, closed to others, and nothing else can be written."""
    service = unit()["Service"]
    assert service["StateDirectoryMode"] == "0700"
    assert service["Environment"] == f"BAITWATCH_HOME=%S/{service['StateDirectory']}"
    assert (service["ProtectSystem"], service["NoNewPrivileges"]) == ("strict", "yes")
