"""The project's tables, which are YAML files inside its packages."""

from importlib.resources import files
from typing import Any

import yaml

__all__ = ["YamlLoader", "parse_yaml", "read_yaml"]

# libyaml reads ten times as fast, and the tables are read while a command waits; both are the safe loader
YamlLoader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def parse_yaml(text: str) -> Any:
    """What a YAML document says."""
    return yaml.load(text, YamlLoader)  # noqa: S506  # the safe one, by another name


def read_yaml(package: str, path: str) -> Any:
    """The content of a YAML file of a package, whether it is installed or a checkout."""
    return parse_yaml(files(package).joinpath(path).read_text("utf-8"))
