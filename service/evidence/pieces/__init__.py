"""The pieces of an appeal: what a platform's form takes, cut to its limits, from a finished bundle."""

from service.evidence.pieces.folder import see_folder, write_folder
from service.evidence.pieces.make import make_pieces

__all__ = ["make_pieces", "see_folder", "write_folder"]
