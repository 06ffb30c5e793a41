"""Links over shards: found across shards of one shop, never across shops, whatever the order of the rows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from riskmodel.batch.links import link_shards
from riskmodel.batch.shards import SHARD, find_shards, write_shards


def _talk(name: str, shop: str, hour: int, phone: str = "13900001111") -> dict[str, Any]:
    at = f"2026-03-10T{hour:02}:00:00+08:00"
    return {
        "conversation_id": name,
        "shop_id": shop,
        "messages": [{"message_id": "m", "sender": "buyer", "sent_at": at, "text": "在吗"}],
        "buyer": {"buyer_id": f"buyer {name}"},
        "orders": [{"order_id": "o", "placed_at": at, "ship_to": {"phone": phone}}],
    }


TALKS = [_talk("late", "s1", 12), _talk("other shop", "s2", 11), _talk("early", "s1", 10), _talk("middle", "s1", 11)]


@pytest.mark.parametrize("jobs", [1, 2])
def test_links_cross_shards_and_never_shops(tmp_path: Path, jobs: int) -> None:
    """Of three accounts of a shop with one phone each counts those before it; that of another shop counts nobody."""
    write_shards(tmp_path / "shards", TALKS, rows=1)
    link_shards(find_shards(str(tmp_path / "shards")), tmp_path / "out", jobs=jobs)
    rows = [row for path in sorted((tmp_path / "out").iterdir()) for row in pq.read_table(path).to_pylist()]
    assert {row["conversation_id"]: row["links.phone"] for row in rows} == {
        "late": 2.0,
        "other shop": 0.0,
        "early": 0.0,
        "middle": 1.0,
    }


def test_devices_come_from_a_column(tmp_path: Path) -> None:
    """Where shards name devices, those link; a bad row is told and the others are linked."""
    folder = tmp_path / "shards"
    (path,) = write_shards(folder, [_talk("a", "s1", 10, ""), _talk("b", "s1", 11, "")])
    table = pq.read_table(path).append_column("device", pa.array(["d1", "d1"]))
    bad = pa.table({name: ["?"] for name in [*SHARD.names, "device"]})
    pq.write_table(pa.concat_tables([table, bad]), path)
    (result,) = link_shards(find_shards(str(folder)), tmp_path / "out")
    assert (result.rows, result.bad, result.problems[0].row) == (3, 1, 2)
    rows = pq.read_table(tmp_path / "out" / path.name).to_pylist()
    assert [row["links.device"] for row in rows] == [0.0, 1.0, None]
