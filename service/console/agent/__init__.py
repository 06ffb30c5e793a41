"""What an agent looks at: the open talks, one talk with the reply that is being typed, and chats pasted in."""

from service.console.agent import paste, reply, talk, talks

__all__ = ["register"]


def register() -> None:
    """Add these pages."""
    for module in (talks, talk, reply, paste):
        module.register()
