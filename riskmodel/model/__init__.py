"""The model: fitted with scikit-learn, compiled to plain arrays, stored without pickle, explained exactly."""

from riskmodel.model.artifact import load_model, save_model
from riskmodel.model.bands import Thresholds
from riskmodel.model.compiled import CompiledModel
from riskmodel.model.fit import SignedLogisticRegression, compile_model, fit_model

__all__ = [
    "CompiledModel",
    "SignedLogisticRegression",
    "Thresholds",
    "compile_model",
    "fit_model",
    "load_model",
    "save_model",
]
