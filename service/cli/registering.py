"""What a command made goes among the models, from where it may be put in use."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from riskmodel.paths import default_model_dir, default_registry_dir
from service.files import make_private_folder

if TYPE_CHECKING:
    from riskmodel.training import TrainReport

__all__ = ["registered"]

ACTOR = "command line"


def registered(make: Callable[[Path], TrainReport]) -> tuple[TrainReport, list[str]]:
    """Make a model and register it; where none that can be used is in use, it is; with what to say of that."""
    from riskmodel.registry import Registry

    make_private_folder(default_registry_dir())
    registry = Registry(default_registry_dir(), default_model_dir())
    with TemporaryDirectory(prefix=".training.", dir=registry.folder) as folder:
        report = make(Path(folder))
        version = registry.add(Path(folder), made_by=ACTOR)
    if registry.scorer_in_use() is None:
        registry.promote(version, by=ACTOR)
        return report._replace(folder=registry.in_use), []
    report = report._replace(folder=version.folder)
    if registry.used() == version.name:
        return report, ["it is the one that is in use"]
    return report, [f"it is not in use yet: baitwatch models promote {version.name} --by NAME"]
