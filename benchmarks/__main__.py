"""``python -m benchmarks [NAME]``: run all benchmarks or one, with the stored model.

``durability``, ``service``, ``pages``, ``desk`` and ``rollback``, which start servers, ``gate`` and ``year``, which
train, ``batch``, ``mutations`` and ``bundle`` take options of their own and are run only where they are named.
"""

from __future__ import annotations

import sys

from benchmarks import (
    adversarial,
    batch,
    bundle,
    desk,
    durability,
    gate,
    mutations,
    pages,
    reply,
    rollback,
    scoring,
    service,
    state,
    year,
)
from riskmodel.errors import ModelError
from riskmodel.paths import default_model_dir
from riskmodel.scorer import Scorer

BENCHMARKS = {"scoring": scoring.run, "reply": reply.run, "adversarial": adversarial.run, "state": state.run}
SERVERS = {
    **{"durability": durability.main, "service": service.main, "pages": pages.main, "desk": desk.main},
    **{"mutations": mutations.main, "bundle": bundle.main, "gate": gate.main, "rollback": rollback.main},
    "batch": batch.main,
    "year": year.main,
}


def main(names: list[str]) -> int:
    """Run the named benchmarks, all where none is named; gives the exit status."""
    if names and names[0] in SERVERS:
        return SERVERS[names[0]](names[1:])
    unknown = [name for name in names if name not in BENCHMARKS]
    if unknown:
        print(
            f"unknown benchmark: {', '.join(unknown)}; there are {', '.join([*BENCHMARKS, *SERVERS])}", file=sys.stderr
        )
        return 2
    try:
        scorer = Scorer.load(default_model_dir())
    except ModelError as error:
        print(error, file=sys.stderr)
        return 3
    print("medians on this machine, one core; only the ratios hold elsewhere")
    for name in names or BENCHMARKS:
        BENCHMARKS[name](scorer)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
