"""What narrows the fields of an extraction: forms that names imply, ends of a value, the text that is told."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from llguidance import LLMatcher, LLTokenizer

from router.contract import Contract
from router.conversation import Message, ToolCall
from router.forms import formed, of_form, told
from router.schema import FORM

BYTES = LLTokenizer("byte")
SOURCE = (
    'Spring Fair opens on 4 May 2031 at 9:30 am in Mill Hall, "Old Wing" (free).\n'
    "Host: Ada Kim\tNova Ltd | Tel. +44 20 5550\nWrite to ada.kim@nova.example. Fee 12.50 GBP. Title: see above"
)


def takes(contract: Contract, value: object) -> bool:
    matcher = LLMatcher(BYTES, LLMatcher.grammar_from_lark(contract.grammar(markers=False)))
    text = list(contract.dump(value).encode())
    return bool(matcher.try_consume_tokens(text) == len(text) and matcher.is_accepting())


def extracting(*fields: str, source: str = SOURCE) -> Contract:
    return Contract.for_schema(schema(*fields), source=source)


def schema(*fields: str) -> dict[str, object]:
    return {
        "type": "object",
        "properties": {name: {"type": "string"} for name in fields},
        "required": list(fields),
        "additionalProperties": False,
    }


@pytest.mark.parametrize(
    ("field", "held", "refused"),
    [
        ("time", "9:30 am", "9:30 am in"),
        ("startTime", "9:30 am", "Mill Hall"),
        ("event_date", "4 May 2031", "May 2031 at 9:30"),
        ("email", "ada.kim@nova.example", "Ada Kim"),
        ("e-mail", "ada.kim@nova.example", "Write"),
        ("Phone Number", "+44 20 5550", "20 5550"),
        ("currency", "GBP", "12.50"),
    ],
)
def test_a_field_whose_name_implies_a_form_takes_only_that(field: str, held: str, refused: str) -> None:
    assert takes(extracting(field), {field: held})
    assert not takes(extracting(field), {field: refused})


@pytest.mark.parametrize("field", ["website", "departure", "cooking time", "updated by mail", "date of time"])
def test_a_field_keeps_all_words_where_its_form_is_not_said_or_not_clear(field: str) -> None:
    assert takes(extracting(field), {field: "Spring Fair"})


def test_a_description_implies_a_form_where_the_name_does_not() -> None:
    asked = schema("departure")
    asked["properties"] = {"departure": {"type": "string", "description": "time"}}
    assert not takes(Contract.for_schema(asked, source=SOURCE), {"departure": "Spring Fair"})
    assert takes(Contract.for_schema(asked, source=SOURCE), {"departure": "9:30 am"})


def test_fields_of_records_in_a_list_have_forms_too() -> None:
    asked = {"properties": {"rows": {"type": "array", "items": schema("time", "what")}}}
    assert formed(asked, asked)["properties"]["rows"]["items"]["properties"]["time"][FORM] == "time"


@pytest.mark.parametrize(
    "value",
    [
        "on 4 May 2031", "Mill Hall,", "9:30 am in", ", \"Old", "\"Old Wing\"", "Kim\tNova", "Nova Ltd | Tel. +44",
        "Host: Ada Kim", "Title", "(free).\nHost", "of", ": Ada",
    ],
)  # fmt: skip
def test_a_value_ends_where_its_words_end(value: str) -> None:
    assert not takes(extracting("title", "what"), {"title": "Spring Fair", "what": value})


@pytest.mark.parametrize(
    "value", ["Spring Fair", "Old Wing", "Nova Ltd", "Ada Kim", "Tel. +44 20 5550", "Mill Hall", "free"]
)
def test_a_value_may_be_any_run_that_does(value: str) -> None:
    assert takes(extracting("title", "what"), {"title": "Spring Fair", "what": value})


def test_a_value_may_be_left_empty_where_the_schema_says_so() -> None:
    field = {"type": "string", "minLength": 0}
    asked = {**schema("what"), "properties": {"what": field}}
    assert takes(Contract.for_schema(asked, source=SOURCE), {"what": ""})
    assert not takes(Contract.for_schema(asked, source=SOURCE), {"what": "on 4 May 2031"})


def test_a_contract_without_a_source_or_with_checks_has_no_forms() -> None:
    assert "x-form" not in json.dumps(Contract.for_schema(schema("time")).schema)
    quoting = Contract.for_schema(schema("time"), ("evidence-quoted",), source=SOURCE)
    assert takes(quoting, {"time": "on 4 May 2031"})


def test_what_was_read_is_told_and_the_name_of_the_file_is_not() -> None:
    read = [
        Message("user", "Take the host out of fair_notes.txt"),
        Message("assistant", calls=(ToolCall("read_file", {"path": "fair_notes.txt"}),)),
        Message("tool", SOURCE, name="read_file"),
    ]
    assert told(read) == SOURCE
    assert told([*read, Message("user", "now give me the fee as JSON")]) == SOURCE
    assert "Ola Berg" in told([*read, Message("user", "and the host of this one: Ola Berg, 3 June")])


@pytest.mark.parametrize(
    ("asked", "text"),
    [
        ("Collect the fields of this line: Ada Kim, 3 June", "Ada Kim, 3 June"),
        ("What does the following say?\nAda Kim\n3 June", "Ada Kim\n3 June"),
        ("Please note the host -> Ada Kim, 3 June", "Ada Kim, 3 June"),
        ("Ada Kim, 3 June\n\nput this into JSON please", "Ada Kim, 3 June"),
        ("Host: Ada Kim", "Host: Ada Kim"),
        ("Ada: wash the car\nOla: pay the fee", "Ada: wash the car\nOla: pay the fee"),
        ("Order K 12 by Ada Kim: 3 cups", "Order K 12 by Ada Kim: 3 cups"),
        ("extract it", "extract it"),
    ],
)
def test_an_instruction_is_not_told(asked: str, text: str) -> None:
    assert told([Message("user", asked)]) == text


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=80))
def test_whatever_is_asked_something_of_it_is_told(asked: str) -> None:
    assert told([Message("user", asked)]) in asked
    assert bool(told([Message("user", asked)]).strip()) == bool(asked.strip())


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=60), st.sampled_from(["email", "url", "phone", "time", "date", "currency"]))
def test_what_is_of_a_form_stands_in_the_text(text: str, form: str) -> None:
    assert all(found in text for found in of_form(form, text))
