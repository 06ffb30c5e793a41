"""Whatever users may read speaks of words and duties, never of what somebody is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

import pytest
import yaml
from contexts import UNSAFE, check, order

# Names for people, which nothing that the product writes may hold; in the lexicon they are what an agent must not say.
LABELS = re.compile(
    "差评师|骗子|职业打假|打假人|敲诈|勒索者|恶意|碰瓷|无赖|惯犯|黑名单|可疑买家|坏人|刁民|诈骗|小人|奇葩|流氓|白嫖"
    "|团伙|老赖|羊毛党|讹"
    "|fraud|scam|liar|crook|thie[fv]|criminal|extort|blackmail|abuser|attacker|malicious|dishonest|suspicious"
    "|bad actor|blacklist|cheat|troll|gang|villain|offender|professional claimant",
    re.IGNORECASE,
)
SHOWN = re.compile("(.*_)?(zh|en)")


def data_files(folder: Traversable) -> Iterator[Traversable]:
    for entry in folder.iterdir():
        if entry.is_dir():
            yield from data_files(entry)
        elif entry.name.endswith(".yaml"):
            yield entry


def texts_of(value: Any, *, shown: bool = False) -> Iterator[str]:
    """All texts under a key for a language."""
    if isinstance(value, dict):
        for key, part in value.items():
            yield from texts_of(part, shown=shown or bool(SHOWN.fullmatch(str(key))))
    elif isinstance(value, list):
        for part in value:
            yield from texts_of(part, shown=shown)
    elif shown and isinstance(value, str):
        yield value


def catalogue_texts() -> dict[str, list[str]]:
    found = {}
    for path in data_files(files("riskmodel")):
        texts = list(texts_of(yaml.safe_load(path.read_text("utf-8"))))
        if texts:
            found[path.name] = texts
    return found


def test_every_catalogue_with_texts_is_read() -> None:
    """Signals, topics, judgements, statuses, columns, findings, wordings and warnings are among what is searched."""
    wanted = {
        "agent.yaml", "buyer.yaml", "topics.yaml", "judgements.yaml", "ledger.yaml", "features.yaml",
        "findings.yaml", "wordings.yaml", "warnings.yaml",
    }  # fmt: skip  # names in rows, read at a glance
    found = catalogue_texts()
    assert wanted <= found.keys()
    assert sum(map(len, found.values())) > 500


@pytest.mark.parametrize("name", sorted(catalogue_texts()))
def test_no_text_labels_a_person(name: str) -> None:
    """No reason, finding, wording, judgement, topic or warning names a kind of person, in either language."""
    assert [text for text in catalogue_texts()[name] if LABELS.search(text)] == []


@pytest.mark.parametrize("name", ["findings.yaml", "wordings.yaml", "judgements.yaml", "warnings.yaml"])
def test_out_of_stock_is_never_suggested(name: str) -> None:
    """Nothing that could be copied into a reply says 缺货."""
    texts = catalogue_texts()[name]
    assert [
        text for text in texts if re.search("缺货|断货|没货|售罄|out of stock", text.replace("that it is", ""))
    ] == []


def test_no_answer_labels_a_person_or_repeats_their_data() -> None:
    """What is put together at run time, with an order full of personal data and a rude talk, names nobody."""
    person = {
        "recipient": "欧阳某某",
        "phone": "13900000000",
        "detail": "幸福路9号",
        "province": "新疆",
        "city": "杭州市",
    }
    placed = {**order("paid", payment_method="online"), "ship_to": person, "order_id": "8812345678"}
    for question, draft in UNSAFE.values():
        found = check(draft, "b:你们都是骗子", question, orders=[placed])
        shown = " ".join(texts_of(found))
        assert not LABELS.search(shown), shown
        assert not any(value in shown for value in ("欧阳", "139", "幸福路", "杭州", "88123")), shown
