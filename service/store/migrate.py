"""Brings a database to the tables of this program, once, whoever comes first."""

from __future__ import annotations

from importlib.resources import files

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, inspect, text

from service.store.errors import StoreError

__all__ = ["REVISION", "migrate"]

_LOCK = 0x42616974  # of PostgreSQL: one process migrates, others wait


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(files("service.store").joinpath("migrations")))
    return config


REVISION = ScriptDirectory.from_config(_config()).get_current_head()
"""The revision that this program works with."""


def migrate(engine: Engine) -> None:
    """Make the tables or bring them up to date.

    Raises
    ------
    StoreError
        Where the database is of a newer program.
    """
    with engine.connect() as connection:
        if _revision(connection) == REVISION:
            return
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        found = _revision(connection)
        if found == REVISION:
            return
        known = {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}
        if found is not None and found not in known:
            raise StoreError("the database is of a newer version of the program; update this one")
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return found
