"""Whether the talks of a shop are still like those that a model learned from, and what it may be missing by now.

Nothing here knows a store: whoever calls hands over what was read of the talks of each week.
"""
