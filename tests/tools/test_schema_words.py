"""A question's words linked to tables, columns and cells, and a reading of it put together as a statement."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from router.questions import CONDITION, GROUP, LIMIT, NO_ROLE, ORDER, TARGET, Reading
from tools.builtin.schema_words import Linked, SchemaWords
from tools.builtin.statements import statement
from tools.builtin.tables import is_database, quoted, read_tables

HERDS = """
CREATE TABLE goats(tag TEXT, keeper TEXT, breed TEXT, milk_litres REAL, born TEXT, horned INTEGER, weight INTEGER);
INSERT INTO goats VALUES ('G-1', 'Ilka Roth', 'saanen', 3.5, '2019-03-01', 0, 61),
  ('G-2', 'Bo', 'alpine', 2, '2021-05-09', 1, 55), ('G-3', 'Bo', 'saanen', 2.8, '2022-02-20', 1, 48);
CREATE TABLE feed_prices(feed TEXT, price REAL);
INSERT INTO feed_prices VALUES ('hay', 11.5), ('oats', 24);
"""
T, C, S, G, L = TARGET, CONDITION, ORDER, GROUP, LIMIT


@pytest.fixture(scope="module")
def herds() -> SchemaWords:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(HERDS)
        return SchemaWords(read_tables(connection))


def linked(herds: SchemaWords, text: str) -> Linked:
    found = herds.linked(text, ["herd.db"])
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("How many goats are in herd.db?", "How many T are in D?"),
        ("the milk litres of Ilka Roth", "the X of P"),
        ("Which goats give over 2.5 milk_litres?", "Which T give over K X?"),
        ("goats of breed 'saanen' in herd.db", "T of X P in D"),
        ("the heaviest goat of Bo", "the highest X T of P"),
        ("goats lighter than 50", "T X under K"),
        ("Ilka Roth's Goats born since 2020-01-01", "P's T X since K"),
        ("what do oats cost", "what do P X"),
        ("the three youngest goats", "the K highest X T"),
        ("nothing that is known here", "nothing that is known here"),
    ],
)
def test_what_is_known_becomes_letters(herds: SchemaWords, text: str, sentence: str) -> None:
    assert linked(herds, text).sentence == sentence


@pytest.mark.parametrize(
    ("text", "act", "roles", "sql"),
    [
        ("how many goats", "count", (), "SELECT COUNT(*) FROM goats"),
        ("count goats of Bo", "count", (C,), "SELECT COUNT(*) FROM goats WHERE keeper = 'Bo'"),
        ("how many breeds do the goats have", "count", (T,), "SELECT COUNT(DISTINCT breed) FROM goats"),
        ("how many goats per keeper", "count", (G,), "SELECT keeper, COUNT(*) FROM goats GROUP BY keeper"),
        ("horned goats", "list", (C,), "SELECT tag FROM goats WHERE horned = 1"),
        ("goats that are not horned", "list", (C,), "SELECT tag FROM goats WHERE horned = 0"),
        ("goats without a keeper", "list", (C,), "SELECT tag FROM goats WHERE keeper IS NULL"),
        ("sum of weight of saanen goats", "sum", (T, C), "SELECT SUM(weight) FROM goats WHERE breed = 'saanen'"),
        ("average weight by breed", "average", (T, G), "SELECT breed, AVG(weight) FROM goats GROUP BY breed"),
        ("highest weight", "most", (T,), "SELECT MAX(weight) FROM goats"),
        ("who keeps the heaviest goat", "most", (T, S), "SELECT keeper FROM goats ORDER BY weight DESC LIMIT 1"),
        (
            "the two lightest goats",
            "least",
            (L, S),
            "SELECT tag FROM goats WHERE weight IS NOT NULL ORDER BY weight LIMIT 2",
        ),
        ("most common breed", "most", (T,), "SELECT breed FROM goats GROUP BY breed ORDER BY COUNT(*) DESC LIMIT 1"),
        ("different breeds", "list", (T,), "SELECT DISTINCT breed FROM goats"),
        ("tag and keeper of goats", "list", (T, T), "SELECT tag, keeper FROM goats"),
        ("all rows of goats", "list", (), "SELECT * FROM goats"),
        ("goats by weight, highest first", "sorted", (S,), "SELECT tag FROM goats ORDER BY weight DESC"),
        ("goats with weight at least 55", "list", (C, C), "SELECT tag FROM goats WHERE weight >= 55"),
        ("goats with weight 55 or more", "list", (C, C), "SELECT tag FROM goats WHERE weight >= 55"),
        ("goats with weight between 50 and 60", "list", (C,) * 3, "SELECT tag FROM goats"
         " WHERE weight BETWEEN 50 AND 60"),
        ("goats born before 2021", "list", (C, C), "SELECT tag FROM goats WHERE born < '2021'"),
        ("goats born in 2021", "list", (C, C), "SELECT tag FROM goats WHERE born LIKE '2021%'"),
        ("saanen or alpine goats", "count", (C, C), "SELECT COUNT(*) FROM goats WHERE breed IN ('saanen', 'alpine')"),
        ("goats not of breed saanen", "list", (C, C), "SELECT tag FROM goats WHERE breed != 'saanen'"),
        ("goats whose breed is not saanen", "list", (C, C), "SELECT tag FROM goats WHERE breed != 'saanen'"),
        ("goats with keeper 'Zed'", "list", (C, C), "SELECT tag FROM goats WHERE keeper = 'Zed'"),
        ("which tables", "tables", (), "SELECT name FROM sqlite_master WHERE type IN ('table', 'view')"
         " AND name NOT LIKE 'sqlite_%' ORDER BY name"),
    ],
)  # fmt: skip
def test_a_reading_becomes_a_statement(herds: SchemaWords, text: str, act: str, roles: Sequence[str], sql: str) -> None:
    assert statement(linked(herds, text), Reading(act, tuple(roles))) == sql


@pytest.mark.parametrize(
    ("text", "act", "roles"),
    [
        ("goats with price 5", "list", (C,)),
        ("average of breed", "average", (T,)),
        ("how many goats over heaviest", "count", (S,)),
        ("goats with weight 'heavy'", "list", (C, C)),
        ("goats with weight", "list", (C,)),
        ("the two goats", "count", (L,)),
    ],
)
def test_what_does_not_fit_together_is_no_statement(
    herds: SchemaWords, text: str, act: str, roles: Sequence[str]
) -> None:
    assert statement(linked(herds, text), Reading(act, tuple(roles))) is None


ROLES = st.sampled_from([TARGET, CONDITION, ORDER, GROUP, LIMIT, NO_ROLE])
SAID = (
    "how many goats keeper Bo saanen 'x' 5 2020-01-01 over not or between breed born horned weight two \" ' hay price"
    " herd.db heaviest of without 1,000 %"
)
WORDS = st.lists(st.sampled_from(re.split(" ", SAID)), max_size=12)


@settings(deadline=None, max_examples=150)
@given(WORDS, st.sampled_from(["count", "sum", "average", "most", "least", "list", "sorted", "columns"]), st.data())
def test_every_statement_runs_and_only_reads(words: list[str], act: str, data: st.DataObject) -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(HERDS)
        found = SchemaWords(read_tables(connection)).linked(" ".join(words), ["herd.db"])
        if found is None:
            return
        roles = data.draw(st.lists(ROLES, min_size=len(found.asked), max_size=len(found.asked)))
        sql = statement(found, Reading(act, tuple(roles)))
        if sql is not None:
            connection.execute("PRAGMA query_only = ON")
            connection.execute(sql).fetchall()


def test_a_table_called_by_its_name_outweighs_another_with_more_in_common(herds: SchemaWords) -> None:
    assert linked(herds, "the price of hay").table.name == "feed_prices"
    assert linked(herds, "the table goats, breed and price").table.name == "goats"
    assert not linked(herds, "how many are there").settled


@pytest.mark.parametrize(("name", "written"), [("breed", "breed"), ("order", '"order"'), ('a "b"', '"a ""b"""')])
def test_names_are_quoted_where_they_must_be(name: str, written: str) -> None:
    assert quoted(name) == written


def test_what_is_no_database_has_no_tables(tmp_path: Path) -> None:
    path = tmp_path / "fake.db"
    path.write_text("not a database, though it is called one" * 99)
    assert not is_database(path)
    assert not is_database(tmp_path / "absent.db")
    with closing(sqlite3.connect(path)) as connection:
        assert read_tables(connection) == ()
