"""What a contract accepts, what it refuses, and what it says about it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from router.checks import CheckContext
from router.contract import Bounds, Contract, ContractViolation
from router.conversation import Message, ToolCall, ToolSpec
from router.errors import SchemaRefused
from tests.router.grammar_samples import Sampler

SHIFT = ToolSpec(
    "shift_date",
    "Moves a date.",
    {
        "type": "object",
        "properties": {
            "date": {"type": "string"},
            "amount": {"type": "integer"},
            "unit": {"type": "string", "enum": ["days", "weeks"]},
        },
        "required": ["date", "amount"],
    },
)
NOW = ToolSpec("current_time", "Tells the time.", {"type": "object", "properties": {}})
TOOLS = Contract.for_tools([SHIFT, NOW])
PERSON = Contract.for_schema(
    {
        "type": "object",
        "properties": {"name": {"type": "string"}, "age": {"type": "integer", "minimum": 0}},
        "required": ["name", "age"],
        "additionalProperties": False,
    }
)


def call(text: str) -> str:
    return f"<tool_call>{text}</tool_call>"


def test_a_call_is_read() -> None:
    text = call('{"name": "shift_date", "arguments": {"date": "today", "amount": -3}}')
    assert TOOLS.parse(text) == ToolCall("shift_date", {"date": "today", "amount": -3})
    assert TOOLS.parse(f"\n{text}\n") == TOOLS.parse(text)


def test_a_declined_call_is_read_where_declining_is_allowed() -> None:
    assert TOOLS.parse("<no_call>") is None
    with pytest.raises(ContractViolation, match="must be called") as raised:
        Contract.for_tools([NOW], may_decline=False).parse("<no_call>")
    assert raised.value.kind == "schema"


def test_a_value_is_read() -> None:
    assert PERSON.parse('{"name": "Ada", "age": 36}') == {"name": "Ada", "age": 36}


VIOLATIONS = {
    "empty": ("", "syntax", "", "not JSON"),
    "prose": ("Ada is 36.", "syntax", "", "not JSON"),
    "trailing text": ('{"name": "Ada", "age": 36} done', "syntax", "", "extra data"),
    "single quotes": ("{'name': 'Ada', 'age': 36}", "syntax", "", "not JSON"),
    "half a surrogate pair": (r'{"name": "\ud800", "age": 36}', "syntax", "", "surrogate"),
    "key twice": ('{"name": "Ada", "age": 36, "age": 37}', "duplicate-key", "age", "twice"),
    "NaN": ('{"name": "Ada", "age": NaN}', "number", "", "NaN"),
    "infinity": ('{"name": "Ada", "age": -Infinity}', "number", "", "-Infinity"),
    "number beyond floats": ('{"name": "Ada", "age": 1e999}', "number", "", "too large"),
    "endless number": ('{"name": "Ada", "age": ' + "9" * 5000 + "}", "number", "", "too large"),
    "too deep": ("[" * 33 + "]" * 33, "depth", "", "32 levels"),
    "far too deep": ("[" * 60_000, "depth", "", "32 levels"),
    "too large": ('"' + "é" * 33_000 + '"', "size", "", "65536"),
    "missing": ('{"name": "Ada"}', "schema", "", "`age` is missing"),
    "undeclared": ('{"name": "Ada", "age": 36, "born": 1815}', "schema", "", "may not hold born"),
    "another type": ('{"name": "Ada", "age": "36"}', "schema", "age", "must be an integer"),
    "a float for an integer": ('{"name": "Ada", "age": 36.0}', "schema", "age", "must be an integer"),
    "true for an integer": ('{"name": "Ada", "age": true}', "schema", "age", "must be an integer"),
    "below the minimum": ('{"name": "Ada", "age": -1}', "schema", "age", "minimum"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "kind", "path", "told"), VIOLATIONS.values(), ids=VIOLATIONS)
def test_violations(text: str, kind: str, path: str, told: str) -> None:
    with pytest.raises(ContractViolation) as raised:
        PERSON.parse(text)
    violation = raised.value
    assert (violation.kind, violation.path) == (kind, path)
    assert told.lower() in violation.message.lower()
    assert len(violation.message) < 300


CALL_VIOLATIONS = {
    "no tags": ('{"name": "current_time", "arguments": {}}', "syntax", "", "between <tool_call>"),
    "no end tag": ('<tool_call>{"name": "current_time", "arguments": {}}', "syntax", "", "between <tool_call>"),
    "two calls": (call('{"name": "current_time", "arguments": {}}') * 2, "syntax", "", "extra data"),
    "no arguments": (call('{"name": "current_time"}'), "schema", "", "`arguments` is missing"),
    "arguments as text": (call('{"name": "current_time", "arguments": "{}"}'), "schema", "arguments", "an object"),
    "unknown tool": (call('{"name": "date", "arguments": {}}'), "unknown-tool", "name", "shift_date, current_time"),
    "unknown argument": (
        call('{"name": "current_time", "arguments": {"zone": "UTC"}}'), "arguments", "arguments", "may not hold zone"),
    "missing argument": (
        call('{"name": "shift_date", "arguments": {"date": "today"}}'), "arguments", "arguments", "`arguments.amount`"),
    "outside the enum": (
        call('{"name": "shift_date", "arguments": {"date": "today", "amount": 1, "unit": "hours"}}'),
        "arguments", "arguments.unit", "must be days, weeks"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "kind", "path", "told"), CALL_VIOLATIONS.values(), ids=CALL_VIOLATIONS)
def test_call_violations(text: str, kind: str, path: str, told: str) -> None:
    with pytest.raises(ContractViolation) as raised:
        TOOLS.parse(text)
    assert (raised.value.kind, raised.value.path) == (kind, path)
    assert told.lower() in raised.value.message.lower()


def test_what_was_cut_off_is_never_read_even_where_it_parses() -> None:
    with pytest.raises(ContractViolation) as raised:
        PERSON.parse('{"name": "Ada", "age": 36}', truncated=True)
    assert raised.value.kind == "truncated"
    assert "shorter" in PERSON.describe(raised.value)


def test_describe_says_what_was_wrong_and_what_to_do() -> None:
    with pytest.raises(ContractViolation) as raised:
        TOOLS.parse(call('{"name": "shift_date", "arguments": {"date": "today"}}'))
    assert TOOLS.describe(raised.value) == "`arguments.amount` is missing. Answer again with one of the tools."


def test_decimal_multiples_are_exact() -> None:
    contract = Contract.for_schema({"type": "number", "multipleOf": 0.1})
    assert contract.parse("0.3") == 0.3
    with pytest.raises(ContractViolation, match="multiple"):
        contract.parse("0.35")


def test_dump_writes_keys_in_schema_order() -> None:
    assert PERSON.dump({"age": 36, "name": "Zoë"}) == '{"name": "Zoë", "age": 36}'
    text = TOOLS.dump(ToolCall("shift_date", {"unit": "days", "amount": 2, "date": "today"}))
    assert text == call('{"name": "shift_date", "arguments": {"date": "today", "amount": 2, "unit": "days"}}')
    assert TOOLS.dump({"name": "current_time", "arguments": {}}) == call('{"name": "current_time", "arguments": {}}')
    assert TOOLS.dump(None) == "<no_call>"


def test_dump_orders_keys_below_references_choices_and_lists() -> None:
    pair = {"type": "object", "properties": {"a": {}, "b": {"$ref": "#/$defs/pair"}, "c": {}}}
    contract = Contract.for_schema(
        {"$defs": {"pair": pair}, "type": "array", "items": {"anyOf": [{"type": "null"}, {"$ref": "#/$defs/pair"}]}}
    )
    assert contract.dump([None, {"c": 1, "b": {"c": 2, "a": 3}}]) == '[null, {"b": {"a": 3, "c": 2}, "c": 1}]'


def test_named_checks_come_after_the_schema() -> None:
    contract = Contract.for_schema(
        {"type": "object", "properties": {"answer": {"type": "string"}}}, checks=["grounded"]
    )
    context = CheckContext([Message("tool", "84")])
    assert contract.parse('{"answer": "It is 84."}', context=context) == {"answer": "It is 84."}
    with pytest.raises(ContractViolation, match="85") as raised:
        contract.parse('{"answer": "It is 85."}', context=context)
    assert (raised.value.kind, raised.value.path) == ("check", "grounded")


def test_an_unknown_check_is_refused() -> None:
    with pytest.raises(SchemaRefused, match="wise") as raised:
        Contract.for_schema({}, checks=["wise"])
    assert "grounded" in raised.value.hint


def test_the_canary_admits_one_text_and_is_new_each_time() -> None:
    canary, other = Contract.canary(), Contract.canary()
    nonce = canary.dump(canary.schema["const"])
    sampler = Sampler(canary.grammar(markers=False))
    assert sampler.admits(nonce)
    assert not sampler.admits(other.dump(other.schema["const"]))
    assert canary.parse(nonce) == canary.schema["const"]


def test_markers_are_special_tokens_or_plain_text() -> None:
    marked, plain = TOOLS.grammar(markers=True).splitlines()[0], TOOLS.grammar(markers=False).splitlines()[0]
    assert "<tool_call>" in marked
    assert '"<tool_call>"' not in marked
    assert '"<no_call>"' in plain


def test_the_grammar_of_tools_admits_their_calls_alone() -> None:
    sampler = Sampler(TOOLS.grammar(markers=False))
    for arguments in ({"date": "today", "amount": 2}, {"date": 'a "b" \\ \n é', "amount": -1, "unit": "weeks"}):
        assert sampler.admits(TOOLS.dump({"name": "shift_date", "arguments": arguments}))
    assert sampler.admits("<no_call>")
    for text in (
        call('{"name": "current_time", "arguments": {"zone": "UTC"}}'),
        call('{"name": "current_time","arguments": {}}'),
        call('{"name": "other", "arguments": {}}'),
        call('{"name": "shift_date", "arguments": {"amount": 2, "date": "today"}}'),
        call('{"name": "shift_date", "arguments": {"date": "today", "amount": 2.5}}'),
        '{"name": "current_time", "arguments": {}}',
    ):
        assert not sampler.admits(text), text


def test_a_parameter_may_be_free_json_but_a_tool_without_parameters_takes_none() -> None:
    free = ToolSpec("send", "", {"type": "object", "properties": {"body": {"type": "object"}}})
    sampler = Sampler(Contract.for_tools([free, NOW]).grammar(markers=False))
    assert sampler.admits(call('{"name": "send", "arguments": {"body": {"to": ["a", 1.5], "cc": {"n": null}}}}'))
    assert not sampler.admits(call('{"name": "send", "arguments": {"body": {"to": 1, "to": 2}}}'))
    assert sampler.admits(call('{"name": "current_time", "arguments": {}}'))


@pytest.mark.parametrize(
    ("value", "admitted"),
    [("notes.txt", True), ("add the two", True), ('say "hi"', True), ("line\nbreak", True), ("C:\\temp", True),
     ("notes", False), ("", False), (" add", False), ("add ", False), ("two the", False), ("Notes.txt", False)],
)  # fmt: skip
def test_with_a_source_free_strings_are_runs_of_its_words(value: str, admitted: bool) -> None:
    source = 'Read notes.txt, add the two, say "hi" to a line\nbreak in C:\\temp.'
    reader = ToolSpec("read", "", {"type": "object", "properties": {"path": {"type": "string"}}})
    contract = Contract.for_tools([reader], source=source)
    text = contract.dump({"name": "read", "arguments": {"path": value}})
    assert Sampler(contract.grammar(markers=False)).admits(text) is admitted


def test_a_source_leaves_strings_with_a_rule_of_their_own_alone() -> None:
    properties: dict[str, Any] = {
        "unit": {"enum": ["days"]},
        "code": {"type": "string", "pattern": "^[A-Z]{3}$"},
        "day": {"type": "string", "format": "date"},
        "long": {"type": "string", "minLength": 20},
    }
    contract = Contract.for_schema({"type": "object", "properties": properties}, source="tomorrow at noon")
    text = json.dumps({"unit": "days", "code": "EUR", "day": "2031-03-05", "long": "no run is that long at all"})
    assert Sampler(contract.grammar(markers=False)).admits(text)


def test_bounds_are_the_grammars_alone() -> None:
    contract = Contract.for_schema({"type": "string"}, bounds=Bounds(characters=3))
    sampler = Sampler(contract.grammar(markers=False))
    assert sampler.admits('"abc"')
    assert not sampler.admits('"abcd"')
    assert contract.parse('"abcd"') == "abcd"


def test_no_tools_and_no_way_to_decline_is_refused() -> None:
    with pytest.raises(SchemaRefused):
        Contract.for_tools([], may_decline=False)
    assert Contract.for_tools([]).parse("<no_call>") is None
