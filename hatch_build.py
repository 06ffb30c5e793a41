"""Carries the scenario files, which are edited at the top level, inside the package of a built wheel."""

from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class ScenarioData(BuildHookInterface):  # type: ignore[type-arg]  # hatchling's generic is for its own plugins
    """Adds data/synthetic to wheels; an editable install reads it where it is."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Map the files into the wheel."""
        if version == "standard":
            for name in ("families", "pools.yaml"):
                build_data["force_include"][f"data/synthetic/{name}"] = f"riskmodel/synthesis/data/{name}"
