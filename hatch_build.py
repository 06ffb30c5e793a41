"""Carries inside a built wheel what is edited at the top level, and what set-up fetched for the console."""

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

VENDOR = "service/console/vendor"


class ScenarioData(BuildHookInterface):  # type: ignore[type-arg]  # hatchling's generic is for its own plugins
    """Adds them to wheels; an editable install reads it where it is."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Map the files into the wheel."""
        if version == "standard":
            for folder, names, package in (
                ("data/synthetic", ("families", "written", "pools.yaml"), "riskmodel/synthesis"),
                ("data/synthetic", ("lines", "exchanges"), "riskmodel/reader"),
                ("data/synthetic", ("acts",), "riskmodel/acts"),
                ("tests/written", ("chats.jsonl", "chats_labels.jsonl"), "riskmodel/gate"),
                ("data/demo", ("chats.jsonl", "story.toml"), "service/demo"),
            ):
                for name in names:
                    build_data["force_include"][f"{folder}/{name}"] = f"{package}/data/{name}"
            if not Path(self.root, VENDOR).is_dir():
                raise FileNotFoundError(f"{VENDOR} is not there; set up with ./dev before a wheel is built")
            build_data["force_include"][VENDOR] = VENDOR  # git ignores it, so hatchling would leave it out
