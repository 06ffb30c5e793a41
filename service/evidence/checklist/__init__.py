"""The checklist: of what a platform wants to see, what is present, weak and missing, what it rests on, until when."""

from service.evidence.checklist.make import Checklist, Line, make_checklist
from service.evidence.checklist.text import checklist_json, checklist_text, profile_text

__all__ = ["Checklist", "Line", "checklist_json", "checklist_text", "make_checklist", "profile_text"]
