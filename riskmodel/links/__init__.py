"""Links between accounts inside one shop: same phone, address or device, or near-same wording within days."""

from riskmodel.links.catalogue import LINKS
from riskmodel.links.marks import Marks, marks_of
from riskmodel.links.shop import ShopLinks

__all__ = ["LINKS", "Marks", "ShopLinks", "marks_of"]
