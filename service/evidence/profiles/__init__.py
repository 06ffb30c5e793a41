"""Platform profiles: what an appeal desk wants to see, what it takes and until when, as data with its sources.

A profile is a TOML file in ``data/``, its name that of the file. Every figure names its source and how much it can be
trusted; what could not be verified is not there, and then nothing is limited.
"""

from service.evidence.profiles.deadline import Due, Event, due, read_event_date
from service.evidence.profiles.load import load_profile, profile_names
from service.evidence.profiles.schema import Profile, text_size

__all__ = ["Due", "Event", "Profile", "due", "load_profile", "profile_names", "read_event_date", "text_size"]
