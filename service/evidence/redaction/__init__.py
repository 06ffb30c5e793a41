"""Redaction: personal data of a talk covered, in every view and in the transcript, and a list of what was covered.

`detect` finds personal data in a text, by kind: `numbers` (telephone, identity card, bank card), `accounts` (WeChat,
QQ, e-mail), `links`, `addresses` with `divisions` and `landmarks`, and names: `names` that a word introduces, `slots`
on a form, `persons` in a sentence; over the word lists of ``words.toml`` and the `segments` of jieba. `tagger` is
learned and finds the names, addresses and accounts that no rule introduces. `known` adds the values that the orders
name, `places` goes through a conversation and covers it.

Inside texts each code point of a value becomes ``＊``, so that a text keeps its length: every span of an assessment and
of an opening, is the same in the covered text and in the untouched one, and nothing of the assessments, which are kept
as the model gave them, needs to be moved. What that shows, the length of each value, says next to nothing of a number;
of a name it says whether it has two signs or three. Whole fields (recipient, phone, address of an order) are replaced
by a fixed text.

What neither rules nor tagger know stays, and so does what a picture shows; ``masking.json`` says so. What they find is
measured in ``tests/service/evidence/redaction``.
"""

from service.evidence.redaction.detect import KINDS, Found, find_personal_data
from service.evidence.redaction.known import COVER, PersonalValues
from service.evidence.redaction.places import MASK, Masked, Redacted, redact, value_at

__all__ = [
    "COVER",
    "KINDS",
    "MASK",
    "Found",
    "Masked",
    "PersonalValues",
    "Redacted",
    "find_personal_data",
    "redact",
    "value_at",
]
