"""Every filter: what it drops, what it keeps, and that it says why; counts that add up; votes; the same twice."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from router.contract import Contract
from router.conversation import ToolCall, ToolSpec
from router.redaction import HIDDEN
from router.strict_json import ContractViolation
from training.candidates import Candidate, Kind, Voted, bare, read_output, vote
from training.filters import FILTERS, Context, Rules, counts, run, sift
from training.grounded_values import ungrounded
from training.near_duplicates import NearDuplicates, shingles, similarity
from training.responses import Answer
from training.safe_tools import SafeTools

ORDER = ToolSpec(
    "order_tea",
    "Order tea.",
    {
        "type": "object",
        "properties": {
            "kind": {"type": "string", "enum": ["green", "black"]},
            "grams": {"type": "integer", "minimum": 10, "maximum": 500},
            "to": {"type": "string", "maxLength": 20},
            "on": {"type": "string", "format": "date"},
        },
        "required": ["kind", "grams"],
    },
)
BREW = ToolSpec("brew", "Brew it.", {"type": "object", "properties": {"cups": {"type": "integer"}}})
REQUEST = "Order 250 grams of green tea to Ada Lindqvist"
GOOD: dict[str, Any] = {"name": "order_tea", "arguments": {"kind": "green", "grams": 250, "to": "Ada Lindqvist"}}


def calls(**rules: Any) -> Context:
    return Context(Contract.for_tools([ORDER, BREW]), Rules(**rules))


def row(output: Any = GOOD, request: str = REQUEST, kind: Kind = "plain", votes: int = 1, asked: int = 1) -> Voted:
    return Voted(Candidate(request, kind), output, votes, asked)


def arguments(**changed: Any) -> dict[str, Any]:
    given = {**GOOD["arguments"], **changed}
    return {"name": "order_tea", "arguments": {name: value for name, value in given.items() if value is not ...}}


def dropped_by(row: Voted, context: Context) -> tuple[str, str] | None:
    _, dropped, _ = run([row], context)
    return (dropped[0].filter, dropped[0].reason) if dropped else None


ANSWERS: list[tuple[str, Voted, str]] = [
    ("agreement", row(votes=1, asked=3), "1 of 3"),
    ("must-refuse", row(kind="incomplete"), "incomplete"),
    ("must-refuse", row(kind="off-topic"), "off-topic"),
    ("known-name", row({"name": "order_coffee", "arguments": {}}), "order_coffee"),
    ("required", row(arguments(grams=...)), "'grams' is a required property"),
    ("undeclared", row(arguments(milk="250")), "milk"),
    ("type", row(arguments(grams="250")), "'250' is not of type 'integer'"),
    ("type", row(arguments(grams=250.0)), "integer"),
    ("type", row(arguments(grams=True)), "integer"),
    ("enum", row(arguments(kind="Green")), "'Green' is not one of"),
    ("range", row(arguments(grams=501), "Order 501 grams of green tea to Ada Lindqvist"), "greater than the maximum"),
    ("range", row(arguments(to="Ada Lindqvist Lindqvist")), "too long"),
    ("range", row(arguments(on="2031-02-30")), "date"),
    ("grounding", row(arguments(to="Ada Lovelace")), "Lovelace"),
    ("grounding", row(arguments(grams=260)), "260"),
    ("secret", row(request=f"{REQUEST}, my key is {HIDDEN}"), "secret"),
]


@pytest.mark.parametrize(("name", "bad", "said"), ANSWERS)
def test_each_filter_drops_what_it_is_for_and_says_why(name: str, bad: Voted, said: str) -> None:
    found = dropped_by(bad, calls())
    assert found is not None
    assert found[0] == name
    assert said in found[1]


@pytest.mark.parametrize(("name", "bad", "said"), ANSWERS)
def test_left_out_it_drops_nothing_but_what_must_always_be_dropped(name: str, bad: Voted, said: str) -> None:
    found = dropped_by(bad, calls(without=(name,)))
    if FILTERS[name].always:
        assert found is not None
        assert found[0] == name
    else:
        assert found is None or found[0] != name


def test_a_good_row_passes_every_filter() -> None:
    context = calls()
    kept, dropped, counted = run([row(), row(None, "who grows it", votes=3, asked=4)], context)
    assert [each.filter for each in dropped] == ["refusal-share"]  # one in two declines
    assert kept == [row()]
    assert {each["seen"] for each in counted.values()} == {2}


def calls_none(schema: dict[str, Any]) -> Context:
    return Context(Contract.for_schema(schema), Rules(near_duplicate=1.1))


def test_a_schema_that_is_no_tool_is_held_to_the_same() -> None:
    schema = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
    assert dropped_by(row({"city": "Oslo"}, "I moved to Oslo"), calls_none(schema)) is None
    wrong: list[Any] = [{}, {"city": 3}, {"city": "Oslo"}, [1]]
    _, dropped, _ = run([row(bad, f"{n} live in Turin") for n, bad in enumerate(wrong)], calls_none(schema))
    assert [each.filter for each in dropped] == ["required", "type", "grounding", "type"]


def test_a_number_that_is_said_once_fills_one_field() -> None:
    fields = {"wide": {"type": "integer"}, "high": {"type": "number"}, "each": {"type": "array"}}
    schema = {"type": "object", "properties": fields, "additionalProperties": False}
    for output, request, said in (
        ({"wide": 30, "high": 30}, "a box 30 wide", "`high`: 30 fills `wide` already"),
        ({"wide": 30, "high": 30.0}, "a box 30 by thirty", None),
        ({"wide": 30, "high": 40}, "a box 30 by 40", None),
        ({"each": [30, 30, 30]}, "three boxes of 30", None),
    ):
        found = dropped_by(row(output, request), calls_none(schema))
        assert (found is None) if said is None else (found is not None and said in found[1]), output


def test_a_skills_own_checks_are_asked() -> None:
    schema = {"type": "object", "properties": {"says": {"type": "string"}}, "required": ["says"]}
    context = Context(Contract.for_schema(schema), Rules(exempt=("says",)), checks=("grounded",))
    found = dropped_by(row({"says": "It is in Bergen."}, "where is it"), context)
    assert found is not None
    assert found[0] == "checks"
    assert "Bergen" in found[1]


def test_exempt_fields_need_not_be_said() -> None:
    assert dropped_by(row(arguments(to="Ada Lovelace")), calls(exempt=("to",))) is None


# --- requests and the set --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("request_", "name"),
    [
        ("order 250 grams of GREEN tea, to Ada Lindqvist!", "duplicate"),
        ("Order 250 grams of green tea to Ada Lindqvists", "near-duplicate"),
        ("Brew two cups of what I bought on Monday", "leakage"),
        (" ", "length"),
        ("x" * 4001, "length"),
    ],
)
def test_requests_are_sifted_before_anybody_answers_them(request_: str, name: str) -> None:
    context = Context(Contract.for_tools([ORDER]), held_out=["Brew two cups of what I bought on Mondays"])
    sifted = sift([row(), Voted(Candidate(request_))], "request", context)
    assert [each.filter for each in sifted.dropped] == [name]


def test_a_held_out_request_is_known_however_it_is_spelt() -> None:
    context = Context(Contract.for_tools([ORDER]), held_out=["Tea, please!"])
    assert [each.reason for each in sift([row(request="TEA please")], "request", context).dropped] == [
        "it is a held-out request"
    ]


@settings(max_examples=40)
@given(st.integers(0, 30), st.integers(0, 30), st.floats(0.01, 0.9))
def test_refusals_stay_within_their_share(called: int, declined: int, most: float) -> None:
    context = calls(refusals=(0.0, most))
    rows = [row(request=f"{i}") for i in range(called)] + [row(None, f"no {i}") for i in range(declined)]
    kept = sift(rows, "set", context).kept
    refusals = sum(each.output is None for each in kept)
    assert sum(each.output is not None for each in kept) == called
    assert refusals <= most * len(kept) + 1e-6
    assert refusals == declined or (refusals + 1) > most * (len(kept) + 1) - 1e-6  # and no more than needed is dropped


def test_a_seed_is_never_dropped_from_the_set() -> None:
    kept = sift([row(None, "no", "seed"), row(None, "nor this")], "set", calls()).kept
    assert [each.request for each in kept] == ["no"]


def test_counts_add_up_and_nothing_is_lost() -> None:
    rows = [row(request=f"{REQUEST} number {i * 7919}") for i in range(20)] + [bad for _, bad, _ in ANSWERS]
    context = calls()
    kept, dropped, counted = run(rows, context)
    assert len(kept) + len(dropped) == len(rows)
    assert sum(each["dropped"] for each in counted.values()) == len(dropped)
    seen = [each["seen"] for name, each in counted.items()]
    gone = [each["dropped"] for each in counted.values()]
    assert all(later == before - lost for before, lost, later in zip(seen, gone, seen[1:], strict=False))
    assert counted == counts(dropped, context)


def test_the_same_rows_are_dropped_for_the_same_reasons_every_time() -> None:
    rows = [bad for _, bad, _ in ANSWERS] + [row()]
    assert run(rows, calls()) == run(rows, calls())


# --- tools that run --------------------------------------------------------------------------------------------------


def tool(name: str, *parameters: str, required: tuple[str, ...] = ()) -> ToolSpec:
    schema = {"type": "object", "properties": {each: {"type": "string"} for each in parameters}, "required": required}
    return ToolSpec(name, "A tool.", schema)


def test_a_harmless_call_is_tried_and_any_other_is_not(tmp_path: Any) -> None:
    calculate = tool("calculate", "expression", required=("expression",))
    writing, other = tool("write_file", "path", "content"), tool("day_of_week", "planet")
    with SafeTools([calculate, writing, other]) as tools:
        assert tools.names == {"calculate"}
        assert tools.run(ToolCall("calculate", {"expression": "12 * 7"})) is None
        assert "calculate fails" in str(tools.run(ToolCall("calculate", {"expression": "12 *"})))
        assert tools.run(ToolCall("write_file", {"path": str(tmp_path / "x"), "content": "y"})) is None
        assert not (tmp_path / "x").exists()
        context = Context(Contract.for_tools([calculate]), run=tools.run)
        call = {"name": "calculate", "arguments": {"expression": "12 *"}}
        found = dropped_by(row(call, "what is 12 *"), context)
    assert found is not None
    assert found[0] == "executes"


# --- answers and votes -----------------------------------------------------------------------------------------------


def candidate(*texts: str | None) -> Candidate:
    return Candidate(REQUEST, answers=tuple(Answer(text or "{", cut=text is None) for text in texts))


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(GOOD),
        f"```json\n{json.dumps(GOOD)}\n```",
        f"```\n{json.dumps(GOOD, indent=2)}\n```",
        f"<think>They want tea. {{}}</think>\n\n{json.dumps(GOOD)}",
        f"<tool_call>{json.dumps(GOOD)}</tool_call>",
    ],
)
def test_an_answer_is_read_out_of_what_stands_around_it(text: str) -> None:
    assert read_output(Answer(text), calls=True) == GOOD


@pytest.mark.parametrize(
    "text",
    [
        f"Here it is: {json.dumps(GOOD)}",
        json.dumps(GOOD) + json.dumps(GOOD),
        json.dumps([GOOD]),
        '{"name": "order_tea", "arguments": "{}"}',
        '{"name": "order_tea", "arguments": {}, "why": 1}',
        '{"name": "order_tea", "name": "brew", "arguments": {}}',
        '{"name": "order_tea", "arguments": {"grams": NaN}}',
        '"null"',
        "",
    ],
)
def test_what_is_no_call_is_not_made_one(text: str) -> None:
    with pytest.raises(ContractViolation):
        read_output(Answer(text), calls=True)
    found = dropped_by(vote(candidate(text), calls=True), calls())
    assert found is not None
    assert found[0] == "parse"


def test_a_cut_answer_counts_for_nothing_even_if_it_reads() -> None:
    voted = vote(Candidate(REQUEST, answers=(Answer("null", cut=True),)), calls=True)
    assert "cut off" in voted.problem


def test_the_most_answers_win_whatever_their_spelling() -> None:
    swapped = json.dumps({"arguments": GOOD["arguments"], "name": "order_tea"})
    voted = vote(candidate("null", json.dumps(GOOD), swapped, "what?", None), calls=True)
    assert (voted.output, voted.votes, voted.asked) == (GOOD, 2, 5)
    assert dropped_by(voted, calls()) == ("agreement", "2 of 5 answers say the same")
    assert dropped_by(voted, calls(agreement=0.4)) is None


@given(st.permutations(["null", "null", json.dumps(GOOD)]))
def test_a_vote_does_not_depend_on_the_order(texts: list[str]) -> None:
    assert vote(candidate(*texts), calls=True).output is None


@given(st.text())
def test_any_answer_is_read_or_refused(text: str) -> None:
    vote(candidate(text), calls=True)
    assert bare(bare(text)) is not None


# --- values and likeness ---------------------------------------------------------------------------------------------

ANY: dict[str, Any] = {}


@pytest.mark.parametrize(
    ("value", "request_"),
    [
        ("notes.txt", "open notes.txt please"),
        ("The Red House", "keep the red house for me"),
        ("7pm", "at 7 pm"),
        ("Müller", "für MÜLLER"),
        (12, "a dozen eggs? no, twelve"),
        (1250.5, "it was 1,250.50 euros"),
        (-4, "minus 4 degrees"),
        (2031, "on 2031-03-05"),
        ({"deep": ["Oslo", {"er": 3}]}, "3 nights in Oslo"),
        (True, "yes"),
        (None, "nothing"),
    ],
)
def test_values_that_are_said_are_grounded(value: Any, request_: str) -> None:
    assert ungrounded({"x": value}, ANY, request_) is None


@pytest.mark.parametrize(
    ("value", "request_"),
    [
        ("Oslo", "a trip to Bergen"),
        ("art", "at the party"),
        ("7pm", "at 17 pm"),
        ("Ada Lovelace", "for Ada"),
        (13, "twelve of them"),
        (5, "in 2035"),
        ({"deep": ["Oslo", {"er": 4}]}, "3 nights in Oslo"),
    ],
)
def test_values_that_are_not_said_are_named(value: Any, request_: str) -> None:
    problem = ungrounded({"x": value}, ANY, request_)
    assert problem is not None
    assert problem.startswith("`x")


@pytest.mark.parametrize(
    "field",
    [
        {"enum": ["high"]},
        {"const": "high"},
        {"format": "date"},
        {"default": "high"},
        {"anyOf": [{"enum": ["high"]}, {"type": "null"}]},
        {"$ref": "#/$defs/level"},
    ],
)
def test_what_the_schema_fixes_need_not_be_said(field: dict[str, Any]) -> None:
    schema = {"properties": {"x": field}, "$defs": {"level": {"enum": ["high"]}}}
    assert ungrounded({"x": "high"}, schema, "it burns") is None
    assert ungrounded({"y": "high"}, schema, "it burns") is not None


SAID = ("renew", "the", "red", "book", "of", "ada", "for", "three", "weeks", "today", "at", "noon")
WORDS = st.lists(st.sampled_from(SAID), min_size=1)


@settings(max_examples=40)
@given(WORDS, WORDS)
def test_what_is_found_near_is_near_and_the_same_is_always_found(a: list[str], b: list[str]) -> None:
    index = NearDuplicates(0.7)
    index.add(" ".join(a))
    assert index.nearest(" ".join(a).upper()) == (" ".join(a), 1.0)
    near = index.nearest(" ".join(b))
    alike = similarity(shingles(" ".join(a)), shingles(" ".join(b)))
    assert near is None or (near[1] == alike >= 0.7)


def test_nearly_all_that_are_near_are_found() -> None:
    texts = [f"could you please renew the book called number {n * 7919} for {n % 12} more weeks" for n in range(80)]
    index = NearDuplicates(0.8)
    missed = 0
    for n, text in enumerate(texts):
        brute = max((similarity(shingles(text), shingles(other)) for other in texts[:n]), default=0.0)
        missed += (index.nearest(text) is not None) != (brute >= 0.8)
        index.add(text)
    assert missed <= 2
