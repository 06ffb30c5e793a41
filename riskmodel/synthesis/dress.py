"""Written chats made conversations of the contract: what their stories leave open is drawn as for generated chats."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

from riskmodel.synthesis.facts import Facts, draw_facts, opaque_id, place_named, start_at
from riskmodel.synthesis.scenarios import Family, load_pools
from riskmodel.synthesis.scribe import LabelledChat, Scribe, conversation_id
from riskmodel.synthesis.steps import Pools, Surface
from riskmodel.synthesis.story import Event, Placed
from riskmodel.synthesis.written import WrittenChat, read_written

__all__ = ["dress", "written_chats"]

# what a story leaves open is drawn from these, whatever its label
_OPEN = Surface(regions="any", cash_on_delivery=0.15, amount=(9, 160), items="household")


def _key(chat: WrittenChat, number: int | None = None) -> str:
    return opaque_id("written", chat.writer, number or chat.number)


def dress(chats: Iterable[WrittenChat], pools: Pools | None = None) -> Iterator[LabelledChat]:
    """Give each chat what its story leaves open: shop, buyer, place, times, identifiers; the same each time.

    The `pair` of a dressed chat is its writer, so that a split by pairs is one by writers. Nothing is drawn with a look
    at the label.
    """
    pools = pools or load_pools()
    for chat in chats:
        # a twin draws what its abusive chat drew
        story = chat.twin_of or chat.number
        rng = Random(f"written:{chat.writer}:{story}")  # noqa: S311  # invents chats, guards nothing
        facts = _facts(chat, rng, pools)
        # no two writers share a family
        family = Family(
            f"{chat.writer}.{chat.family}", chat.writer, chat.label, chat.patterns, ("written",), _OPEN, {}, [], [], {}
        )
        scribe = Scribe(family, facts, pools, rng, _key(chat), styles=frozenset())
        dressed = scribe.write(_events(chat))
        for order in dressed.conversation.get("orders", ()):
            del order["items"]  # titles are drawn from a pool that knows nothing of the talk
        twin = None if chat.twin_of is None else conversation_id(_key(chat, chat.twin_of))
        yield replace(dressed, written=True, twin_of=twin)


def written_chats(folder: Path | None = None) -> list[LabelledChat]:
    """All chats that were written whole, dressed; errors as for `read_written`."""
    return list(dress(read_written(folder)))


def _events(chat: WrittenChat) -> list[Event]:
    """The story's events, with the order that was placed before the talk."""
    if "order" not in chat.facts:
        return chat.events
    before = -86400 * max(float(chat.facts.get("days", 3)), 0.01)
    payment = "cash_on_delivery" if "cod" in chat.facts else None
    return [Placed(before, chat.facts.get("status"), float(chat.facts["order"]), payment), *chat.events]


def _facts(chat: WrittenChat, rng: Random, pools: Pools) -> Facts:
    given = chat.facts
    facts = draw_facts(rng, _key(chat), _OPEN, _OPEN, pools)
    if "region" in given:
        facts = facts._replace(place=place_named(given["region"], given.get("city"), rng))
    if "platform" in given:
        facts = facts._replace(platform=given["platform"])
    if "cod" in given:
        facts = facts._replace(payment="cash_on_delivery")
    if "time" in given:
        hour, minute = map(int, given["time"].split(":"))
        facts = facts._replace(start=start_at(facts.start, timedelta(hours=hour % 24, minutes=minute)))
    return facts._replace(policy=_policy(given, facts.policy), buyer=_buyer(given, facts.buyer, chat))


def _policy(given: dict[str, str], drawn: dict[str, Any] | None) -> dict[str, Any] | None:
    fixed: dict[str, Any] = {}
    if "cutoff" in given:
        fixed["same_day_cutoff"] = given["cutoff"].zfill(5)
    if "carriers" in given:
        fixed["carriers"] = given["carriers"].replace("\uff0c", ",").split(",")
    if "dispatch" in given:
        fixed["dispatch_hours"] = int(given["dispatch"])
    if "unserved" in given:
        fixed["free_shipping"] = "except_listed_provinces"
        fixed["free_shipping_excluded_provinces"] = given["unserved"].replace("\uff0c", ",").split(",")
    return {**(drawn or {}), **fixed} if fixed else drawn


def _buyer(given: dict[str, str], drawn: dict[str, Any] | None, chat: WrittenChat) -> dict[str, Any] | None:
    fixed: dict[str, Any] = {}
    if "refused" in given:
        fixed = {"refused_cod_parcels": int(given["refused"]), "orders_in_shop": int(given["refused"]) + 1}
    if "refunds" in given:
        refunds, orders = map(int, given["refunds"].split("/"))
        fixed |= {"refunds_in_shop": refunds, "orders_in_shop": max(orders, refunds)}
    return {"buyer_id": opaque_id(_key(chat), "buyer"), **(drawn or {}), **fixed} if fixed else drawn
