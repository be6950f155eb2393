"""Requests for the tools of files, notes, databases and pages: worded in very many ways, with arguments the agent's
grammar lets a small model quote from them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import accumulate
from random import Random

import pytest

from router.source import misquoted, words
from training.synthetic import builtin_calls, looking_back
from training.synthetic.case import Case
from training.synthetic.manner import asked, frames, quoted
from training.synthetic.phrases import Forms

TOOLS = (
    "read_file",
    "write_file",
    "list_files",
    "search_files",
    "query_database",
    "save_note",
    "find_notes",
    "fetch_url",
)
ROWS = 700


def cases(tool: str, count: int = ROWS) -> Iterator[Case]:
    rng = Random(11)
    return (builtin_calls.CASES[tool](rng) for _ in range(count))


def shape(case: Case) -> str:
    """The request with its values and numbers taken out, in lower case."""
    text = case.request
    for value in sorted(map(str, case.arguments.values()), key=len, reverse=True):
        text = text.replace(value, "_")
    return re.sub(r"\d+", "0", text.lower()).strip(" .?!")


def quotable(value: str, text: str) -> bool:
    """Whether the value is a run of whole chunks of the text, as the grammar of a call demands."""
    ends = [0, *accumulate(len(chunk) for chunk in words(text))]
    borders = set(ends)
    places = (match.start() for match in re.finditer(re.escape(value), text))
    return any(at in borders and at + len(value) in borders for at in places)


@pytest.mark.parametrize("tool", TOOLS)
def test_most_requests_are_worded_like_no_other(tool: str) -> None:
    shapes = [shape(case) for case in cases(tool)]
    assert len(set(shapes)) > 0.8 * ROWS
    assert len({" ".join(one.split()[:3]) for one in shapes}) > 0.45 * ROWS


@pytest.mark.parametrize("tool", TOOLS)
def test_every_value_can_be_quoted_from_the_request(tool: str) -> None:
    for case in cases(tool):
        for value in case.arguments.values():
            assert quotable(value, case.request), case
        assert misquoted(case.arguments.values(), case.request) is None, case


@pytest.mark.parametrize("tool", TOOLS)
def test_a_request_is_tidy(tool: str) -> None:
    """No gaps, no marks of the grammar, no word run into the one before it."""
    for case in cases(tool):
        rest = case.request
        for value in sorted(map(str, case.arguments.values()), key=len, reverse=True):
            rest = re.sub(rf"(?<!\w){re.escape(value)}", "_", rest)
        assert rest == rest.strip() != "", case
        assert not re.search(r"  |<\w+>|\{\w+\}|\[|\]", rest), case
        assert not re.search(r"_[a-zA-Z]{2,}", rest), case


def test_both_kinds_of_optional_arguments_come_up() -> None:
    for tool, name in (("list_files", "folder"), ("search_files", "folder"), ("find_notes", "text")):
        given = sum(name in case.arguments for case in cases(tool)) / ROWS
        assert 0.2 < given < 0.85, tool


def test_a_line_of_frames_names_its_kind_and_its_parts() -> None:
    forms = frames("do: <open> {f}\nask: what is in {f}", open="[read|<look>]", look="open")
    assert forms == Forms(do=("[read|open] {f}",), ask=("what is in {f}",))
    with pytest.raises(ValueError, match="begin with"):
        frames("read {f}")


def test_nothing_is_said_after_an_open_text() -> None:
    forms = Forms(do=("note that {t}",), say=("note: {t}",))
    for seed in range(300):
        assert re.search(r"the oven is new[.?!]?$", asked(Random(seed), forms, {"t": "the oven is new"}))
        assert asked(Random(seed), forms, {"t": "the oven is new"}, exact=True).endswith("the oven is new")


@pytest.mark.parametrize("text", ["plain words", "Ada's oven", 'the "old" one', 'it\'s the "old" one', "a `b` c"])
def test_quotation_marks_enclose_a_text_whole(text: str) -> None:
    for seed in range(60):
        said = quoted(Random(seed), text, 1)
        assert text in said
        assert misquoted([text], f"save {said} now") is None


def test_what_an_earlier_turn_named_is_left_out_or_pointed_at() -> None:
    """An optional argument that was given before comes again only where the request points back to it."""
    rng, kept, dropped = Random(3), 0, 0
    for _ in range(400):
        *before, last = looking_back.stories(rng)
        folders = {step.case.arguments.get("folder") for step in before} - {None}
        if last.case.tool in ("list_files", "search_files") and folders:
            folder: str | None = last.case.arguments.get("folder")
            dropped += folder is None
            kept += folder is not None and folder not in last.case.request
            assert folder is None or folder in folders
    assert kept > 20
    assert dropped > 20


def test_what_is_saved_whole_was_printed() -> None:
    rng = Random(4)
    saved = [story for story in (looking_back.stories(rng) for _ in range(400)) if story[-1].case.tool == "write_file"]
    assert len(saved) > 20
    assert all(story[-1].case.arguments["content"] == story[-2].case.observation for story in saved)
