"""Labelled synthetic chats: stories read from scenario files, the facts around them, and the ways in which people type.

A story (`scenarios`) says what happens; `facts` draws the shop, the buyer and the orders from distributions that know
nothing of labels; `style` changes how it is typed; `scribe` writes one chat down, `generate` many; `leaks` measures
whether anything but the talk itself gives the label away. Beside them stand chats written whole (`written`), which
`dress` gives the same facts.
"""

from riskmodel.synthesis.dress import written_chats
from riskmodel.synthesis.generate import generate, labels_row, write_chats, write_sample
from riskmodel.synthesis.scenarios import Family, load_families, load_pools
from riskmodel.synthesis.scribe import LabelledChat

__all__ = [
    "Family",
    "LabelledChat",
    "generate",
    "labels_row",
    "load_families",
    "load_pools",
    "write_chats",
    "write_sample",
    "written_chats",
]
