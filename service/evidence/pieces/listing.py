"""What became of the exhibits, as the end of a checklist."""

from __future__ import annotations

from collections.abc import Iterable

from service.evidence.checklist.text import checklist_word
from service.evidence.pieces.exhibits import Given
from service.evidence.plaintext import one_line

__all__ = ["exhibits_text"]


def exhibits_text(given: Iterable[Given], language: str) -> str:
    """Return one line for each exhibit in ``zh`` or ``en``: which piece it is, or why it was left out; empty for none.

    Examples
    --------
    >>> print(exhibits_text([Given("E1", "clip.mp4", (), as_sent=False, lacks="format")], "en"), end="")
    <BLANKLINE>
    Exhibits:
    - E1 clip.mp4: left out, the form takes no files of this kind. To do: send what it shows as a picture.
    """
    lines = [_line(each, language) for each in given]
    return "\n".join(["", checklist_word("pieces", "heading", language=language), *lines, ""]) if lines else ""


def _line(each: Given, language: str) -> str:
    how = "left_out" if not each.files else "in_part" if each.lacks else "as_sent" if each.as_sent else "made"
    values = {"files": ("、" if language == "zh" else ", ").join(each.files)}
    if each.lacks is not None:
        values |= {part: checklist_word("pieces", each.lacks, part, language=language) for part in ("why", "do")}
    told = checklist_word("pieces", how, language=language, **values)
    return f"- {each.number} {one_line(each.name)}{'：' if language == 'zh' else ': '}{told}"
