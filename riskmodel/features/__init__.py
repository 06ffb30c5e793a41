"""What the model sees of a talk: one catalogue of named columns, and how each is read from the state."""

from riskmodel.features.catalogue import FEATURES, Feature
from riskmodel.features.compute import compute

__all__ = ["FEATURES", "Feature", "compute"]
