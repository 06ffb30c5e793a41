"""The topics of a talk: the words that name each, and what yes, no or "for a fee" to it means. All of it is data."""

from __future__ import annotations

import re
from functools import cache
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from riskmodel.errors import CatalogueError
from riskmodel.signals import load_catalogue
from riskmodel.signals.catalogue import Polarity
from riskmodel.yaml_files import read_yaml

__all__ = ["Example", "Meaning", "Stance", "Topic", "alternatives", "load_topics", "matter"]

Stance = Literal["affirm", "deny", "charge"]
Names = Annotated[str, StringConstraints(pattern=r"^[a-z_+]*(\|[a-z_+]+)*$")]


class _Data(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Example(_Data):
    """What the agent says, after what the buyer asked where the one needs the other."""

    agent: str
    buyer: str | None = None


class Meaning(_Data):
    """What a stance on a topic commits the shop to: a promise (`kind`), a fault (`polarity`), or both.

    `needs`
        Concepts of which one must stand near for the words to say it unasked: a time, a certainty.
    `binds`
        Concepts of which one must stand in the words or, for a yes, in the question: without a date nothing is due.
    `judged`
        What decides whether the fault is one; the kind of promise where not given.
    `in_doubt`
        Whether it is one where policy and order do not tell.
    """

    code: Annotated[str, StringConstraints(pattern=r"^[a-z_]+\.[a-z_]+$")]
    kind: str | None = None
    polarity: Polarity | None = None
    judged: str | None = None
    in_doubt: Literal["fault", "fine"] = "fault"
    needs: Names = ""
    binds: Names = ""
    zh: str
    en: str
    source: str
    examples: Annotated[list[str | Example], Field(min_length=2)]
    counter_examples: Annotated[list[str | Example], Field(min_length=2)]


class Topic(_Data):
    """One topic of the contract, or a part of one, by the concepts that stand for it.

    `anchors`
        Name it by themselves (``a+b``: both in one clause).
    `denies`, `affirms`
        Name it and say no, or yes, by themselves.
    `weak`
        Name it only where it was asked about or named before, and nothing else is.
    `inverse`
        Name its opposite, so that yes means no: 断货 for stock.
    `unless`
        Turn the clause to something else.
    `must`
        Words that mostly stand beside it: a sign that the learned reader is right.
    `sure`
        How likely what only the learned reader hears must be.
    `asker`, `own`
        A question is one only where the talk has named one of the first, and this turn none of the second.
    `covers`
        Topics whose part is taken while this one is open.
    `takes`
        The topic whose statements mean this one while it is open.
    `askable`, `only_asked`
        Whether a buyer can ask it, and whether it is said only as an answer.
    `firm`
        Whether a hedge beside it changes nothing: what is read out is read out.
    `free`
        The stance of 不收钱.
    `matter`
        The topic that it is another side of: 包邮 is taken back by 要补邮费.
    `listed`
        Whether a word that the page lists it is a promise like others and no hedge.
    """

    name: str
    topic: str
    anchors: Names = ""
    weak: Names = ""
    inverse: Names = ""
    denies: Names = ""
    affirms: Names = ""
    unless: Names = ""
    only_asked: bool = False
    askable: bool = True
    must: Names = ""
    sure: float = 0.35
    asker: Names = ""
    own: Names = ""
    covers: Names = ""
    takes: str | None = None
    firm: bool = False
    free: Stance = "affirm"
    listed: bool = False
    matter: str | None = None
    says: dict[Stance, Meaning]


@cache
def alternatives(names: str) -> tuple[str, ...]:
    """The parts of ``a|b``; none of an empty text."""
    return tuple(name for name in names.split("|") if name)


_CONCEPTS = ("anchors", "weak", "inverse", "denies", "affirms", "unless", "must", "asker", "own")


@cache
def load_topics() -> dict[str, Topic]:
    """All topics by name, in the order of the file."""
    known = load_catalogue().lexicon.names
    topics = {}
    content = read_yaml("riskmodel.promises", "data/topics.yaml")
    for entry in content:
        try:
            topic = Topic.model_validate(entry)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            where = ".".join(map(str, first["loc"]))
            raise CatalogueError(f"topics: {entry.get('name', '(no name)')}: {where}: {first['msg']}") from None
        used = {name for field in _CONCEPTS for name in re.split(r"[|+]", getattr(topic, field)) if name}
        used |= {name for meaning in topic.says.values() for name in alternatives(f"{meaning.needs}|{meaning.binds}")}
        if unknown := sorted(used - known):
            raise CatalogueError(f"topics: {topic.name} uses unknown concepts: {', '.join(unknown)}")
        topics[topic.name] = topic
    return topics


def matter(topic: str) -> str:
    """What a topic is about, where two topics are about one thing.

    Examples
    --------
    >>> matter("freight_surcharge"), matter("invoice")
    ('free_shipping', 'invoice')
    """
    known = load_topics().get(topic)
    return known.matter or topic if known is not None else topic
