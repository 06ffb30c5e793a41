"""The registry: every version of the model that was trained, which one is in use, and who put it there."""

from riskmodel.registry.journal import Entry, Journal
from riskmodel.registry.record import Record, code_version, record_of
from riskmodel.registry.versions import Broken, Registry, Version

__all__ = ["Broken", "Entry", "Journal", "Record", "Registry", "Version", "code_version", "record_of"]
