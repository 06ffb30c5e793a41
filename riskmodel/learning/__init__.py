"""Learning from a shop's own outcomes: what labels say and count for, splits that do not leak, retraining, its measure.

Nothing here knows a store: whoever calls hands over talks and the labels that people gave them.
"""
