"""Which provinces a text or an order names.

Names come from the official divisions down to counties, from former names and from what people say instead (`data/`).
A name that lies in several provinces stays ambiguous, and an everyday word is no place.
"""

from riskmodel.regions.gazetteer import official_provinces
from riskmodel.regions.resolve import (
    order_province,
    place_names,
    province_in,
    province_of,
    provinces_in,
    provinces_named,
    unknown_provinces,
)

__all__ = [
    "official_provinces",
    "order_province",
    "place_names",
    "province_in",
    "province_of",
    "provinces_in",
    "provinces_named",
    "unknown_provinces",
]
