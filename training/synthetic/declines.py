"""Rows of tool-call where no tool that is shown can do what is asked, although one may be of the same topic; and, so
that nothing is declined that can be done, the same requests with the tool that does it.

Requests that a built-in tool serves, and those that lack a value, are in builtin_calls.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from training.example import Example
from training.synthetic import builtin_calls, near_tools, specs
from training.synthetic import values as v
from training.synthetic.beyond import beyond
from training.synthetic.case import Chat, answered, call, observed, row, user
from training.synthetic.out_of_scope import talk, unserved
from training.synthetic.phrases import wording
from training.synthetic.steps import served

KIND = "declines"


def generate(rng: Random) -> Iterator[Example]:
    """Rows without end; about a quarter are calls."""
    while True:
        kind = rng.random()
        before = _before(rng) if rng.random() < 0.12 else []
        if kind < 0.26:
            yield _served(rng, before)
        elif kind < 0.5:
            yield _near_miss(rng, before)
        elif kind < 0.72:
            request, tools = beyond(rng)
            yield _row(before, request, [specs.spec(rng, name) for name in tools])
        else:
            request = unserved(rng) if rng.random() < 0.75 else talk(rng)
            yield _row(
                before, request, [specs.spec(rng, name) for name in specs.others(rng, (), rng.choice((1, 1, 1, 2, 3)))]
            )


def _row(before: list[Chat], request: str, tools: list[specs.Spec]) -> Example:
    return row("tool-call", KIND, [*before, user(request)], None, tools)


def _before(rng: Random) -> list[Chat]:
    step = served(rng, builtin_calls.case(rng))
    return [
        user(step.case.request),
        call(step.case.tool, step.case.arguments),
        observed(step.case.observation),
        answered(step.answer),
    ]


def _errand(rng: Random) -> tuple[near_tools.Errand, dict[str, str], str]:
    errand, slots = rng.choice(near_tools.ERRANDS), v.slots(rng)
    return errand, slots, wording(rng, errand.forms, slots)


def _served(rng: Random, before: list[Chat]) -> Example:
    """The tool that does it, beside some of its topic."""
    errand, slots, request = _errand(rng)
    tool, arguments = near_tools.serving(errand, slots)
    others = near_tools.tools_of(rng, errand, rng.choice((0, 1, 2, 3)))
    output = {"name": tool["name"], "arguments": arguments}
    return row("tool-call", KIND, [*before, user(request)], output, (tool,), tuple(others))


def _near_miss(rng: Random, before: list[Chat]) -> Example:
    """Tools of the topic, or built-in ones, and none that does it."""
    errand, _, request = _errand(rng)
    tools = near_tools.tools_of(rng, errand, rng.choice((0, 1, 1, 2, 3)))
    wanted = max(1, len(tools)) + rng.choice((0, 0, 1))
    names = {tool["name"] for tool in tools}
    for name in rng.sample(specs.NAMES, len(specs.NAMES)):
        if len(tools) < wanted and name not in names and name not in _MIGHT:
            tools.append(specs.spec(rng, name))
    rng.shuffle(tools)
    return _row(before, request, tools)


# Somebody who is asked to remind or to plan might note it instead; a page might tell the weather or a price.
_MIGHT = ("save_note", "find_notes", "fetch_url", "search_files", "query_database", "write_file")
