"""The library of Baitwatch: reads a talk, judges promises, scores, checks replies.

No network, no database, no web framework.
"""

__version__ = "0.1.0"
