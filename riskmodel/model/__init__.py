"""The model: fitted with scikit-learn (`fit`), compiled to plain arrays, stored without pickle, explained exactly."""

from riskmodel.model.artifact import load_model, save_model
from riskmodel.model.bands import Thresholds
from riskmodel.model.compiled import CompiledModel

__all__ = ["CompiledModel", "Thresholds", "load_model", "save_model"]
