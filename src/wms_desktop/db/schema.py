"""Makes and upgrades the schema, by the migrations in this package, and says which version a database has."""

from __future__ import annotations

from sqlalchemy import Engine, inspect, text

from wms_desktop.errors import Refusal

HEAD = "0001"


class WrongVersion(Refusal):
    """The database was made by a newer program; it is left alone."""

    code = "database_too_new"


def version(engine: Engine) -> str:
    """The schema version of the database, empty when it is new."""
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return ""
        found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
        return str(found or "")


def upgrade(engine: Engine) -> None:
    """Brings the database to :data:`HEAD`, in one transaction; a newer one is refused and not touched."""
    found = version(engine)
    if found == HEAD:
        return
    if found > HEAD:
        raise WrongVersion(found=found, known=HEAD)
    from alembic import command  # late: start-up
    from alembic.config import Config  # late: start-up

    config = Config()
    config.set_main_option("script_location", "wms_desktop:db/migrations")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
