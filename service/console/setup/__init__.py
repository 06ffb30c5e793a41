"""What a shop sets up: what it can keep, keys for programs, its people, how long talks stay, and how to begin."""

from service.console.setup import first, guide, keys, people, policy, retention

__all__ = ["register"]


def register() -> None:
    """Add these pages."""
    for module in (guide, policy, keys, people, retention, first):
        module.register()
