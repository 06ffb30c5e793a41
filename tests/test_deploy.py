"""What is deployed: the unit and the image start commands that there are, with options and settings that there are."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import tomllib
from configparser import RawConfigParser
from pathlib import Path

import pytest
from models import variant
from typer.main import get_command

from riskmodel.model import load_model
from riskmodel.registry import Registry
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


def test_what_the_image_copies_and_reads_is_there() -> None:
    """What COPY takes and a step reads is in the project, and not left out by the ignore file."""
    ignored = (DEPLOY / "Dockerfile.dockerignore").read_text("utf-8").split()
    copied = [words.split() for words in re.findall(r"^COPY (?!--from)(.+)$", dockerfile(), re.MULTILINE)]
    assert copied
    for *sources, _ in copied:
        for source in sources:
            assert (DEPLOY.parent / source).exists(), source
            assert source not in ignored
    read = re.findall(r"\b(\w+\.(?:lock|toml))\b", dockerfile())
    assert read
    for name in read:
        assert (DEPLOY.parent / name).is_file(), name
        assert name not in ignored


def run_start(home: Path, source: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """The script that the image starts with, in a home of its own."""
    environment = {"PATH": os.environ["PATH"], "BAITWATCH_HOME": str(home)}
    words = ["sh", str(DEPLOY / "start.sh"), str(source), *command]
    return subprocess.run(words, env=environment, capture_output=True, text=True, check=False)


def test_a_fresh_volume_gets_the_model_of_the_image(tmp_path: Path, model_folder: Path) -> None:
    """And then the command is started in the place of the script, with its own status."""
    ran = run_start(tmp_path, model_folder, "sh", "-c", "echo started; exit 3")
    assert (ran.stdout, ran.stderr, ran.returncode) == ("started\n", "", 3)
    assert load_model(tmp_path / "model")[1] == load_model(model_folder)[1]
    assert {path.name for path in (tmp_path / "model").iterdir()} == {"model.npz", "manifest.json"}


def test_a_promoted_model_outlives_the_image(tmp_path: Path, model_folder: Path) -> None:
    """What was put in use in the volume is in use after the next start too, and can be taken back."""
    run_start(tmp_path, model_folder, "true")
    registry = Registry(tmp_path / "models", tmp_path / "model")
    variant(model_folder, tmp_path / "candidate")
    added = registry.add(tmp_path / "candidate", made_by="owner")
    registry.promote(added, by="owner")
    assert run_start(tmp_path, model_folder, "true").returncode == 0
    assert registry.used() == added.name
    registry.rollback(by="owner")
    assert load_model(tmp_path / "model")[1]["sha256"] == load_model(model_folder)[1]["sha256"]


def test_the_image_keeps_its_models_in_the_volume() -> None:
    """The model in use lies in the home, which is the volume and belongs to the user of the service."""
    (home,) = re.findall(r"^VOLUME (\S+)$", dockerfile(), re.MULTILINE)
    assert re.search(rf"BAITWATCH_HOME={home}\b", dockerfile())
    assert "BAITWATCH_MODEL" not in dockerfile()
    assert f"install -d -m 0700 -o baitwatch -g baitwatch {home}" in dockerfile()
    (entry,) = re.findall(r"^ENTRYPOINT (\[.*\])$", dockerfile(), re.MULTILINE)
    script, model = json.loads(entry)[1:]
    assert f"COPY deploy/start.sh {script}" in dockerfile()
    assert f"baitwatch train --model {model}" in dockerfile()


def test_the_locked_versions_are_constraints() -> None:
    """The step that makes constraints of the lock finds a version of each library that the program needs."""
    (pattern,) = re.findall(r"sed -n 's/(.+)/\\1/p' requirements.lock", dockerfile())
    plain = pattern.replace(r"\(", "(").replace(r"\)", ")")
    lines = (DEPLOY.parent / "requirements.lock").read_text("utf-8").splitlines()
    found = {match[1].partition("==")[0] for line in lines if (match := re.search(plain, line))}
    project = tomllib.loads((DEPLOY.parent / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["fast"]]
    assert {re.split(r"[\[>=<]", name)[0] for name in wanted} <= found


def test_stages_that_are_copied_from_are_there() -> None:
    """Each COPY --from names a stage of the same file, and what it copies was put there."""
    stages = set(re.findall(r"^FROM \S+ AS (\w+)$", dockerfile(), re.MULTILINE))
    for stage, source in re.findall(r"^COPY --from=(\w+) (\S+) ", dockerfile(), re.MULTILINE):
        assert stage in stages
        assert f"{source}/venv" in dockerfile()


def test_systemd_takes_the_unit(tmp_path: Path) -> None:
    """Where systemd is, its own check finds nothing to say, the program's place aside."""
    if shutil.which("systemd-analyze") is None:
        pytest.skip("needs systemd-analyze, of the package systemd")
    text = re.sub(r"(?m)^ExecStart=\S+", "ExecStart=/bin/true", (DEPLOY / "baitwatch.service").read_text("utf-8"))
    copy = tmp_path / "baitwatch.service"
    copy.write_text(text, "utf-8")
    ran = subprocess.run(["systemd-analyze", "verify", copy], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")


def test_the_unit_gives_the_home_to_its_user_alone() -> None:
    """The state folder is the home, closed to others, and nothing else can be written."""
    service = unit()["Service"]
    assert service["StateDirectoryMode"] == "0700"
    assert service["Environment"] == f"BAITWATCH_HOME=%S/{service['StateDirectory']}"
    assert (service["ProtectSystem"], service["NoNewPrivileges"]) == ("strict", "yes")
