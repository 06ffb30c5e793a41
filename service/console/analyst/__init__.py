"""What an analyst looks at: alerts and their budget, precision, groups, drift, thresholds, the model; no one talk."""

from service.console.analyst import figures, shadow

__all__ = ["register"]


def register() -> None:
    """Add these pages."""
    figures.register()
    shadow.register()
