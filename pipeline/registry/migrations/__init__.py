"""The history of the registry's schema, one small file a revision under ``versions/``.

A revision says how the tables change, never what they are now: it must not import the tables.
Revisions are numbered 0001, 0002, …; the newest is ``REVISION`` in ``pipeline/registry/tables.py``.
"""

from __future__ import annotations

import logging

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection


def config() -> Config:
    """Return Alembic's settings; there is no alembic.ini."""
    settings = Config()
    settings.set_main_option("script_location", "pipeline.registry:migrations")
    return settings


def upgrade(db: Connection, version_table: str) -> None:
    """Run what is missing inside the caller's transaction."""
    settings = config()
    settings.attributes.update(connection=db, version_table=version_table)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    command.upgrade(settings, "head")


def newest() -> str | None:
    """The newest revision that this program knows."""
    return ScriptDirectory.from_config(config()).get_current_head()
