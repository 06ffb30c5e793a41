"""The learned tagger: names, addresses and accounts that no rule introduces, known by all around them.

A linear-chain conditional random field over the signs of a message. `features` is what it sees of each sign, the finds
of the rules among it; `decode` adds up whole numbers from ``weights.npz`` and takes the best way through, so that every
machine gives the same answer and nothing but numpy is needed. `learn` fits it, from the development set, from messages
that `drawn` puts together out of ``frames.toml``, and from ordinary lines of the project in which there is nothing to
find; no person's chat is among them.
"""

from service.evidence.redaction.tagger.decode import LETTERS, Marked, load_tagger, looked_at

__all__ = ["LETTERS", "Marked", "load_tagger", "looked_at"]
