"""Alembic runs this for every command: the connection is the registry's own, in its transaction."""

from __future__ import annotations

from alembic import context

from pipeline.registry.tables import metadata

attributes = context.config.attributes
context.configure(
    connection=attributes["connection"],
    version_table=attributes["version_table"],
    target_metadata=metadata,  # for the names of constraints
    transactional_ddl=True,
)
context.run_migrations()
