"""The traces' database: PostgreSQL, spoken to by psycopg, with tables that are made and brought up to date here.

    quiver_traces_row      a line of a trace as it stands in a file: run, number, writer, event, skill, row (json)
    quiver_traces_writer   the processes that record, and when each was last heard of
    quiver_traces_version  of these tables; one number

A line that comes twice is kept once. Nothing waits or is tried again here (`router.trace_shared` does), and no password
is in any message: neither the address's own nor what the server says back.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from router.errors import QuiverError, TracesUnreachable, UsageError
from router.redaction import HIDDEN, Redactor
from router.trace_outbox import Sent

if TYPE_CHECKING:
    import psycopg

SCHEMES = ("postgresql://", "postgres://")
CONNECT_S = 5
STATEMENT_S = 30
BEAT_S = 10.0  # between two signs of life of a process that records
DEAD_S = 30.0  # without one it is taken for dead
_FORGOTTEN_S = 86_400  # a process that was dead so long is no more remembered as one

_LOCK = 0x51_75_69_76_65_72  # of those that make tables at the same time: one does
_MIGRATIONS = (
    """
    CREATE TABLE quiver_traces_writer (writer text PRIMARY KEY, seen timestamptz NOT NULL);
    CREATE TABLE quiver_traces_row (
        run text COLLATE "C", number integer, writer text NOT NULL, event text NOT NULL, skill text, row json NOT NULL,
        PRIMARY KEY (run, number)
    );
    CREATE INDEX quiver_traces_newest ON quiver_traces_row (run DESC) WHERE number = 0;
    """,
)
# asked of the catalogue itself: `to_regclass` remembers that there was no table, from before another made it
_HAS_TABLES = """
    SELECT tablename FROM pg_catalog.pg_tables
    WHERE tablename = 'quiver_traces_version' AND schemaname = ANY (current_schemas(false))
"""
_INSERT = """
    INSERT INTO quiver_traces_row (run, number, writer, event, skill, row)
    SELECT run, number, writer, event, skill, row::json
    FROM unnest(%s::text[], %s::integer[], %s::text[], %s::text[], %s::text[], %s::text[])
        AS new (run, number, writer, event, skill, row)
    ON CONFLICT (run, number) DO NOTHING
"""
_BEAT = """
    INSERT INTO quiver_traces_writer (writer, seen) VALUES (%s, now())
    ON CONFLICT (writer) DO UPDATE SET seen = now()
"""
_ALIVE = (
    "coalesce((SELECT now() - seen < %s * interval '1 second' FROM quiver_traces_writer w WHERE w.writer = {}), false)"
)
_NEWEST = f"""
    SELECT first.run, first.row, last.row, steps.number, steps.skills, {_ALIVE.format("first.writer")}
    FROM (SELECT run, writer, row FROM quiver_traces_row WHERE number = 0 ORDER BY run DESC LIMIT %s) AS first
    LEFT JOIN LATERAL (
        SELECT row FROM quiver_traces_row WHERE run = first.run AND event = 'finish' ORDER BY number LIMIT 1
    ) AS last ON true
    LEFT JOIN LATERAL (
        SELECT count(*) AS number, array_agg(DISTINCT skill) FILTER (WHERE skill IS NOT NULL) AS skills
        FROM quiver_traces_row WHERE run = first.run AND event = 'step'
    ) AS steps ON true
    ORDER BY first.run DESC
"""


_REFUSALS = ("28", "3D", "3F", "42")  # classes of codes: who we are, which database, which schema, what we may do
_REFUSED_ROWS = ("22", "54")  # values that cannot be kept, and those beyond the server's limits


class RowsRefused(Exception):
    """The database takes other rows, and not these: one of them can never be kept there."""


@dataclass(frozen=True)
class Address:
    """`conninfo` may hold a password; `name` is what may be shown."""

    conninfo: str = field(repr=False)
    name: str
    secret: str = field(repr=False, default="")

    @classmethod
    def of(cls, url: str) -> Address:
        """Raises UsageError for what is no such address, and where psycopg is not installed."""
        try:
            from psycopg import ProgrammingError
            from psycopg.conninfo import conninfo_to_dict
        except ImportError as error:
            hint = "pip install 'quiver-agent[traces]'"
            raise UsageError("traces in PostgreSQL need psycopg, which is not installed", hint=hint) from error
        hint = "write it as postgresql://user@host:5432/database, and the password in PGPASSWORD or ~/.pgpass"
        try:
            known = conninfo_to_dict(url) if url.startswith(SCHEMES) else {}
        except ProgrammingError:  # its words repeat the address
            known = {}
        if not known:
            raise UsageError("the address of the traces' database is not one of PostgreSQL", hint=hint)
        host, port = known.get("host") or "localhost", known.get("port")
        name = f"postgresql://{host}{f':{port}' if port else ''}/{known.get('dbname') or ''}"
        return cls(url, name, str(known.get("password") or ""))

    def hidden(self, text: str) -> str:
        """A server's or libpq's words in one line, without secrets."""
        line = " ".join(text.split())
        return Redactor({}).text(line.replace(self.secret, HIDDEN) if self.secret else line)[:300]


class Database:
    """One connection, opened when it is first needed and anew after it was lost. For one thread."""

    def __init__(self, address: Address, connect: Callable[..., psycopg.Connection[Any]] | None = None) -> None:
        """`connect`: in place of psycopg's (tests)."""
        self.address = address
        self._connect = connect
        self._connection: psycopg.Connection[Any] | None = None

    # --- recording -----------------------------------------------------------------------------------------------

    def send(self, rows: Sequence[Sent], writer: str) -> None:
        """All rows or none, and a sign of life of the process `writer`. Raises TracesUnreachable and UsageError as
        `check`, and RowsRefused."""
        columns = [
            [row.run for row in rows],
            [row.number for row in rows],
            [row.writer for row in rows],
            [str(row.row.get("event", "")) for row in rows],
            [_word(row.row.get("skill")) for row in rows],
            [json.dumps(row.row) for row in rows],  # in ASCII, which every database's encoding holds
        ]
        with self._used() as connection, connection.transaction():
            if rows:
                connection.execute(_INSERT, columns)
            connection.execute(_BEAT, [writer])

    # --- reading -------------------------------------------------------------------------------------------------

    def newest(self, limit: int | None) -> list[tuple[str, list[dict[str, Any]], int, list[str], bool]]:
        """Of each run, the newest first: id, first and last line, steps, their skills, whether its writer lives."""
        with self._used() as connection:
            found = connection.execute(_NEWEST, [DEAD_S, limit]).fetchall()
        return [
            (run, [row for row in (first, last) if row], steps, sorted(skills or ()), alive)
            for run, first, last, steps, skills, alive in found
        ]

    def ids(self, beginning: str | None, most: int) -> list[str]:
        """Those that begin so, or the last one for None."""
        with self._used() as connection:
            if beginning is None:
                words = "SELECT run FROM quiver_traces_row WHERE number = 0 ORDER BY run DESC LIMIT 1"
                return [run for (run,) in connection.execute(words)]
            words = "SELECT run FROM quiver_traces_row WHERE number = 0 AND run >= %s AND run < %s LIMIT %s"
            return [run for (run,) in connection.execute(words, [beginning, f"{beginning}~", most])]

    def rows(self, run: str) -> tuple[list[dict[str, Any]], bool]:
        """The lines of a run in order, and whether its writer lives."""
        words = f"SELECT row, {_ALIVE.format('r.writer')} FROM quiver_traces_row r WHERE run = %s ORDER BY number"
        with self._used() as connection:
            found = connection.execute(words, [DEAD_S, run]).fetchall()
        return [row for row, _ in found], bool(found and found[0][1])

    # --- the connection ------------------------------------------------------------------------------------------

    def check(self) -> None:
        """Raises UsageError for an address, a password, rights or tables that do not do, TracesUnreachable for a
        server that does not answer."""
        with self._used():
            pass

    def close(self) -> None:
        if self._connection is not None:
            with suppress(Exception):  # it may be broken, and is thrown away either way
                self._connection.close()
            self._connection = None

    @contextmanager
    def _used(self) -> Iterator[psycopg.Connection[Any]]:
        import psycopg

        try:
            self._connection = self._connection or self._opened()
            yield self._connection
        except psycopg.Error as error:
            if _class(error) in _REFUSED_ROWS:
                raise RowsRefused(self.address.hidden(str(error))) from error
            self.close()
            raise self._meaning(error) from error
        except QuiverError:
            self.close()
            raise

    def _opened(self) -> psycopg.Connection[Any]:
        import psycopg

        connect = self._connect or psycopg.connect
        try:
            connection = connect(
                self.address.conninfo,
                autocommit=True,
                connect_timeout=CONNECT_S,
                application_name="quiver",
                prepare_threshold=None,  # a pooler between us and the server may not keep prepared statements
            )
        except psycopg.OperationalError as error:
            raise self._not_let_in(error) from error
        try:
            connection.execute(f"SET statement_timeout = {STATEMENT_S * 1000}")
            self._bring_up_to_date(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _bring_up_to_date(self, connection: psycopg.Connection[Any]) -> None:
        """Makes the tables where there are none. Who finds them current needs no right to make any."""
        if self._version(connection) == len(_MIGRATIONS):
            return
        with connection.transaction():
            connection.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
            version = self._version(connection)
            if version > len(_MIGRATIONS):
                message = f"{self.address.name} holds traces of a newer Quiver (tables of version {version})"
                raise UsageError(message, hint="update Quiver, or name another database")
            for migration in _MIGRATIONS[version:]:
                connection.execute(migration)
            if not version:
                connection.execute("CREATE TABLE quiver_traces_version (version integer NOT NULL)")
                connection.execute("INSERT INTO quiver_traces_version VALUES (0)")
            connection.execute("UPDATE quiver_traces_version SET version = %s", [len(_MIGRATIONS)])
            forgotten = "DELETE FROM quiver_traces_writer WHERE seen < now() - %s * interval '1 second'"
            connection.execute(forgotten, [_FORGOTTEN_S])

    def _version(self, connection: psycopg.Connection[Any]) -> int:
        if connection.execute(_HAS_TABLES).fetchone() is None:
            return 0
        row = connection.execute("SELECT max(version) FROM quiver_traces_version").fetchone()
        return int(row[0] or 0) if row else 0

    def _not_let_in(self, error: psycopg.OperationalError) -> QuiverError:
        """The server's code for why does not reach us; that a password was asked for does."""
        tried = getattr(error, "pgconn", None)
        if tried is not None and (tried.needs_password or tried.used_password):
            hint = "look at the user, and at the password in PGPASSWORD or ~/.pgpass"
            return UsageError(f"{self.address.name} refuses us: {self.address.hidden(str(error))}", hint=hint)
        return self._meaning(error)

    def _meaning(self, error: psycopg.Error) -> QuiverError:
        """A server that refuses us is a matter of configuration; one that is not there may come back."""
        said = self.address.hidden(str(error))
        if _class(error) in _REFUSALS:
            return UsageError(f"{self.address.name} refuses us: {said}", hint="ask whoever runs the database")
        return TracesUnreachable(f"{self.address.name} cannot be used: {said}", hint="is it running? pg_isready")


def _class(error: psycopg.Error) -> str:
    """Of the code PostgreSQL gives an error: its first two characters. Empty where there is none."""
    return (error.sqlstate or "")[:2]


def _word(value: Any) -> str | None:
    return value if isinstance(value, str) else None
