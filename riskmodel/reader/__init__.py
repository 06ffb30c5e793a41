"""The learned reader of single lines: which topic a line speaks of and what it says to it, from hand-written lines.

Rules read what is said in so many words; this reads what people say in others. Linear over characters, so that each
judgement can be taken apart.
"""

from riskmodel.reader.read import LOWEST, Heard, LineReader
from riskmodel.reader.weighing import Weighing

__all__ = ["LOWEST", "Heard", "LineReader", "Weighing"]
