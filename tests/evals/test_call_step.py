"""One case as an agent meets it, with a model that says what it is told to."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest

from evals.call_cases import Case
from evals.call_step import Caller, How, Made, is_valid, read_calls
from router.contract import ContractViolation
from router.conversation import Message, ToolCall, ToolSpec
from router.drawing import Drawing
from router.engines.scripted import SCRIPTED_BASE, Line, ScriptedEngine
from router.errors import ContextOverflow, EngineAnswerBroken, EngineUnreachable
from router.routing import Decision, State
from tests.router.scripted_session import SKILLS, SMALL, ByName, call

ADD = ToolSpec("math.add", "Adds.", {"type": "dict", "properties": {"a": {"type": "float"}}, "required": ["a"]})
PLAY = ToolSpec("play", "Plays.", {"type": "object", "properties": {"song": {"type": "string"}}, "required": ["song"]})
NONE = "<no_call>"


def case(said: str, *tools: ToolSpec, category: str = "simple") -> Case:
    return Case("c", "s", category, (Message("user", said),), tools)


class Draws:
    """The router that always draws one skill."""

    def __init__(self, skill: str) -> None:
        self.skill = skill

    def route(self, state: State) -> Decision:
        other = next(name for name in SKILLS if name != self.skill)
        return Decision(self.skill, 0.95, [(self.skill, 0.95), (other, 0.05)])


def small(script: Sequence[Line], skill: str = "tool-call") -> tuple[ScriptedEngine, Caller]:
    engine = ScriptedEngine(script, base=SMALL)
    drawing = Drawing(engine, Draws(skill), ByName(), SKILLS)
    return engine, Caller(engine, drawing, SKILLS["tool-call"], lambda task: task.split(", then "))


def large(*script: Line) -> tuple[ScriptedEngine, Caller]:
    engine = ScriptedEngine(script, base=SCRIPTED_BASE)
    return engine, Caller(engine)


def played(made: Made) -> list[str]:
    return [made_call.arguments["song"] for made_call in made.calls]


@pytest.mark.parametrize(
    ("text", "calls", "attempted"),
    [
        (NONE, 0, 0),
        ("I cannot call <that>.", 0, 0),
        (call("f", a=1), 1, 1),
        (f"Sure. {call('f')}{call('g')}", 2, 2),
        ('<tool_call>\n{"name": "f", "arguments": {}}\n</tool_call>', 1, 1),
        ('<tool_call>{"name": "f"}', 1, 1),
        ('<tool_call>{"name": "f", "arguments": {"a": 1, "a": 2}}</tool_call>', 0, 1),
        ("<tool_call>f(1)</tool_call>", 0, 1),
        ('<tool_call>{"name": 1, "arguments": {}}</tool_call>', 0, 1),
        ('<tool_call>{"name": "f", "arguments": []}</tool_call>', 0, 1),
        (f"<tool_call>{{{call('f')}", 1, 2),
    ],
)
def test_attempts_are_counted_by_their_tag(text: str, calls: int, attempted: int) -> None:
    said = read_calls(text)
    assert (len(said.calls), said.attempted) == (calls, attempted)


def test_one_call_under_the_grammar_bears_the_name_the_case_offers() -> None:
    engine, caller = small([call("math_add", a=2.0)])
    made = caller.run(case("math_add 2", ADD), How())
    assert made.calls == [ToolCall("math.add", {"a": 2.0})]
    assert (made.attempted, made.valid, made.drawn) == (1, 1, ["tool-call"])
    assert made.tokens.generated > 0
    assert engine.requests[0].contract is not None


def test_raw_is_asked_without_a_grammar_and_not_again() -> None:
    engine, caller = small(["<tool_call>{oops", call("math_add", a=2.0)])
    made = caller.run(case("math_add 2", ADD), How(constrained=False))
    assert [request.contract for request in engine.requests] == [None]
    assert (made.calls, made.attempted, made.valid) == ([], 1, 0)


def test_constrained_asks_again_after_what_does_not_parse() -> None:
    engine, caller = small(["<tool_call>{oops", call("math_add", a=2.0)])
    made = caller.run(case("math_add 2", ADD), How())
    assert (len(engine.requests), made.attempted, len(made.calls)) == (2, 1, 1)


def test_a_skill_that_calls_nothing_is_a_refusal_unless_calling_is_forced() -> None:
    engine, caller = small([], skill="answer")
    made = caller.run(case("How are you?", PLAY), How())
    assert (made.attempted, made.drawn, engine.requests) == (0, ["answer"], [])
    engine, caller = small([NONE], skill="answer")
    made = caller.run(case("How are you?", PLAY), How(drawn="forced"))
    assert (made.attempted, made.drawn, len(engine.requests)) == (0, ["tool-call"], 1)


def test_the_oracle_does_not_let_decline() -> None:
    engine, caller = small([call("play", song="x")])
    caller.run(case("x", PLAY), How(drawn="oracle"))
    contract = engine.requests[0].contract
    assert contract is not None
    with pytest.raises(ContractViolation):
        contract.parse(NONE)


def test_without_the_skill_the_base_calls() -> None:
    engine, caller = small([call("play", song="x"), call("play", song="x")])
    caller.run(case("play x", PLAY), How(skill=False))
    caller.run(case("play x", PLAY), How())
    assert [request.skill for request in engine.requests] == [None, SKILLS["tool-call"]]


def test_a_small_base_works_several_calls_off_clause_by_clause() -> None:
    engine, caller = small([call("play", song="a"), call("play", song="b")])
    made = caller.run(case("play a, then play b", PLAY, category="parallel"), How())
    assert played(made) == ["a", "b"]
    said = [message.content for message in engine.requests[1].messages if message.role == "user"]
    assert said == ["play a", "play b"]
    roles = [message.role for message in engine.requests[1].messages]
    assert roles == ["user", "assistant", "tool", "assistant", "user"], "as an agent ends a clause, with an answer"


def test_one_call_is_one_step_unless_every_case_is_worked_off() -> None:
    script = [call("play", song="a"), call("play", song="b")]
    said = case("play a, then play b", PLAY)
    assert played(small(script)[1].run(said, How())) == ["a"]
    assert played(small(script)[1].run(said, How(stepwise=True))) == ["a", "b"]


def test_a_large_base_is_asked_until_it_declines() -> None:
    engine, caller = large(call("play", song="a"), call("play", song="b"), NONE)
    made = caller.run(case("both", PLAY, ADD, category="parallel"), How(drawn="forced"))
    assert played(made) == ["a", "b"]
    assert [tool.name for tool in engine.requests[0].tools] == ["play", "math_add"]
    assert len(engine.requests) == 3


def test_a_large_base_may_make_several_calls_at_once_and_a_repeated_one_ends_it() -> None:
    engine, caller = large(call("play", song="a") + call("play", song="b"), call("play", song="b"))
    made = caller.run(case("both", PLAY, category="parallel"), How(constrained=False, drawn="forced"))
    assert played(made) == ["a", "b"]
    assert len(engine.requests) == 2


def test_a_model_that_never_ends_is_stopped() -> None:
    _, caller = large(*[call("play", song=str(number)) for number in range(99)])
    made = caller.run(case("all", PLAY, category="parallel"), How(drawn="forced"))
    assert 1 < len(made.calls) < 20


def test_no_tools_no_call() -> None:
    engine, caller = large()
    assert caller.run(case("Hello"), How(drawn="forced")).attempted == 0
    assert engine.requests == []


def test_what_cannot_be_asked_is_a_finding_of_the_case() -> None:
    odd = ToolSpec("odd", "", {"type": "object", "properties": {"x": {"type": "string", "pattern": "(?=a)"}}})
    assert large()[1].run(case("x", odd), How(drawn="forced")).failure == "schema"
    for error, failure in ((ContextOverflow("too long"), "context"), (EngineAnswerBroken("no JSON"), "engine")):
        _, caller = large(error)
        assert caller.run(case("x", PLAY), How(drawn="forced")).failure == failure
    with pytest.raises(EngineUnreachable):
        large(EngineUnreachable("gone"))[1].run(case("x", PLAY), How(drawn="forced"))


@pytest.mark.parametrize(
    ("arguments", "valid"),
    [({"song": "x"}, True), ({"song": 1}, False), ({}, False), ({"song": "x", "loud": True}, False)],
)
def test_validity_is_the_tool_s_own_schema(arguments: dict[str, Any], valid: bool) -> None:
    assert is_valid(ToolCall("play", arguments), [PLAY]) is valid
    assert not is_valid(ToolCall("other", arguments), [PLAY])


def test_tags_in_a_value_stay_in_it() -> None:
    text = f"<tool_call>{json.dumps({'name': 'play', 'arguments': {'song': 'a < b'}})}</tool_call>"
    assert read_calls(text).calls[0].arguments == {"song": "a < b"}
