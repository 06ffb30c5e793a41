"""The letter (申诉书): what the record shows, sentence by sentence, each with what it rests on.

It is filled from a template of the profile, only with facts that the bundle holds, in words of `wordings.toml`. Chat
text stands in it as a quotation alone. It says nothing of a person, names no sum of money but inside a quotation, says
what speaks for the buyer and what is missing.
"""

from service.evidence.letter.write import write_letter

__all__ = ["write_letter"]
