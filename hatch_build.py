"""Carries the scenario files and demo chats, which are edited at the top level, inside the package of a built wheel."""

from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class ScenarioData(BuildHookInterface):  # type: ignore[type-arg]  # hatchling's generic is for its own plugins
    """Adds them to wheels; an editable install reads it where it is."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Map the files into the wheel."""
        if version == "standard":
            for folder, names, package in (
                ("data/synthetic", ("families", "written", "pools.yaml"), "riskmodel/synthesis"),
                ("data/synthetic", ("lines", "exchanges"), "riskmodel/reader"),
                ("data/synthetic", ("acts",), "riskmodel/acts"),
                ("data/demo", ("chats.jsonl", "story.toml"), "service/demo"),
            ):
                for name in names:
                    build_data["force_include"][f"{folder}/{name}"] = f"{package}/data/{name}"
