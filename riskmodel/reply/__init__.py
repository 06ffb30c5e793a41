"""The ReplyCheck: what is wrong, if anything, with a reply that an agent is about to send, and what is safe to say."""

from riskmodel.reply.check import check_draft

__all__ = ["check_draft"]
