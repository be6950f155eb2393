"""A database is asked, not changed; a query that runs away is stopped; rows and cells are bounded."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest

from router.conversation import ToolCall, ToolSpec
from router.narrowing import Asked
from router.questions import Question, Reading
from tests.tools.conftest import Use
from tools.builtin import builtin_tools, database
from tools.builtin.workfolder import WorkFolder
from tools.toolbox import Toolbox

ENDLESS = "WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t) SELECT max(n) FROM t"


@pytest.fixture
def shop(folder: Path) -> Path:
    path = folder / "shop.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE customers (name TEXT, spent REAL, photo BLOB)")
        rows = [("Ann", 12.5, b"123"), ("Bob | Co\nInc", 0.1 + 0.2, None)]
        connection.executemany("INSERT INTO customers VALUES (?, ?, ?)", rows)
        connection.commit()
    return path


@pytest.mark.parametrize(
    ("sql", "text"),
    [
        ("SELECT count(*) FROM customers", "2"),
        ("SELECT count(*) FROM customers on shop.db", "2"),
        ("SELECT count(*) FROM customers against the database shop.db.", "2"),
        ("SELECT name, spent FROM customers;", "name | spent\nAnn | 12.5\nBob | Co Inc | 0.3"),
        ("SELECT photo FROM customers WHERE name = 'Ann'", "[3 bytes]"),
        ("SELECT NULL", "NULL"),
        ("SELECT name FROM customers WHERE name = 'Zed'", "No rows."),
        ("PRAGMA table_info(customers)", None),
    ],
)
def test_reading(use: Use, shop: Path, sql: str, text: str | None) -> None:
    seen = use("query_database", database="shop.db", sql=sql)
    assert seen.ok
    assert text in (None, seen.text)


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM customers",
        "INSERT INTO customers VALUES ('Eve', 1, NULL)",
        "DROP TABLE customers",
        "CREATE TEMP TABLE t (x)",
        "ATTACH 'other.db' AS other",
        "VACUUM INTO 'copy.db'",
        "PRAGMA journal_mode = WAL",
        "PRAGMA writable_schema = 1",
        "SELECT load_extension('evil')",
        "BEGIN EXCLUSIVE",
    ],
)
def test_nothing_but_reading(use: Use, shop: Path, sql: str) -> None:
    before = shop.read_bytes()
    seen = use("query_database", database="shop.db", sql=sql)
    assert seen.kind == "refused"
    assert shop.read_bytes() == before
    assert [path.name for path in shop.parent.iterdir()] == ["shop.db"]


@pytest.mark.parametrize(
    ("sql", "complaint"),
    [
        ("SELECT * FROM orders", "no such table: orders. The tables are: customers."),
        ("SELECT age FROM customers", "no such column: age"),
        ("bananas", "syntax error"),
        ("SELECT 1; SELECT 2", "one SQL statement"),
        ("SELECT zeroblob(1000000000)", "too big"),
        ("SELECT ?", "SQLite says"),
    ],
)
def test_mistakes_are_told(use: Use, shop: Path, sql: str, complaint: str) -> None:
    seen = use("query_database", database="shop.db", sql=sql)
    assert seen.kind == "failed"
    assert complaint in seen.text


def test_an_endless_query_is_stopped(use: Use, shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "_MAX_SECONDS", 0.2)
    seen = use("query_database", database="shop.db", sql=ENDLESS)
    assert seen.kind == "failed"
    assert "longer than 0.2 seconds" in seen.text


def test_rows_and_cells_are_bounded(use: Use, shop: Path) -> None:
    many = "WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t LIMIT 1000) SELECT n FROM t"
    lines = use("query_database", database="shop.db", sql=many).text.splitlines()
    assert lines[:2] == ["n", "1"]
    assert len(lines) == 52
    assert "only the first 50 rows" in lines[-1]
    assert len(use("query_database", database="shop.db", sql="SELECT hex(zeroblob(5000))").text) == 201


@pytest.mark.parametrize(("name", "kind"), [("missing.db", "failed"), ("../secret.txt", "refused")])
def test_only_files_of_the_folder(use: Use, folder: Path, name: str, kind: str) -> None:
    assert use("query_database", database=name, sql="SELECT 1").kind == kind
    assert not (folder / "missing.db").exists()


def test_a_file_that_is_no_database(use: Use, folder: Path) -> None:
    (folder / "notes.txt").write_text("not a database, though long enough to be looked at" * 20)
    seen = use("query_database", database="notes.txt", sql="SELECT * FROM sqlite_master")
    assert seen.kind == "failed"
    assert "not a database" in seen.text


def counted(question: Question) -> Reading:
    return Reading("count", ("condition",) * len(question.spans))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("How many customers are in shop.db?", ["SELECT COUNT(*) FROM customers"]),
        ("customers of shop.db named Ann", ["SELECT COUNT(*) FROM customers WHERE name = 'Ann'"]),
        ("How many customers are in absent.db?", []),
        ("How many customers are there?", []),
        ("How many customers are in shop.db and in old/shop.db?", []),
    ],
)
def test_a_question_in_words_is_about_one_database_that_is_there(
    folder: Path, shop: Path, text: str, told: list[str]
) -> None:
    (folder / "old").mkdir()
    (folder / "old" / "shop.db").write_bytes(shop.read_bytes())
    (tool,) = database.Database(WorkFolder(folder)).tools()
    asked = tool.candidates["sql"]
    assert isinstance(asked, Asked)
    assert asked.told(text, counted) == told
    assert not asked(text), "without a reader only what is quoted is found"


def test_a_database_that_has_changed_is_looked_at_again(folder: Path, shop: Path) -> None:
    (tool,) = database.Database(WorkFolder(folder)).tools()
    asked = replace(cast(Asked, tool.candidates["sql"]), reader=counted)
    assert asked("customers of shop.db from Oslo") == ["SELECT COUNT(*) FROM customers"]
    with closing(sqlite3.connect(shop)) as connection:
        connection.executescript("ALTER TABLE customers ADD COLUMN city TEXT; UPDATE customers SET city = 'Oslo'")
    assert asked("customers of shop.db from Oslo") == ["SELECT COUNT(*) FROM customers WHERE city = 'Oslo'"]


def test_a_database_is_no_text_and_reading_it_says_so(use: Use, shop: Path) -> None:
    assert "It is a database" in use("read_file", path="shop.db").text


def test_changing_is_possible_where_it_is_allowed_and_asked_for(folder: Path, shop: Path) -> None:
    asked: list[str] = []
    tools = builtin_tools(folder, databases_may_change=True)

    def approve(call: ToolCall, spec: ToolSpec) -> bool:
        asked.append(spec.effect)
        return True

    box = Toolbox(tools, folder, approve=approve)
    seen = box.call(ToolCall("query_database", {"database": "shop.db", "sql": "DELETE FROM customers"}))
    assert (seen.text, asked) == ("Done; 2 rows changed.", ["write"])
    attach = box.call(ToolCall("query_database", {"database": "shop.db", "sql": "ATTACH 'x.db' AS x"}))
    assert attach.kind == "refused"
    assert not (folder / "x.db").exists()
