"""The database under the registry: opening it, bringing it up to date, its faults in one line.

SQLite and PostgreSQL behave alike here: one writer at a time, the others wait for it; a reader
sees one moment of the registry and waits for nobody.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import DBAPIError, IntegrityError

from pipeline.errors import RegistryError
from pipeline.files import OWNER_ONLY_FILE, make_private
from pipeline.i18n import _
from pipeline.registry import tables

BUSY_SECONDS = 30.0  # how long a writer waits for another before it gives up
CONNECT_SECONDS = 10  # how long to look for a PostgreSQL server
VERSION_TABLE = "paperloop_version"  # named apart: a server's database may hold others' tables
_WRITES = "paperloop_writes"
_WRITER_LOCK = 0x7061_7065_726C_6F6F  # "paperloo": the advisory lock that one writer holds
_RUN_LOCK = _WRITER_LOCK + 1  # the one that a run holds from its first file to its last
_MEMORY = (None, "", ":memory:")


def connect(url: str, *, create: bool) -> Engine:
    """An engine for ``sqlite:///FILE`` or ``postgresql://…``.

    With ``create`` a missing SQLite file is made, readable by its owner only. Raises RegistryError
    for an address that means nothing, or a missing file.
    """
    try:
        address = sa.make_url(url)
    except (sa.exc.ArgumentError, ValueError) as error:
        # The text is not repeated: it may hold a password.
        raise RegistryError(
            _("the registry's address cannot be understood"),
            hint=_("write sqlite:///FILE or postgresql://USER@HOST/DATABASE"),
        ) from error
    options: dict[str, Any] = {}
    if address.get_backend_name() == "sqlite":
        address = address.set(drivername="sqlite+pysqlite")
        options["timeout"] = BUSY_SECONDS
        if address.database not in _MEMORY:
            _prepare_file(Path(str(address.database)), create=create)
    elif address.get_backend_name() in ("postgresql", "postgres"):
        if "@" in (address.host or ""):  # what stands before it is a piece of the password
            raise RegistryError(
                _("the registry's address cannot be understood"),
                hint=_("write an @ in the password as %40"),
            )
        address = address.set(drivername="postgresql+psycopg")
        options |= {"connect_timeout": CONNECT_SECONDS, "client_encoding": "utf8"}
    else:
        raise RegistryError(
            _("a registry cannot live in {kind}").format(kind=address.get_backend_name()),
            hint=_("write sqlite:///FILE or postgresql://USER@HOST/DATABASE"),
        )
    engine = sa.create_engine(
        address,
        connect_args=options,
        hide_parameters=True,  # they are personal data, and errors are logged
        json_serializer=_json,
    )
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    else:
        event.listen(engine, "begin", _begin_postgresql)
    return engine


def where_is(engine: Engine) -> str:
    """The registry's place for a message: a file, or a URL without its password."""
    if engine.dialect.name == "sqlite":
        return engine.url.database or ":memory:"
    # A password may stand in the query as well.
    query = {name: value for name, value in engine.url.query.items() if name in ("host", "port")}
    shown = engine.url.set(drivername="postgresql", query=query)
    return shown.render_as_string(hide_password=True)


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """One transaction that writes: waits for its turn; all of it is kept, or nothing."""
    with told(engine), engine.execution_options(**{_WRITES: True}).begin() as db:
        yield db


@contextmanager
def alone(engine: Engine, waits: Callable[[], None]) -> Iterator[None]:
    """One run that writes at a time on a PostgreSQL registry, whichever workspace it is of.

    A second one waits for the first to end, and ``waits`` is called once. SQLite's file lies in
    one workspace, whose lock (``files.run_lock``) its runs hold.
    """
    if engine.dialect.name == "sqlite":
        yield
        return
    with told(engine), engine.connect().execution_options(isolation_level="AUTOCOMMIT") as db:
        if not db.scalar(sa.select(sa.func.pg_try_advisory_lock(_RUN_LOCK))):
            waits()
            db.execute(sa.select(sa.func.pg_advisory_lock(_RUN_LOCK)))
        try:
            yield
        finally:
            with suppress(DBAPIError):  # the server went away, and the lock with it
                db.execute(sa.select(sa.func.pg_advisory_unlock(_RUN_LOCK)))


@contextmanager
def looking(engine: Engine) -> Iterator[Connection]:
    """One transaction that only reads, and sees one moment of the registry."""
    if engine.dialect.name == "postgresql":
        engine = engine.execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )
    with told(engine), engine.begin() as db:
        yield db


@contextmanager
def told(engine: Engine) -> Iterator[None]:
    """Turn the database's own faults into a RegistryError of one line, without any values."""
    try:
        yield
    except DBAPIError as error:
        raise _explained(error, where_is(engine)) from error


def migrate(engine: Engine) -> None:
    """Bring the schema up to this program's, in one transaction; another opener waits for it."""
    with told(engine):
        with looking(engine) as db:
            if _revision(db) == tables.REVISION:
                return
        with writing(engine) as db:
            # Looked at again: another opener may have been at work while we waited.
            if (_revision(db) or "") > tables.REVISION:
                raise _newer(engine)
            # Alembic is loaded only where there is something to migrate: it is slow to import.
            from pipeline.registry.migrations import upgrade

            upgrade(db, VERSION_TABLE)


def check_revision(engine: Engine) -> None:
    """Raise RegistryError unless the schema is just this program's."""
    with looking(engine) as db:
        found = _revision(db)
    if found is None or found < tables.REVISION:
        raise RegistryError(
            _("this registry is not set up for this program"),
            where=where_is(engine),
            hint=_("run a paperloop command that writes, for example paperloop generate"),
        )
    if found > tables.REVISION:
        raise _newer(engine)


def _prepare_file(path: Path, *, create: bool) -> None:
    """Make the file before SQLite does, so that it is never readable by others."""
    try:
        if create and not path.exists():
            make_private(path.parent)
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, OWNER_ONLY_FILE))
    except OSError as error:
        raise RegistryError(
            _("the registry's file cannot be made ({why})").format(why=error.strerror),
            where=str(path),
            hint=_("check the folder and its permissions"),
        ) from error
    if not path.is_file():
        raise RegistryError(
            _("there is no registry here"),
            where=str(path),
            hint=_("check [registry] url in paperloop.toml"),
        )


def _json(value: object) -> str:
    """Cyrillic as it is; dates as YYYY-MM-DD."""
    return json.dumps(value, ensure_ascii=False, default=str)


def _set_up_sqlite(connection: Any, record: object) -> None:
    # The driver's own idea of transactions leaves DDL out of them: we say BEGIN ourselves.
    connection.isolation_level = None
    connection.execute("PRAGMA foreign_keys = ON")
    # Readers and the writer do not wait for each other; the setting stays with the file.
    connection.execute("PRAGMA journal_mode = WAL")


def _begin_sqlite(db: Connection) -> None:
    # A reader that turns writer halfway fails at once where another wrote meanwhile; one that
    # says so at the start waits its turn.
    writes = db.get_execution_options().get(_WRITES, False)
    db.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _begin_postgresql(db: Connection) -> None:
    if db.get_execution_options().get(_WRITES, False):
        db.exec_driver_sql(f"SET LOCAL lock_timeout = {round(BUSY_SECONDS * 1000)}")
        db.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_WRITER_LOCK})")


def _revision(db: Connection) -> str | None:
    """The revision of the schema; None where there is none yet.

    Raises RegistryError for a database whose letters are not all letters.
    """
    encoding = "UTF8"
    if db.dialect.name == "postgresql":
        encoding = str(db.exec_driver_sql("SHOW server_encoding").scalar())
    if encoding != "UTF8":
        raise RegistryError(
            _("the database keeps letters as {encoding}, which lacks some").format(
                encoding=encoding
            ),
            where=where_is(db.engine),
            hint=_("make it anew: createdb --encoding=UTF8 --template=template0 NAME"),
        )
    if not sa.inspect(db).has_table(VERSION_TABLE):
        return None
    found = db.execute(sa.text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar()  # noqa: S608
    return None if found is None else str(found)


def _newer(engine: Engine) -> RegistryError:
    return RegistryError(
        _("this registry was made by a newer Paperloop"),
        where=where_is(engine),
        hint=_("install the newer version, or point [registry] url at another registry"),
    )


def _explained(error: DBAPIError, where: str) -> RegistryError:
    line = next(iter(str(error.orig).strip().splitlines()), type(error.orig).__name__)
    if "database is locked" in line or "lock timeout" in line:
        return RegistryError(
            _("another program has been writing to the registry for too long"),
            where=where,
            hint=_("wait for it to end, then run this again"),
        )
    if isinstance(error, IntegrityError):
        return RegistryError(_("the registry refuses this ({why})").format(why=line), where=where)
    is_full = "disk is full" in line or "No space left" in line
    return RegistryError(
        _("the registry cannot be used ({why})").format(why=line),
        where=where,
        hint=_("make room on the disk and run it again")
        if is_full
        else _("see that the database is there, and [registry] url in paperloop.toml"),
    )
