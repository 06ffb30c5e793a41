"""What a supervisor looks at: talks that wait for a decision, what was decided of one, who saw it, and its cases."""

from service.console.supervisor import appeal, case, cases, decide, held, seen

__all__ = ["register"]


def register() -> None:
    """Add these pages."""
    for module in (held, decide, seen, cases, case, appeal):
        module.register()
