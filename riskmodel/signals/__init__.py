"""What a text says: a lexicon of concepts, a catalogue of signals made of concepts, and the matcher that finds them.

The lexicon and the catalogue are data (`data/*.yaml`). A signal is not a list of sentences: it names concepts that
stand near one another, so that a wording nobody thought of is still read.
"""

from riskmodel.signals.catalogue import Catalogue, Signal, load_catalogue
from riskmodel.signals.lexicon import Lexicon, Reading, load_lexicon
from riskmodel.signals.matcher import Found, Matcher

__all__ = ["Catalogue", "Found", "Lexicon", "Matcher", "Reading", "Signal", "load_catalogue", "load_lexicon"]
