"""Bringing a database to the schema of this version, by the migrations beside it."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine, inspect, text

from syndicate.errors import LedgerError
from syndicate.ledger.tables import metadata

HEAD = "0004"
"""The newest migration. Known here too, so that a ledger that is current costs no Alembic."""


def version(engine: Engine) -> str | None:
    """Give the migration that a database stands at; None for an empty one."""
    with engine.begin() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def bring_up_to_date(engine: Engine) -> None:
    """Create or migrate the schema.

    Raises:
        LedgerError: a newer version of syndicate has written this database, or no version has.
    """
    current = version(engine)
    if current == HEAD:
        return
    if current is not None and current > HEAD:
        raise LedgerError(
            f"the ledger has schema {current}, this version of syndicate knows up to {HEAD}; "
            "use the newer syndicate that wrote it"
        )
    if current is None:
        _create(engine)
    else:
        migrate(engine, current)


def _create(engine: Engine) -> None:
    """Make the newest schema at once, where going through all migrations would lead as well.

    Where nothing is kept between runs, as on many a CI server, each one begins like this.
    """
    with engine.begin() as connection:
        if inspect(connection).has_table("alembic_version"):
            return  # somebody who began at the same moment was faster
        metadata.create_all(connection)
        connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"))
        connection.execute(text("INSERT INTO alembic_version VALUES (:head)"), {"head": HEAD})


def migrate(engine: Engine, current: str | None, wanted: str = HEAD) -> None:
    """Go through the migrations that a database lacks, up to the one that is ``wanted``.

    Raises:
        LedgerError: no way leads on from where it stands.
    """
    from alembic import command  # noqa: PLC0415 - only an old ledger needs it
    from alembic.config import Config  # noqa: PLC0415
    from alembic.util import CommandError  # noqa: PLC0415

    settings = Config()
    settings.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    with engine.begin() as connection:
        settings.attributes["connection"] = connection
        try:
            command.upgrade(settings, wanted)
        except CommandError as error:
            raise LedgerError(
                f"the ledger's schema {current} is none that any version has had: {error}"
            ) from None
