"""The synthetic rows: each satisfies its own contract, invents nothing, comes again from its seed, and varies."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator, Mapping
from random import Random
from typing import Any

import jsonschema
import pytest

from router.grounding import amounts
from training.example import Example
from training.synthetic import WEIGHTS, generator, mixture
from training.synthetic.phrases import RULES, Forms, fill, wording
from training.synthetic.specs import NAMES, spec

ROWS = 600
ANSWER = {
    "type": "object",
    "properties": {"answer": {"type": "string", "minLength": 1}},
    "required": ["answer"],
    "additionalProperties": False,
}
CITED = {
    "type": "object",
    "properties": {
        "answer": {"type": "string", "minLength": 1},
        "citations": {"type": "array", "items": {"type": "integer"}},
    },
    "required": ["answer", "citations"],
    "additionalProperties": False,
}
VERDICT = {
    "type": "object",
    "properties": {"verdict": {"enum": ["safe", "unsafe", "injection"]}, "evidence": {"type": "string"}},
    "required": ["verdict", "evidence"],
    "additionalProperties": False,
}
SCHEMAS: Mapping[str, Mapping[str, Any]] = {"answer": ANSWER, "retrieval-format": CITED, "safety-filter": VERDICT}


def rows(name: str, count: int = ROWS, seed: int = 1) -> Iterator[Example]:
    return itertools.islice(generator(name)(Random(seed)), count)


def schema_of(row: Example) -> Mapping[str, Any]:
    if row.skill == "tool-call":
        return next(tool["parameters"] for tool in row.tools if row.output and tool["name"] == row.output["name"])
    if row.skill == "json-extract":
        assert row.schema is not None
        return row.schema
    return SCHEMAS[row.skill]


def value_of(row: Example) -> Any:
    assert row.output is not None
    return row.output["arguments"] if row.skill == "tool-call" else row.output


def said(row: Example) -> str:
    parts = []
    for message in row.messages:
        parts.append(message["content"])
        parts += [json.dumps(one["function"]["arguments"], ensure_ascii=False) for one in message.get("tool_calls", ())]
    return "\n".join(parts)


def free_strings(value: Any, schema: Mapping[str, Any]) -> Iterator[str]:
    """The strings that a schema leaves open, which must come from the conversation."""
    if isinstance(value, str) and "enum" not in schema:
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from free_strings(item, schema["items"])
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from free_strings(item, schema["properties"][key])


def grounded(text: str, row: Example) -> bool:
    """The string stands in the messages, or is a sum of numbers and signs that do, in digits or in words."""
    words = said(row)
    if text in words:
        return True
    is_sum = row.output is not None and row.output.get("name") == "calculate"
    numbers = re.findall(r"\d+(?:\.\d+)?", text)
    spoken = {str(amount) for amount in amounts(words)}
    return is_sum and all(number in words or number in spoken or number in ("2", "3") for number in numbers)


@pytest.mark.parametrize("name", WEIGHTS)
def test_every_output_satisfies_its_schema(name: str) -> None:
    for row in rows(name):
        if row.output is not None:
            jsonschema.Draft202012Validator(schema_of(row)).validate(value_of(row))


@pytest.mark.parametrize("name", WEIGHTS)
def test_strings_to_fill_in_come_from_the_conversation(name: str) -> None:
    for row in rows(name):
        if row.output is None or row.skill not in ("tool-call", "json-extract"):
            continue
        for text in free_strings(value_of(row), schema_of(row)):
            assert grounded(text, row), (text, row.messages)


@pytest.mark.parametrize("name", WEIGHTS)
def test_keys_stand_in_schema_order(name: str) -> None:
    for row in rows(name):
        if row.output is not None:
            order = list(schema_of(row)["properties"])
            keys = list(value_of(row))
            assert keys == [key for key in order if key in keys], row.output


def test_answers_pass_the_checks_that_the_skills_declare() -> None:
    from router.checks import CHECKS, CheckContext
    from router.conversation import Message, ToolCall

    needed = {
        "answer": ("grounded",),
        "retrieval-format": ("grounded", "citations-exist"),
        "safety-filter": ("evidence-quoted",),
    }
    for row in itertools.chain(*(rows(name, 400) for name in ("answers", "trajectories", "retrieval", "safety"))):
        calls = [
            tuple(
                ToolCall(one["function"]["name"], one["function"]["arguments"]) for one in message.get("tool_calls", ())
            )
            for message in row.messages
        ]
        messages = [
            Message(message["role"], message["content"], made)
            for message, made in zip(row.messages, calls, strict=True)
        ]
        for check in needed.get(row.skill, ()):
            assert row.output is not None
            complaint = CHECKS[check](row.output, CheckContext(messages))
            assert complaint is None or stands_in_a_row(complaint, row), (complaint, row.messages, row.output)


def stands_in_a_row(complaint: str, row: Example) -> bool:
    """Cells apart by a comma alone ("QX51,180") can be read as one number; the cell itself is there all the same."""
    number = re.search(r"number (\S+) ", complaint)
    return (
        number is not None
        and re.search(rf"(?<=,){re.escape(number[1])}(?!\d)|(?<!\d){re.escape(number[1])}(?=,)", said(row)) is not None
    )


@pytest.mark.parametrize("name", WEIGHTS)
def test_the_same_seed_gives_the_same_rows(name: str) -> None:
    assert list(rows(name, 50, seed=7)) == list(rows(name, 50, seed=7))
    assert list(rows(name, 50, seed=7)) != list(rows(name, 50, seed=8))


@pytest.mark.parametrize("name", WEIGHTS)
def test_rows_seldom_repeat(name: str) -> None:
    seen = {said(row) + json.dumps(row.output, ensure_ascii=False) for row in rows(name, 1000)}
    assert len(seen) > 940


def test_wordings_vary_for_every_tool() -> None:
    """Of a tool's requests with the values taken out, most are worded unlike any other."""
    shapes: dict[str, list[str]] = {}
    for row in rows("builtin_calls", 5000):
        if row.output is not None:
            request = row.messages[0]["content"]
            for value in sorted(map(str, row.output["arguments"].values()), key=len, reverse=True):
                request = request.replace(value, "_")
            shapes.setdefault(row.output["name"], []).append(request)
    assert set(shapes) == set(NAMES)
    for name, worded in shapes.items():
        assert len(set(worded[:200])) > 150, name


def test_a_share_of_requests_is_declined() -> None:
    declined = sum(row.output is None for row in rows("builtin_calls", 3000)) / 3000
    assert 0.08 < declined < 0.16


def test_a_declined_request_is_not_offered_its_tool() -> None:
    for row in rows("builtin_calls", 3000):
        assert 1 <= len(row.tools) + len(row.alternatives) <= 4
        names = [tool["name"] for tool in (*row.tools, *row.alternatives)]
        assert len(names) == len(set(names))
        if row.output is not None:
            assert row.output["name"] in {tool["name"] for tool in row.tools}


def test_tool_signatures_agree_with_the_real_ones() -> None:
    """Names, parameters, their order and types, and what is required; the descriptions differ on purpose."""
    from tools.builtin.arithmetic import calculate
    from tools.builtin.units import convert_unit

    for tool in (calculate, convert_unit):
        ours = spec(Random(0), tool.spec.name)["parameters"]
        real = tool.spec.parameters
        assert list(ours["properties"]) == list(real["properties"])
        assert ours["required"] == list(real["required"])
        assert [p["type"] for p in ours["properties"].values()] == [p["type"] for p in real["properties"].values()]


def test_the_mixture_draws_all_skills_and_follows_its_weights() -> None:
    drawn = list(itertools.islice(mixture(Random(3)), 1500))
    assert {row.skill for row in drawn} == {"tool-call", "json-extract", "answer", "retrieval-format", "safety-filter"}
    only = itertools.islice(mixture(Random(3), {"safety": 1, "warmup": 0}), 50)
    assert {row.source for row in only} == {"synthetic/safety"}
    assert {row.licence for row in drawn} == {"Apache-2.0"}


def test_an_unknown_generator_is_named() -> None:
    with pytest.raises(KeyError, match="weather"):
        generator("weather")


@pytest.mark.parametrize("template", ["[open", "closed]", "[a|[b]"])
def test_a_broken_template_is_refused(template: str) -> None:
    with pytest.raises(ValueError, match="never"):
        fill(Random(0), template)


def test_values_are_never_changed_by_styling() -> None:
    forms = Forms(do=("write {x}",), ask=("is {x} right",), know=("what {x} is",), give=("{x}",), say=("{x}?",))
    odd = "ThE  [weird] {value}| <With> Tails,.."
    for seed in range(400):
        assert odd in wording(Random(seed), forms, {"x": odd})


def test_rules_close_their_choices() -> None:
    for rule in RULES.values():
        for seed in range(20):
            assert "[" not in fill(Random(seed), rule)
