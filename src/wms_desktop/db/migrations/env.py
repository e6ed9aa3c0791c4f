"""Runs the migrations on the connection that `db.schema.upgrade` hands over."""

from __future__ import annotations

from alembic import context

from wms_desktop.db import tables

context.configure(connection=context.config.attributes["connection"], target_metadata=tables.metadata)
context.run_migrations()
