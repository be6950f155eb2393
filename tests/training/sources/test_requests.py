"""Written requests: every value is in the words, outputs are valid, refusals have their share, for any flat tool."""

from __future__ import annotations

import itertools
import random
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.training.sources.conftest import assert_grounded, assert_sound, user_words
from training.example import Example
from training.sources import documents, phrasing, requests, rows
from training.sources.mcp import ServedTool
from training.sources.texts import make_texts
from training.sources.values import ValuePool

SENTENCES = ("Play the latest album by Abba", "book a table for two tomorrow", "it's not what I asked for")
SCALARS = st.sampled_from(["string", "integer", "number", "boolean"]).map(lambda kind: {"type": kind})
PROPERTIES = st.one_of(
    SCALARS,
    SCALARS.map(lambda items: {"type": "array", "items": items}),
    st.just({"type": "string", "enum": ["by_name", "by_date", "size"]}),
)
NAMES = st.from_regex(r"[a-zA-Z][a-zA-Z0-9_]{0,20}", fullmatch=True)
DESCRIPTIONS = st.text(st.characters(codec="ascii", exclude_characters="\x00"), min_size=1, max_size=60)


def _served(
    name: str, properties: dict[str, Any], required: list[str], description: str = "Search for files"
) -> ServedTool:
    return ServedTool("catalogue/server", rows.build_tool(name, description, properties, required), "catalogue", "MIT")


def _take(tools: list[ServedTool], count: int, seed: int = 1, **options: Any) -> list[Example]:
    stream = requests.generate(tools, random.Random(seed), make_texts(SENTENCES), **options)
    return list(itertools.islice(stream, count))


TOOLS = [
    _served("search_files", {"path": {"type": "string"}, "pattern": {"type": "string"}}, ["path"]),
    _served("sendEmail", {"to": {"type": "string"}, "body": {"type": "string"}}, ["to", "body"], "Send an e-mail"),
    _served("convert", {"from": {"type": "string"}, "to": {"type": "string"}}, ["from", "to"], "Converts one unit"),
    _served("ping", {}, [], "Check that the server answers"),
]

GETTER = _served("getWeather", {"city": {"type": "string"}}, ["city"], "Get the weather forecast")


@settings(max_examples=60, deadline=None)
@given(NAMES, DESCRIPTIONS, st.dictionaries(NAMES, PROPERTIES, max_size=5), st.integers(0, 2**32))
def test_any_flat_tool_gets_sound_and_grounded_rows(
    name: str, description: str, properties: dict[str, Any], seed: int
) -> None:
    tools = [_served(name, properties, list(properties)[:2], description), *TOOLS]
    for row in _take(tools, 30, seed):
        assert_sound(row)
        assert_grounded(row)


def test_numbers_are_said_too() -> None:
    tools = [_served("count", {"limit": {"type": "integer"}}, ["limit"], "Count things")]
    for row in _take(tools, 200, extracted=0.0):
        if row.output is not None:
            limit = row.output["arguments"]["limit"]
            said = user_words(row).replace(",", "")
            assert str(limit) in said or rows.NUMBER_WORDS[limit] in said.lower()


def test_refusals_have_their_share() -> None:
    found = _take(TOOLS, 3000, extracted=0.0)
    declined = [row for row in found if row.output is None]
    assert 0.09 < len(declined) / len(found) < 0.15
    assert all(row.skill == "tool-call" for row in found)


def test_a_missing_required_value_is_declined_although_the_tool_is_offered() -> None:
    tools = [_served("sendEmail", {"to": {"type": "string"}, "body": {"type": "string"}}, ["to", "body"], "Send mail")]
    assert any(row.tools == (tools[0].tool,) for row in _take(tools, 400) if row.output is None)


def test_extraction_has_its_share() -> None:
    kinds = [row.skill for row in _take(TOOLS[:3], 1000, extracted=0.5)]
    assert 0.4 < kinds.count("json-extract") / len(kinds) < 0.6


def test_some_values_come_after_a_question() -> None:
    asked = [row for row in _take(TOOLS, 500) if len(row.messages) > 1]
    assert asked
    for row in asked:
        assert [message["role"] for message in row.messages] == ["user", "assistant", "user"]
        assert_grounded(row)


def test_the_same_seed_gives_the_same_rows() -> None:
    assert _take(TOOLS, 50, seed=3) == _take(TOOLS, 50, seed=3)
    assert _take(TOOLS, 50, seed=3) != _take(TOOLS, 50, seed=4)


def test_requests_are_varied() -> None:
    said = {user_words(row) for row in _take(TOOLS[:1], 300, extracted=0.0)}
    assert len(said) > 270


def test_the_source_of_a_row_names_its_catalogue() -> None:
    assert {row.source for row in _take(TOOLS, 100)} == {"requests/catalogue", "documents/catalogue"}


def test_no_tools_is_an_error_at_once() -> None:
    with pytest.raises(ValueError, match="at least one tool"):
        next(requests.generate([], random.Random(0)))


@pytest.mark.parametrize(
    ("name", "description", "verbs"),
    [
        ("search_files", "Searches for files", {"search"}),
        ("listItems", "所有", {"list"}),
        ("frobnicate", "Frobnicates it", {"use", "run", "do"}),
        ("get_x", "Query the database by id", {"query", "get"}),
    ],
)
def test_purpose_reads_verbs(name: str, description: str, verbs: set[str]) -> None:
    assert {verb for verb, _ in phrasing.purpose(name, description)} <= verbs


@pytest.mark.parametrize(
    ("name", "pattern"),
    [
        ("recipient_email", r"\S+@\S+"),
        ("page_url", r"https?://\S+"),
        ("file_path", r".*\.\w+|.*/.*"),
        ("city", r"[A-Z].*"),
        ("wallet", r"0x[0-9a-f]+|\d+ \w+ \w+"),
    ],
)
def test_values_mostly_look_like_their_names(name: str, pattern: str) -> None:
    pool = ValuePool(make_texts(SENTENCES), random.Random(0))
    values = [pool.draw(name, {"type": "string"}) for _ in range(200)]
    assert len(set(values)) > 150
    assert sum(re.fullmatch(pattern, value) is not None for value in values) > 0.75 * len(values)


def test_as_extraction_keeps_the_words_and_the_arguments() -> None:
    row = rows.call_row(TOOLS[0].tool, {"path": "a.txt"}, [rows.user("look in a.txt")], source="x", licence="MIT")
    extracted = documents.as_extraction(row, random.Random(0))
    assert extracted is not None
    assert extracted.output == {"path": "a.txt"}
    assert "look in a.txt" in user_words(extracted)
    assert_sound(extracted)


def test_as_extraction_leaves_refusals_and_dialogues_out() -> None:
    declined = rows.decline_row([TOOLS[0].tool], [rows.user("hello")], source="x", licence="MIT")
    turns = [rows.user("look"), rows.assistant("where?"), rows.user("a.txt")]
    spread = rows.call_row(TOOLS[0].tool, {"path": "a.txt"}, turns, source="x", licence="MIT")
    assert documents.as_extraction(declined, random.Random(0)) is None
    assert documents.as_extraction(spread, random.Random(0)) is None


@given(st.text(max_size=60), st.integers(0, 1000))
def test_a_slip_changes_one_word_at_most(text: str, seed: int) -> None:
    slipped = phrasing.slip(text, random.Random(seed))
    assert abs(len(slipped) - len(text)) <= 1


@given(st.sampled_from([served.tool for served in (*TOOLS, GETTER)]), st.integers(0, 500))
def test_a_wish_of_the_user_is_never_said_to_show_something(tool: dict[str, Any], seed: int) -> None:
    assert not re.match(r"\w+ me\b", phrasing.say_purpose(tool, random.Random(seed), by_user=True))
