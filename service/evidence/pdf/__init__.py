"""The summary of a bundle as a PDF/A of at most ten pages, for a reviewer with three minutes.

`passages` chooses what is shown of the talk, `excerpts` cuts what is long, `glyphs` names what the font cannot draw,
`view` puts all of it into one JSON document, and `typesetting` lets ``summary.typ`` set it. Text reaches the template
as data, never as markup.
"""
