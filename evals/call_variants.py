"""The same case under other circumstances: names that say nothing, and more or fewer tools offered.

Seeded by the case's own id, so that a case is the same in every run. Descriptions and values stay as they are; what
the right call is changes only in its names.
"""

from __future__ import annotations

import random
import re
import string
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from evals.call_cases import Case
from evals.call_check import Wanted
from router.conversation import Message, ToolCall, ToolSpec

TWINS = 0.5  # tools whose names or descriptions share more of their words than this are one tool for a reader


def masked(case: Case, seed: int) -> Case:
    """Every tool and parameter under a random name. A name that was the only description becomes the description."""
    rng = random.Random(f"{seed} masked {case.id}")
    taken: set[str] = set()
    tools, renamed = [], {}
    for tool in case.tools:
        fields = {name: _new_name(rng, taken) for name in tool.parameters.get("properties") or {}}
        renamed[tool.name] = (_new_name(rng, taken), fields)
        tools.append(_masked_tool(tool, *renamed[tool.name]))
    wanted = tuple(
        Wanted(renamed[w.name][0], {renamed[w.name][1].get(name, name): v for name, v in w.arguments.items()})
        for w in case.wanted
    )
    return replace(case, tools=tuple(tools), wanted=wanted, messages=_renamed_calls(case.messages, renamed))


def _masked_tool(tool: ToolSpec, name: str, fields: Mapping[str, str]) -> ToolSpec:
    parameters = dict(tool.parameters)
    properties = parameters.get("properties") or {}
    parameters["properties"] = {fields[old]: _described(field, old) for old, field in properties.items()}
    if isinstance(parameters.get("required"), list):
        parameters["required"] = [fields[old] for old in parameters["required"] if old in fields]
    return ToolSpec(name, tool.description or _words(tool.name), parameters, tool.effect)


def _described(field: Any, name: str) -> Any:
    if not isinstance(field, Mapping) or field.get("description"):
        return field
    return {**field, "description": _words(name)}


def _renamed_calls(
    messages: Iterable[Message], renamed: Mapping[str, tuple[str, Mapping[str, str]]]
) -> tuple[Message, ...]:
    """Calls of earlier turns keep speaking of the same tools."""

    def new(call: ToolCall) -> ToolCall:
        name, fields = renamed.get(call.name, (call.name, {}))
        return ToolCall(name, {fields.get(key, key): value for key, value in call.arguments.items()})

    return tuple(
        replace(m, calls=tuple(map(new, m.calls)), name=renamed[m.name][0] if m.name in renamed else m.name)
        for m in messages
    )


def _new_name(rng: random.Random, taken: set[str]) -> str:
    while True:
        name = "".join(rng.choices(string.ascii_lowercase, k=rng.randint(4, 7)))
        if name not in taken:
            taken.add(name)
            return name


def offering(case: Case, count: int, pool: Sequence[ToolSpec], seed: int) -> Case | None:
    """The case with `count` tools: the right ones, then its own others, then distractors from `pool`, shuffled.

    A tool that reads like a right one is no distractor. None for a case that says of no tool that it is right: nobody
    knows whether a drawn one would serve.
    """
    rng = random.Random(f"{seed} {count} {case.id}")
    right = [tool for tool in case.tools if any(tool.name == each.name for each in case.wanted)]
    if not right or len(right) > count:
        return None
    others = [tool for tool in case.tools if tool not in right]
    chosen = right + rng.sample(others, min(len(others), count - len(right)))
    names = {tool.name for tool in case.tools}
    for tool in rng.sample(pool, len(pool)):
        if len(chosen) >= count:
            break
        if tool.name not in names and not any(_twins(tool, each) for each in right):
            chosen.append(tool)
            names.add(tool.name)
    rng.shuffle(chosen)
    return replace(case, tools=tuple(chosen))


def pool_of(cases: Iterable[Case]) -> list[ToolSpec]:
    """Every tool that cases offer, one of each name."""
    by_name: dict[str, ToolSpec] = {}
    for case in cases:
        for tool in case.tools:
            by_name.setdefault(tool.name, tool)
    return list(by_name.values())


def _twins(a: ToolSpec, b: ToolSpec) -> bool:
    return _alike(_words(a.name), _words(b.name)) > TWINS or _alike(a.description, b.description) > TWINS


def _alike(a: str, b: str) -> float:
    """Words in common by words in all."""
    first, second = set(re.findall(r"\w+", a.lower())), set(re.findall(r"\w+", b.lower()))
    return len(first & second) / len(first | second) if first and second else 0.0


def _words(name: str) -> str:
    """`getUserInfo_v2` → `get user info v2`."""
    return re.sub(r"[\W_]+", " ", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name)).strip().lower()
