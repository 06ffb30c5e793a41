"""Reading text as it arrives: normalisation that remembers where each character came from, and amounts of money."""

from riskmodel.text.money import Amount, find_amounts
from riskmodel.text.normalize import NormalizedText, normalize

__all__ = ["Amount", "NormalizedText", "find_amounts", "normalize"]
