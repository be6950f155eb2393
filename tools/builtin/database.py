"""SQL against a SQLite file of the work folder. Reads only, unless the person who set up the toolbox allowed writing.
A question in plain words is answered with a statement that only ever reads; putting it together is `statements`' work.

Reading is kept to reading twice: the file is opened with `mode=ro`, and an authorizer refuses every action but select
and the harmless pragmas, so that no other file can be attached. Rows, cells and time are bounded.
"""

from __future__ import annotations

import re
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote

from router.conversation import Effect
from router.narrowing import Asked, Finders
from router.questions import Reader
from router.source import words
from tools.builtin.schema_words import SchemaWords
from tools.builtin.statements import statement
from tools.builtin.tables import is_database, read_tables
from tools.builtin.workfolder import FilePath, WorkFolder
from tools.tool import Tool, ToolFailed, ToolRefused

_MAX_ROWS = 50
_MAX_CELL = 200  # characters shown
_MAX_VALUE = 1_000_000  # bytes SQLite may build in one value
_MAX_SECONDS = 5.0
_LONGEST = 1_000  # characters of a statement looked for in a text
_MAX_KNOWN = 8  # databases whose tables are remembered
_STEPS_BETWEEN_LOOKS = 10_000  # virtual machine steps between looks at the clock

_READS = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE}
_NEVER = {sqlite3.SQLITE_ATTACH, sqlite3.SQLITE_DETACH}
_PRAGMAS = {"table_info", "table_list", "index_list", "index_info", "foreign_key_list"}


def _statement(sql: str, database: str) -> str:
    """The statement alone, where it was quoted with the words that say where to run it: "SELECT … on stock.db"."""
    where = rf"\s+(?:on|in|from|against|using)\s+(?:the\s+)?(?:database\s+|file\s+)?{re.escape(database)}\W*$"
    return re.sub(where, "", sql, flags=re.IGNORECASE)


_BEGINS = re.compile(
    r"\b(?:select|insert\s+into|update\s+\S+\s+set|delete\s+from|create|drop|alter|pragma|replace\s+into"
    r"|with\s+(?:recursive\s+)?\w+\s*(?:\([^)]*\)\s*)?as)\b",
    re.I,
)
_OPENERS = re.compile(
    r"(?i)[\s,]+(?:on|in|from|against|using|for|to|and|then|please|thanks|at|with|of|by|where|order|group|as)$"
)


_ALIAS = re.compile(r"(\bfrom\s+\w+)\s+(?!as\b|where\b)\w+$", re.I)  # the sentence going on: "… FROM readings give"
_AFTER = ' \t\n.?!,;:`"”’'
_PLACE = re.compile(
    r"\s+(?:on|in|from|against|using|of)\s+(?:the\s+)?(?:database\s+|file\s+)?['\"`]?[\w./-]+\.(?:db|db3|sqlite3?)$",
    re.I,
)
_GOES_ON = re.compile(
    r"(?i)[\s,]+(?:and|then)\s+(?:then\s+)?(?:tell|show|give|let|say|save|write|print|report|what|how|put)\b"
    r"|[\s,]+(?:the\s+)?(?:database|db|file)\s+(?:is|called|named|file)\b"
)


def statements_said(text: str) -> list[str]:
    """The SQL a text holds: from each opening keyword on, the longest run of words SQLite can parse. Nothing is run."""
    found = []
    with closing(sqlite3.connect(":memory:")) as empty:
        for match in _BEGINS.finditer(text):
            at_most = text[: match.start() + _LONGEST]
            ends = [word.end() for word in re.finditer(r"\S+", at_most) if word.end() > match.start()]
            ends = ends[: next((at for at, end in enumerate(ends) if _GOES_ON.match(text, end)), len(ends)) + 1]
            texts = (text[match.start() : end].rstrip(_AFTER) for end in reversed(ends))
            runs = (_PLACE.sub("", text).rstrip(_AFTER) for text in texts)
            found += [next((_ALIAS.sub(r"\1", run) for run in runs if _parses(run, empty)), "")]
    return [statement for statement in dict.fromkeys(found) if statement]


def _parses(sql: str, empty: sqlite3.Connection) -> bool:
    """Whether only tables, columns or functions are missing from an empty database, but no syntax is wrong."""
    if len(sql.split()) < 2 or _OPENERS.search(sql) or sql.count("'") % 2:
        return False
    try:
        empty.execute(f"EXPLAIN {sql}")
    except sqlite3.Error as error:
        return str(error).startswith("no such")
    except (sqlite3.Warning, ValueError):
        return False
    return True


class Database:
    def __init__(self, folder: WorkFolder, *, may_write: bool = False) -> None:
        self._folder = folder
        self._may_write = may_write
        self._known: dict[tuple[Path, int, int], SchemaWords] = {}

    def tools(self) -> list[Tool]:
        said: Finders = {"database": self._folder.files_said, "sql": Asked(statements_said, self._statements_told)}
        effect: Effect = "write" if self._may_write else "read"
        return [Tool.from_function(self.query_database, effect=effect, candidates=said)]

    def query_database(self, database: FilePath, sql: str) -> str:
        """Ask a SQLite database a question in SQL and return the rows.

        Args:
            database: Name of the database file in the work folder, such as shop.db.
            sql: One SQL statement, such as SELECT name FROM customers.
        """
        path = self._folder.file(database)
        with closing(self._open(path)) as connection:
            try:
                cursor = connection.execute(_statement(sql, database))
                rows = cursor.fetchmany(_MAX_ROWS + 1)
                connection.commit()
            except (sqlite3.Error, sqlite3.Warning, ValueError) as error:
                raise _told(error, connection) from error
        if cursor.description is None:
            return f"Done; {max(cursor.rowcount, 0)} rows changed."
        return _table([column[0] for column in cursor.description], rows)

    def _statements_told(self, text: str, reader: Reader) -> list[str]:
        """The statement that a question in plain words comes to, about the one database it names; none or one."""
        names = [name for name in self._folder.files_there(text) if is_database(self._folder.resolve(name))]
        if len(names) != 1 or len(text) > _LONGEST:
            return []
        said = [name for name in words(text) if name == names[0] or names[0].endswith(f"/{name}")]
        linked = self._schema(self._folder.resolve(names[0])).linked(text, said)
        reading = None if linked is None else reader(linked.question)
        told = None if linked is None or reading is None else statement(linked, reading)
        return [told] if told else []

    def _schema(self, path: Path) -> SchemaWords:
        """What a file is made of, looked at again when it has changed."""
        about = path.stat()
        key = (path, about.st_mtime_ns, about.st_size)
        if key not in self._known:
            if len(self._known) >= _MAX_KNOWN:
                self._known.clear()
            with closing(self._open(path)) as connection:
                self._known[key] = SchemaWords(read_tables(connection))
        return self._known[key]

    def _open(self, path: Path) -> sqlite3.Connection:
        mode = "rw" if self._may_write else "ro"
        connection = sqlite3.connect(f"file:{quote(str(path))}?mode={mode}", uri=True, timeout=2.0)
        deadline = time.monotonic() + _MAX_SECONDS
        connection.set_progress_handler(lambda: time.monotonic() > deadline, _STEPS_BETWEEN_LOOKS)
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _MAX_VALUE)
        connection.set_authorizer(self._authorize)
        return connection

    def _authorize(self, action: int, first: str | None, second: str | None, *_: str | None) -> int:
        """SQLite asks before each action of a statement. A function's name is `second`, a pragma's `first`."""
        if action in _NEVER or (action == sqlite3.SQLITE_FUNCTION and (second or "").lower() == "load_extension"):
            return sqlite3.SQLITE_DENY
        if self._may_write or action in _READS:
            return sqlite3.SQLITE_OK
        harmless = action == sqlite3.SQLITE_PRAGMA and (first or "").lower() in _PRAGMAS
        return sqlite3.SQLITE_OK if harmless else sqlite3.SQLITE_DENY


def _told(error: Exception, connection: sqlite3.Connection) -> ToolFailed:
    """SQLite's complaint in words a model can act on; a missing table is answered with those there are."""
    said = str(error)
    if any(word in said for word in ("not authorized", "authorization denied", "readonly", "prohibited")):
        return ToolRefused("The database may only be read. Use SELECT.")
    if "interrupted" in said:
        return ToolFailed(f"The query took longer than {_MAX_SECONDS:g} seconds. Narrow it with WHERE.")
    if "no such table" in said:
        return ToolFailed(f"{said}. The tables are: {', '.join(_tables(connection)) or 'none'}.")
    if "only execute one statement" in said:
        return ToolFailed("Give one SQL statement at a time.")
    return ToolFailed(f"SQLite says: {said}.")


def _tables(connection: sqlite3.Connection) -> list[str]:
    names = "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite_%' ORDER BY name"
    try:
        return [str(name) for (name,) in connection.execute(names).fetchmany(_MAX_ROWS)]
    except sqlite3.Error:
        return []


def _table(columns: list[str], rows: list[tuple[Any, ...]]) -> str:
    """A single value bare; otherwise a line of column names and a line per row, cells apart by " | "."""
    if not rows:
        return "No rows."
    if len(rows) == 1 and len(columns) == 1:
        return _cell(rows[0][0])
    lines = [" | ".join(columns), *(" | ".join(map(_cell, row)) for row in rows[:_MAX_ROWS])]
    if len(rows) > _MAX_ROWS:
        lines.append(f"[only the first {_MAX_ROWS} rows are shown; narrow the query with WHERE or LIMIT]")
    return "\n".join(lines)


def _cell(value: Any) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, bytes):
        return f"[{len(value):,} bytes]"
    if isinstance(value, float):
        return f"{value:.10g}"
    shown = " ".join(str(value).split())
    return shown if len(shown) <= _MAX_CELL else f"{shown[:_MAX_CELL]}…"
