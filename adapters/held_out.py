"""How often a skill says exactly what it should, on requests it was not trained on, held as an agent would hold it.

Counts outputs that are right to the last value; what is nearly right is wrong. Chooses no rows and trains nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import comb
from typing import TYPE_CHECKING, Any

from adapters.skill import Skill
from router.conversation import Message, ToolCall, ToolSpec

if TYPE_CHECKING:
    from router.contract import Contract
    from router.engines.engine import Engine, Request


@dataclass(frozen=True)
class Case:
    """`output`: the right one; None to decline, where `tools` are offered. `schema`: the one asked for."""

    messages: tuple[Message, ...]
    output: Mapping[str, Any] | None
    tools: tuple[ToolSpec, ...] = ()
    schema: Mapping[str, Any] | None = None


def answered(
    engine: Engine,
    skill: Skill | None,
    form: Skill,
    cases: Sequence[Case],
    on_case: Callable[[], object] = lambda: None,
) -> list[bool]:
    """Whether each output is right, by `skill` or by the base alone, in the contract of `form`."""
    right = []
    for case in cases:
        right.append(_is_right(engine, skill, form, case))
        on_case()
    return right


def _is_right(engine: Engine, skill: Skill | None, form: Skill, case: Case) -> bool:
    from router.contract import CheckContext, ContractViolation

    request = request_of(engine, skill, form, case)
    contract = request.contract
    assert contract is not None
    made = engine.generate(request)
    try:
        value = contract.parse(made.text, made.finish == "length", CheckContext(case.messages))
    except ContractViolation:
        return False
    return contract.dump(value) == contract.dump(case.output)


def request_of(engine: Engine, skill: Skill | None, form: Skill, case: Case) -> Request:
    """As the agent asks: a small base may only quote, and a user's schema is shown as the tool `extract`."""
    from router.engines.engine import Request

    tools = case.tools
    if form.contract == "given":
        tools = (ToolSpec("extract", "", dict(case.schema or {})),)
    contract = _contract(form, case, None if engine.base.reads_whole_task else _said(case))
    return Request(case.messages, tools=tools if form.contract != "schema" else (), skill=skill, contract=contract)


def _contract(form: Skill, case: Case, source: str | None) -> Contract:
    from router.contract import Contract

    if form.contract == "tools":
        return Contract.for_tools(case.tools, source=source)
    schema = case.schema if form.contract == "given" else form.schema
    return Contract.for_schema(schema or {}, form.checks, source=source)


def _said(case: Case) -> str:
    return "\n".join(message.content for message in reversed(case.messages) if message.content)


def case_of(row: Mapping[str, Any]) -> Case:
    """A row of training data on disk: OpenAI's messages, the tools offered, the output."""
    messages = tuple(map(_message, row["messages"]))
    offered = [*row.get("tools", ()), *row.get("alternatives", ())]
    tools = tuple(ToolSpec(tool["name"], tool.get("description", ""), tool["parameters"]) for tool in offered)
    return Case(messages, row["output"], tools, row.get("schema"))


def _message(row: Mapping[str, Any]) -> Message:
    functions = [call["function"] for call in row.get("tool_calls", ())]
    calls = tuple(ToolCall(each["name"], each["arguments"]) for each in functions)
    return Message(row["role"], row.get("content") or "", calls, row.get("name", ""))


def falls_behind(before: Sequence[bool], after: Sequence[bool]) -> float:
    """The probability of as many cases lost, of those on which the two differ, were neither better than the other:
    McNemar's exact test, one-sided. One where nothing was lost."""
    lost = sum(a and not b for a, b in zip(before, after, strict=True))
    differ = sum(a is not b for a, b in zip(before, after, strict=True))
    return float(sum(comb(differ, k) for k in range(lost, differ + 1)) / 2**differ)
