"""What a SQLite database is made of: its tables, their columns, and a bounded look at what stands in them.

Only read, and only so much that a question can be understood: no column is read to its end where it is long, and the
whole look ends with its time. Which words of a question mean what is `schema_words`' business.
"""

from __future__ import annotations

import re
import sqlite3
import time
from contextlib import closing
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

_MAX_TABLES, _MAX_COLUMNS = 40, 60
_MAX_ROWS = 2_000  # looked at in one table
_MAX_TEXT = 60  # characters of a cell that a question may say word for word
_MAX_SECONDS = 0.5  # for all tables together
_STEPS_BETWEEN_LOOKS = 1_000
_BEGINS = b"SQLite format 3\0"
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}([ T].*)?")
_YEARS = range(1800, 2101)
_NUMBER = (int, float)


@dataclass(frozen=True)
class Column:
    """`numeric`, `dated` (as 2031-03-05), `flags` (0 and 1 alone), `years`: what all cells seen are. `names`: no two
    rows seen have the same text. `texts`: the short ones seen."""

    name: str
    numeric: bool = False
    dated: bool = False
    flags: bool = False
    years: bool = False
    names: bool = False
    texts: frozenset[str] = field(default=frozenset())


@dataclass(frozen=True)
class Table:
    name: str
    columns: tuple[Column, ...]

    def column(self, name: str) -> Column:
        """Raises StopIteration for a name that is none of its columns'."""
        return next(column for column in self.columns if column.name == name)


def is_database(path: Path) -> bool:
    """Whether a file begins as SQLite's do."""
    try:
        with path.open("rb") as file:
            return file.read(len(_BEGINS)) == _BEGINS
    except OSError:
        return False


def read_tables(connection: sqlite3.Connection) -> tuple[Table, ...]:
    """The tables and views in order of name; none for what is no database. What takes too long is read in part."""
    deadline = time.monotonic() + _MAX_SECONDS
    connection.set_progress_handler(lambda: time.monotonic() > deadline, _STEPS_BETWEEN_LOOKS)
    names = "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite_%' ORDER BY name"
    try:
        found = [str(name) for (name,) in connection.execute(names).fetchmany(_MAX_TABLES)]
    except sqlite3.Error:
        return ()
    return tuple(table for name in found if (table := _table(connection, name)) is not None)


def _table(connection: sqlite3.Connection, name: str) -> Table | None:
    """None where not even the columns can be told."""
    try:
        about = connection.execute(f"PRAGMA table_info({quoted(name)})").fetchmany(_MAX_COLUMNS)
        declared = [(str(row[1]), str(row[2] or "")) for row in about]
        if not declared:
            return None
        return Table(name, tuple(_column(connection, name, column, kind) for column, kind in declared))
    except (sqlite3.Error, UnicodeError):
        return None


def _column(connection: sqlite3.Connection, table: str, column: str, kind: str) -> Column:
    inner = f"SELECT {quoted(column)} AS cell FROM {quoted(table)} LIMIT {_MAX_ROWS}"
    try:
        seen = [cell for (cell,) in connection.execute(f"SELECT cell FROM ({inner}) WHERE cell IS NOT NULL")]
    except (sqlite3.Error, UnicodeError):
        seen = []
    texts = [cell for cell in seen if isinstance(cell, str)]
    numbers = [cell for cell in seen if isinstance(cell, _NUMBER)]
    return Column(
        column,
        numeric=len(numbers) == len(seen) if seen else re.search("INT|REAL|NUM|FLO|DOU|DEC", kind.upper()) is not None,
        dated=bool(texts) and len(texts) == len(seen) and all(_DAY.fullmatch(text) for text in texts),
        flags=bool(seen) and len(numbers) == len(seen) and set(numbers) <= {0, 1},
        years=bool(numbers) and len(numbers) == len(seen) and all(number in _YEARS for number in numbers),
        names=bool(texts) and len(texts) == len(seen) == len(set(texts)),
        texts=frozenset(text for text in texts if 0 < len(text) <= _MAX_TEXT),
    )


def quoted(name: str) -> str:
    """A name as SQL writes it: bare where that is safe, between double quotes otherwise."""
    return name if _is_plain(name) else '"' + name.replace('"', '""') + '"'


@cache
def _is_plain(name: str) -> bool:
    """Whether SQLite takes the name as it stands: it is one word, and none of the language's."""
    if not re.fullmatch(r"[A-Za-z_]\w*", name, re.ASCII):
        return False
    with closing(sqlite3.connect(":memory:")) as empty:
        try:
            empty.execute(f"CREATE TABLE {name} ({name})")
        except sqlite3.Error:
            return False
    return True
