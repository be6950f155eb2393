"""Rows of every skill, held to what the run time holds an output to: its contract, its checks, and a grammar that lets
nothing be said that the conversation does not say."""

from __future__ import annotations

import itertools
import json
import re
from pathlib import Path
from random import Random
from typing import Any

import pytest

from router.checks import CheckContext
from router.contract import Contract
from router.conversation import ToolSpec
from training.curriculum import target_text
from training.example import Example
from training.synthetic import generator, near_tools, specs
from training.synthetic.prose import alike, apart
from training.synthetic.speakable import context, quotable, sayable, source, spoken

ADAPTERS = Path(__file__).parents[2] / "adapters"
ROWS, ADMITTED = 300, 25
NAMES = ("answers", "extraction", "retrieval", "safety", "declines")
CHECKS = {
    "answer": ("grounded",),
    "retrieval-format": ("citations-exist", "grounded"),
    "safety-filter": ("evidence-quoted",),
}


def rows(name: str, count: int = ROWS, seed: int = 21) -> list[Example]:
    return list(itertools.islice(generator(name)(Random(seed)), count))


def contract(row: Example, quoting: bool) -> Contract:
    words = source(row.messages) if quoting else None
    if row.skill == "tool-call":
        offered = {tool["name"]: tool for tool in (*row.tools, *row.alternatives)}
        tools = [ToolSpec(tool["name"], tool["description"], tool["parameters"]) for tool in offered.values()]
        return Contract.for_tools(tools, source=words, clause=row.messages[-1]["content"] if quoting else "")
    schema: Any = row.schema
    if schema is None:
        schema = json.loads((ADAPTERS / row.skill / "schema.json").read_text(encoding="utf-8"))
    return Contract.for_schema(schema, CHECKS.get(row.skill, ()), source=words)


@pytest.mark.parametrize("name", NAMES)
def test_every_output_holds_to_its_contract_and_checks(name: str) -> None:
    for row in rows(name):
        about = context(row.messages) if row.skill != "tool-call" else CheckContext()
        value = contract(row, quoting=False).parse(target_text(row), context=about)
        assert (value is None) == (row.output is None)


@pytest.mark.parametrize("name", NAMES)
def test_the_grammar_of_the_run_time_admits_every_output(name: str) -> None:
    from llguidance import LLMatcher, LLTokenizer

    tokenizer = LLTokenizer("byte")
    for row in rows(name, ADMITTED, seed=5):
        matcher = LLMatcher(tokenizer, LLMatcher.grammar_from_lark(contract(row, quoting=True).grammar(markers=False)))
        text = list(target_text(row).encode())
        taken = matcher.try_consume_tokens(text)
        assert taken == len(text), (bytes(text[:taken]), row.messages)
        assert matcher.is_accepting()


def test_an_answer_of_strange_words_is_not_sayable() -> None:
    messages = [{"role": "user", "content": "When does Rosa come?"}, {"role": "tool", "content": "Rosa: 12 May"}]
    assert sayable("Rosa comes on 12 May.", messages)
    assert not sayable("Rosa comes on 13 May.", messages)
    assert not sayable("Ask Bruno on 12 May.", messages)
    assert not sayable("On 12 May, it is Rosa's visit.", messages)


def test_a_piece_of_a_word_is_not_quotable() -> None:
    messages = [{"role": "user", "content": "Order KR-2291, paid by Rosa."}]
    assert quotable(["KR-2291", "paid by Rosa"], messages)
    assert not quotable(["KR-22"], messages)
    assert not quotable(["Rosa paid"], messages)


def test_a_text_is_repeated_without_its_signs() -> None:
    assert spoken('# Plan\n- "milk" | 3.50\n---\n* Ivanov & Sons') == "Plan\nmilk 3.50\nIvanov & Sons"


@pytest.mark.parametrize(
    ("name", "frames", "openings"), [("answers", 420, 330), ("safety", 330, 300), ("retrieval", 280, 170)]
)
def test_requests_open_and_are_built_in_many_ways(name: str, frames: int, openings: int) -> None:
    """Of 600 rows; a third of them have fewer."""
    said = [next(m["content"] for m in reversed(row.messages) if m["role"] == "user") for row in rows(name, 600)]
    assert len({tuple(re.findall(r"[\w'.-]+", text.lower())[:3]) for text in said}) > openings
    assert len({re.sub(r"\S*\d\S*|\b[A-Z]\w+", "_", text.split("\n")[0]) for text in said}) > frames


def test_an_answer_says_that_a_text_is_silent_about_one_time_in_ten() -> None:
    silent = [row for row in rows("answers", 800) if "not say" in str(row.output)]
    assert 40 < len(silent) < 130


def test_extraction_asks_for_many_schemas() -> None:
    keys = {key.lower() for row in rows("extraction", 600) if row.schema for key in row.schema["properties"]}
    assert len(keys) > 500


def test_verdicts_are_balanced_and_evidence_belongs_to_the_bad_ones() -> None:
    found = [row.output for row in rows("safety", 600) if row.output]
    for verdict in ("safe", "unsafe", "injection"):
        assert 120 < sum(one["verdict"] == verdict for one in found) < 280
    assert all(bool(one["evidence"]) == (one["verdict"] != "safe") for one in found)


def test_most_cite_one_passage_some_several_some_none() -> None:
    cited = [len(row.output["citations"]) for row in rows("retrieval", 600) if row.output]
    assert 50 < cited.count(0) < 160
    assert 50 < sum(count > 1 for count in cited) < 220


def test_requests_are_declined_only_without_their_tool() -> None:
    served = {near_tools.serving(errand, dict.fromkeys(_SLOTS, "1"))[0]["name"] for errand in near_tools.ERRANDS}
    declined = [row for row in rows("declines", 600) if row.output is None]
    assert 0.6 < len(declined) / 600 < 0.85
    assert all({tool["name"] for tool in row.tools}.isdisjoint(served - {*specs.NAMES}) for row in declined)


_SLOTS = {slot.split("=")[1].strip() for one in near_tools.ERRANDS for slot in one.tool.partition(";")[2].split(",")}


def test_sentences_apart_share_no_key_and_sentences_alike_share_their_pattern() -> None:
    for seed in range(40):
        keys = [{fact.key for fact in found} for _, found in apart(Random(seed), 4)]
        assert len(set().union(*keys)) == sum(map(len, keys))
        first, second = alike(Random(seed), 2)
        assert [fact.kind for fact in first[1]] == [fact.kind for fact in second[1]]
