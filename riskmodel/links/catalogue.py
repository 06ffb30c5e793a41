"""The columns that links give, described as those of the features are."""

from riskmodel.features.catalogue import Feature
from riskmodel.yaml_files import read_yaml

__all__ = ["LINKS"]

LINKS: tuple[Feature, ...] = tuple(
    Feature.model_validate(entry) for entry in read_yaml("riskmodel.links", "data/links.yaml")
)
