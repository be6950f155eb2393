"""A call's parameters as the request tells of them: what it speaks of is given, a switch nothing names is not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from router.contract import Contract
from router.conversation import Message, ToolCall, ToolSpec, goes_on, text_of, unserved
from router.parameters import LONGEST
from router.quantities import lacks
from router.source import asking
from tests.router.test_forms import takes

INVOICE = ToolSpec(
    "invoice",
    "Write an invoice",
    {
        "type": "object",
        "properties": {
            "customer": {"type": "string"},
            "amount": {"type": "number"},
            "due_days": {"type": "integer"},
            "urgent": {"type": "boolean"},
            "qzx": {"type": "boolean", "description": "Whether a reminder follows"},
            "vbn": {"type": "string", "description": "Date of delivery"},
        },
        "required": ["customer", "amount"],
    },
)


def asked(text: str) -> Contract:
    return Contract.for_tools([INVOICE], source=text, clause=text)


def call(**arguments: object) -> ToolCall:
    return ToolCall("invoice", {"customer": "Bright", "amount": 560, **arguments})


@pytest.mark.parametrize(
    ("text", "arguments", "admitted"),
    [
        ("Invoice Bright for 560", {}, True),
        ("Invoice Bright for 560, due in 21 days", {}, False),
        ("Invoice Bright for 560, due in 21 days", {"due_days": 21}, True),
        ("Invoice Bright for 560, urgently", {}, False),
        ("Invoice Bright for 560, urgently", {"urgent": True}, True),
        ("Invoice Bright for 560, this is not urgent", {}, True),
        ("Invoice Bright for 560", {"urgent": True}, False),
        ("Invoice Bright for 560 and send reminders", {"qzx": True}, True),
        ("Invoice Bright for 560", {"qzx": True}, False),
        ("Invoice Bright for 560 on March 3rd", {"vbn": "March 3rd"}, True),
        ("Invoice Bright for 560 on March 3rd", {"vbn": "Bright for"}, False),
    ],
)
def test_what_the_request_speaks_of_is_given(text: str, arguments: dict[str, object], admitted: bool) -> None:
    assert takes(asked(text), call(**arguments)) is admitted


def test_what_a_grammar_offers_is_not_what_a_call_may_hold() -> None:
    contract = asked("Invoice Bright for 560")
    assert contract.parse(contract.dump(call(urgent=True, due_days=3))) == call(urgent=True, due_days=3)


def test_words_that_ask_are_not_quoted() -> None:
    assert takes(asked("Invoice Bright for 560"), call())
    assert not takes(asked("Invoice Bright for 560"), call(customer="Invoice Bright"))


@pytest.mark.parametrize(
    ("clause", "words"),
    [
        ("Enrol Ana Silva", "Enrol "),
        ("Could you please book a table", "Could you please book "),
        ("I'd like to send it", "I'd like to send "),
        ("Bright ideas", ""),
        ("Unlock", ""),
        ("trains to Ghent", ""),
    ],
)
def test_the_words_a_request_begins_with_only_to_ask(clause: str, words: str) -> None:
    assert asking(clause) == words


@pytest.mark.parametrize(
    ("text", "nothing"), [("Invoice Bright for a lot", True), ("for 5", False), ("for two hundred", False)]
)
def test_a_number_that_must_be_given_has_to_be_said(text: str, nothing: bool) -> None:
    assert lacks(INVOICE, text) is nothing


@pytest.mark.parametrize("schema", [{}, {"properties": True}, {"properties": {"n": True}, "required": ["n", "m"]}])
def test_a_tool_of_any_schema_may_be_offered(schema: dict[str, object]) -> None:
    assert not lacks(ToolSpec("any", "", schema), "a lot")


def test_no_more_is_asked_for_than_a_call_may_hold() -> None:
    few = replace(INVOICE, parameters={**INVOICE.parameters, "maxProperties": 2})
    text = "Invoice Bright for 560, urgent, due in 21 days"
    assert takes(Contract.for_tools([few], source=text, clause=text), call())


def test_a_very_long_source_leaves_everything_open() -> None:
    source = "Invoice Bright for 560" + " and more" * LONGEST
    assert takes(Contract.for_tools([INVOICE], source=source, clause="Invoice Bright for 560"), call(urgent=True))


def test_words_of_served_turns_are_their_calls() -> None:
    talk = [
        Message("user", "heat the study"),
        Message("assistant", calls=(call(),)),
        Message("tool", "Done.", name="invoice"),
        Message("tool", "21 degrees", name="invoice"),
        Message("user", "how are you"),
        Message("user", "lock the door"),
    ]
    assert [message.content for message in unserved(talk) if message.role == "user"] == ["how are you", "lock the door"]
    assert text_of(talk) == "lock the door\nhow are you\n21 degrees\nheat the study"


def test_a_request_goes_on_with_a_question_or_with_what_was_not_served() -> None:
    you, we = (lambda text: Message("user", text)), (lambda text: Message("assistant", text))
    served = [
        you("dim the lamp"),
        Message("assistant", calls=(ToolCall("dim", {}),)),
        Message("tool", "Done."),
        we("Done."),
    ]
    assert not goes_on([you("in Rome")])
    assert not goes_on([*served, you("in Rome")])
    assert goes_on([we("Which city?"), you("in Rome")])
    assert goes_on([you("a film"), we("Fine."), you("in Rome")])
    assert not goes_on([])
