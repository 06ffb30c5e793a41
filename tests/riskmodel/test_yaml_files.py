"""The tables are read alike by both builds of the loader."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

import riskmodel
from riskmodel.yaml_files import parse_yaml, read_yaml

FOLDER = Path(riskmodel.__file__).parent


@pytest.mark.parametrize("path", ["promises/data/topics.yaml", "synthesis/style.yaml"])
def test_both_loaders_say_the_same(path: str) -> None:
    """Where libyaml is missing, the slow loader reads the same content."""
    assert read_yaml("riskmodel", path) == yaml.safe_load((FOLDER / path).read_text("utf-8"))


def test_only_plain_data_is_read() -> None:
    """A document that asks for an object of Python's is refused."""
    with pytest.raises(yaml.YAMLError):
        parse_yaml("!!python/object/apply:os.getcwd []")
