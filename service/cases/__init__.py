"""The after-sales case: what it follows, what was done in it, what it came to, and the files that belong to it.

`flow.toml` is the table of the after-sales flow, `table` reads it, and `flow` says what follows from it: who may do
what next, until when, and what happens if nobody acts. Neither touches a store or a clock. `model` is what is told of
a case, `case` is a case as it stands, `desk` keeps and reads cases in a shop's store, `shown` is how they are shown,
and `bundle` makes the evidence of one.
"""
