"""The gate: whether a candidate may take the place of the model in use, each check with both values and an interval.

What "noise does not decide" means here, in both directions:

- *Noise must not let a worse model through.* On a frozen set that is large enough the burden of proof is the
  candidate's: a check passes only where the whole 95 % interval of the difference stays within a margin (a test of
  non-inferiority). A difference that merely is not significant passes nothing: with few talks no difference ever is.
- *Noise must not stop a good one.* Both models answer the same talks, so that the difference is taken talk by talk and
  whatever both find easy or hard drops out; its interval resamples whole families or writers, as talks of one resemble
  each other. A margin is as wide as what another seed of the same training changes: `docs/gate.md` has what that was,
  and `benchmarks gate` measures it anew.
- On a set too small to prove anything, a few dozen talks written by hand, the burden is turned round: it refuses only
  what is shown to be worse. The same goes for parity, where the alarms of a group are few.
- Small steps add up: who compares with the last model only can lose a margin each month. So the candidate is also held
  against an anchor, the model from which the promotions by the gate began.

Where no talk comes out otherwise, resamples do not vary either; the interval is then never narrower than what so many
talks can exclude (the exact bound of a change that none of them shows).

All labelled chats are synthetic or written by hand: the gate says whether a model got worse at those, and no more.
"""

from riskmodel.gate.frozen import Frozen, FrozenSet, generated_set, project_sets, written_set
from riskmodel.gate.limits import Limits, load_limits
from riskmodel.gate.verdict import Check, Verdict, judge

__all__ = [
    "Check",
    "Frozen",
    "FrozenSet",
    "Limits",
    "Verdict",
    "generated_set",
    "judge",
    "load_limits",
    "project_sets",
    "written_set",
]
