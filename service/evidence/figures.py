"""How the views write a model's figures: two digits, and never a certainty that is none."""

from __future__ import annotations

__all__ = ["shown_contribution", "shown_risk"]

_HALF = 0.005  # of the last digit shown


def shown_risk(risk: float) -> str:
    """Return a risk with two digits; what is not quite 0 or 1 is not written as if it were.

    Examples
    --------
    >>> shown_risk(0.914), shown_risk(0.9987), shown_risk(0.001), shown_risk(1.0)
    ('0.91', '>0.99', '<0.01', '1.00')
    """
    if 1 - _HALF <= risk < 1:
        return ">0.99"
    return "<0.01" if 0 < risk < _HALF else f"{risk:.2f}"


def shown_contribution(contribution: float) -> str:
    """Return a contribution in log-odds with its sign.

    Examples
    --------
    >>> shown_contribution(2.5), shown_contribution(-0.001)
    ('+2.50', '≈0')
    """
    return f"{contribution:+.2f}" if abs(contribution) >= _HALF else "≈0"
