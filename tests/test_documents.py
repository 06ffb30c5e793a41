"""The documents: both READMEs say the same, and what any document names is there."""

import html
import json
import os
import re
import subprocess
import sys
from itertools import zip_longest
from pathlib import Path

import pytest
from typer.main import get_command

from riskmodel.conversation import parse_draft_request
from riskmodel.features import FEATURES
from service.app import create_app
from service.cli import app

ROOT = Path(__file__).resolve().parents[1]
READMES = ("README.md", "README.zh-CN.md")
DOCUMENTS = (
    *READMES,
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    *(str(path.relative_to(ROOT)) for path in sorted(ROOT.glob("docs/*.md"))),
    *(str(path.relative_to(ROOT)) for path in sorted(ROOT.glob("data/*/README.md"))),
)
FOLDERS = "benchmarks|data|docs|notebooks|riskmodel|service|tests"

FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
MACHINE_PATH = re.compile(r"(?<![\w.])/(?:work|home|root|Users|tmp|mnt|opt|private)/|[A-Z]:\\|\bfile://")
ABOUT_PEOPLE = re.compile("差评师|骗子|职业打假|敲诈者|fraudster|extortionist|scammer", re.IGNORECASE)


def read(name):
    return (ROOT / name).read_text("utf-8")


def blocks(name, language):
    return [body for kind, body in FENCE.findall(read(name)) if kind == language]


def without_comments(block):
    """A block of shell without its comments, which are in the document's own language."""
    lines = [re.sub(r"(^|\s)#.*", "", line).rstrip() for line in block.splitlines()]
    return [line for line in lines if line]


def commands(name):
    """Every `baitwatch …` and `./dev …` of a document as words, in code spans and in fenced blocks."""
    fenced = [line for _, body in FENCE.findall(read(name)) for line in without_comments(body) if line[:1] != "{"]
    for line in [*fenced, *CODE.findall(FENCE.sub("", read(name)))]:
        for part in re.split(r"\||;|&&", line):
            words = part.partition("<<")[0].split()
            if words and words[0] in ("baitwatch", ".venv/bin/baitwatch", "./dev"):
                yield [words[0].rpartition("/")[2], *words[1:]]


def options(command):
    return {name for param in command.params for name in (*param.opts, *param.secondary_opts)} | {"--help"}


def dev_tasks():
    """Each task of ./dev with its line of the help."""
    shown = subprocess.run(["sh", str(ROOT / "dev"), "help"], capture_output=True, text=True, check=True).stdout
    return {line.split()[0]: line for line in shown.splitlines() if line.startswith("  ")}


def is_part(small, large):
    """Whether all that `small` says is so in `large`; a list may leave entries out at its end."""
    if isinstance(small, dict):
        return isinstance(large, dict) and all(key in large and is_part(small[key], large[key]) for key in small)
    if isinstance(small, list):
        return isinstance(large, list) and all(is_part(one, other) for one, other in zip(small, large, strict=False))
    return small == large


def test_readmes_have_the_same_headings_and_tables():
    """Both READMEs have the same headings by level, and tables of the same size, in the same order."""
    shapes = []
    for name in READMES:
        text = FENCE.sub("", read(name))
        headings = re.findall(r"^(#+) ", text, re.MULTILINE)
        shapes.append((headings, re.findall(r"^\|", text, re.MULTILINE), re.findall(r"^- ", text, re.MULTILINE)))
    assert shapes[0] == shapes[1]


def test_readmes_show_the_same_commands():
    """Every fenced block of one README is in the other, comments aside."""
    found = [[(kind, without_comments(body)) for kind, body in FENCE.findall(read(name))] for name in READMES]
    for one, other in zip_longest(*found):
        assert one == other


def test_readmes_show_the_same_figures():
    """Both READMEs give the same numbers in their table of figures."""
    tables = []
    for name in READMES:
        rows = read(name).partition("<!-- figures: begin")[2].partition("<!-- figures: end")[0].splitlines()
        tables.append([re.findall(r"\d[\d.]*", row) for line in rows if (row := line).startswith("|")])
    assert len(tables[0]) > 2
    assert tables[0] == tables[1]


@pytest.mark.parametrize("name", DOCUMENTS)
def test_named_commands_exist(name):
    """Every command that a document names is there, with each option that it is given."""
    known, tasks = get_command(app).commands, dev_tasks()
    for program, *words in commands(name):
        shown = " ".join([program, *words])
        given = {word.partition("=")[0] for word in words if re.match("--?[a-z]", word)}
        first = words[0] if words else ""
        if program == "baitwatch":
            if first and not first.startswith("-"):
                assert first in known, shown
                command = known[first]
                if words[1:] and words[1] in getattr(command, "commands", {}):
                    command = command.commands[words[1]]
                assert given <= options(command), shown
            else:
                assert given <= {"--help"}, shown
        elif first:
            assert first in tasks, shown
            assert all(option in tasks[first] for option in given), shown


def test_readme_names_every_command_endpoint_and_setting():
    """The README leaves out no command and no endpoint, and with the page of settings that it leads to no setting."""
    text = read("README.md")
    named = {words[1] for words in commands("README.md") if words[0] == "baitwatch" and len(words) > 1}
    named |= {words[1] for words in commands("README.md") if words[0] == "dev" and len(words) > 1}
    assert set(get_command(app).commands) <= named
    rules = {re.sub("<(?:[a-z]+_)?([a-z]+)>", r"{\1}", rule.rule) for rule in create_app().url_map.iter_rules()}
    parts_of_pages = ("/console/", "/docs/", "/embed/")
    assert {rule for rule in rules if f"{rule}`" not in text and not rule.startswith(parts_of_pages)} == set()
    assert "/console/`" in text
    text += read("docs/settings.md")
    sources = [*ROOT.glob("riskmodel/**/*.py"), *ROOT.glob("service/**/*.py")]
    settings = {name for path in sources for name in re.findall(r"BAITWATCH_[A-Z_]+", path.read_text("utf-8"))}
    assert {name for name in settings if f"`{name}`" not in text} == set()


@pytest.mark.parametrize("name", DOCUMENTS)
def test_local_links_resolve(name):
    """Every link inside the project leads to a file or folder that is there."""
    here = (ROOT / name).parent
    for target in LINK.findall(FENCE.sub("", read(name))):
        if not re.match(r"[a-z]+:|#", target):
            path = (here / target.partition("#")[0]).resolve()
            assert path.is_relative_to(ROOT), target
            assert path.exists(), target


@pytest.mark.parametrize("name", DOCUMENTS)
def test_named_paths_exist(name):
    """Every path of the project that a document names in code is there."""
    words = [word for span in CODE.findall(FENCE.sub("", read(name))) for word in span.split()]
    for word in words:
        if re.fullmatch(rf"(?:{FOLDERS})/[\w./-]*", word):
            assert (ROOT / word).exists(), word


@pytest.mark.parametrize("name", [*DOCUMENTS, "docs/demo.svg"])
def test_no_machine_paths(name):
    """No document names a path of somebody's machine."""
    assert MACHINE_PATH.findall(read(name)) == []


@pytest.mark.parametrize("name", [name for name in DOCUMENTS if name != "docs/talking-about-suspicion.md"])
def test_documents_speak_of_text(name):
    """No document names a kind of person; the page on wording alone may quote such words."""
    assert ABOUT_PEOPLE.findall(read(name)) == []


def test_picture_fetches_nothing_and_shows_the_demo():
    """The picture is small, asks for nothing outside itself, and shows the check of the reply and the table."""
    picture = read("docs/demo.svg")
    assert len(picture.encode()) < 300_000
    assert set(re.findall(r"\w+://[^\s\"')]+", picture)) == {"http://www.w3.org/2000/svg"}
    assert "@import" not in picture
    shown = html.unescape(re.sub("<[^>]*>", "", picture)).replace("\xa0", " ")
    for words in ("可以的亲，今天给您发", "a safe wording", "demo-ordinary"):
        assert words in shown


@pytest.mark.parametrize("name", READMES)
def test_example_of_the_reply_check_is_real(name, scorer):
    """The draft that the README shows is answered as the README says."""
    (line,) = [line for body in blocks(name, "sh") for line in body.splitlines() if line.startswith("{")]
    request = parse_draft_request(line)
    shown = json.loads(blocks(name, "json")[1])
    assert is_part(shown, scorer.check_reply(request.conversation, request.draft))


@pytest.mark.parametrize("name", READMES)
def test_example_of_the_assessment_is_possible(name, scorer):
    """The Assessment that the README shows has the fields and texts of a real one; its numbers are a model's."""
    shown = json.loads(blocks(name, "json")[0])
    request = parse_draft_request(next(line for line in blocks(name, "sh")[1].splitlines() if line.startswith("{")))
    assert shown.keys() <= scorer.assess(request.conversation).keys()
    texts = {feature.name: (feature.zh, feature.en) for feature in FEATURES}
    texts["words.raised"] = texts["words.balance"]
    assert shown["reasons"]
    for reason in shown["reasons"]:
        assert texts[reason["code"]] == (reason["text_zh"], reason["text_en"])


def test_five_lines_of_python_run(model_folder):
    """The README's Python is five lines and prints an action."""
    (code,) = blocks("README.md", "python")
    assert len(code.splitlines()) == 5
    environment = os.environ | {"BAITWATCH_MODEL": str(model_folder)}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.stderr == ""
    assert done.stdout.strip() in ("proceed", "clarify", "hold", "escalate")
