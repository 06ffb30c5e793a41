"""Chat exports of shops' own programs made Conversations: text of a workbench, tables, JSON Lines. All or nothing."""

from service.importers.files import LARGEST, Imported, read_export
from service.importers.said import Rejected
from service.importers.sheets import ColumnMap
from service.importers.sides import UnclearSideError

__all__ = ["LARGEST", "ColumnMap", "Imported", "Rejected", "UnclearSideError", "read_export"]
