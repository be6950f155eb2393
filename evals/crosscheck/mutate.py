"""Outputs to hold two checkers together with: a right one for every case, and wrong and nearly right ones made from it.

Every change is one that a checker has a rule for: types, spelling, punctuation, order, what is optional, what is
undeclared, how many calls. Drawn with a seed; nothing here knows which outputs are right.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from copy import deepcopy
from typing import Any

from evals.call_check import OPTIONAL, Wanted

Call = dict[str, Any]  # {name: {parameter: value}}, as upstream writes one
Change = Callable[[list[Call], random.Random], None]


def right_calls(wanted: Sequence[Wanted], rng: random.Random) -> list[Call]:
    """Calls that the answers accept, optional arguments sometimes left out."""
    return [{each.name: _arguments(each.arguments, rng)} for each in wanted]


def _arguments(accepted: Any, rng: random.Random) -> dict[str, Any]:
    given = {}
    for name, values in accepted.items():
        values = values if isinstance(values, list) else [values]
        possible = [value for value in values if value != OPTIONAL]
        if possible and not (OPTIONAL in values and rng.random() < 0.4):
            given[name] = _value(rng.choice(possible), rng)
    return given


def _value(accepted: Any, rng: random.Random) -> Any:
    if isinstance(accepted, dict):
        return _arguments(accepted, rng)
    if isinstance(accepted, list):
        return [_value(each, rng) if isinstance(each, dict) else each for each in accepted]
    return accepted


def mutated(calls: Sequence[Call], rng: random.Random) -> list[Call]:
    """A copy with one to three changes."""
    changed = deepcopy(list(calls))
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        rng.choice(_CHANGES)(changed, rng)
    return changed


def _some(calls: list[Call], rng: random.Random) -> tuple[str, dict[str, Any]]:
    return rng.choice(list(rng.choice(calls).items()))


def _change_value(calls: list[Call], rng: random.Random) -> None:
    _, arguments = _some(calls, rng) if calls else ("", {})
    if arguments:
        name = rng.choice(list(arguments))
        arguments[name] = other_value(arguments[name], rng)


def other_value(value: Any, rng: random.Random) -> Any:
    """Another value, of the same type or not, that may or may not mean the same."""
    if rng.random() < 0.1:
        return rng.choice(["", None, [], {}, 0, True, "x", ["x"], [1], [{}], {"x": 1}, 1.5])
    if isinstance(value, str):
        return _other_text(value, rng)
    if isinstance(value, bool):
        return rng.choice([not value, int(value), str(value), str(value).lower()])
    if isinstance(value, int | float):
        return rng.choice([value + 1, -value, float(value), str(value), [value], bool(value), int(value)])
    if isinstance(value, list):
        return _other_list(value, rng)
    return _other_dict(value, rng) if isinstance(value, dict) else str(value)


def _other_text(text: str, rng: random.Random) -> Any:
    at = rng.randint(0, len(text))
    return rng.choice([
        text.upper(), text.lower(), text.title(), text[:at] + rng.choice(" ,./-_*^:;'\"x") + text[at:], f" {text} ",
        text.replace(" ", ""), text.replace(" ", "_"), text.replace("'", '"'), text[:at], text + "s", [text], "",
        text.replace(",", ""), f"'{text}'",
    ])  # fmt: skip


def _other_list(items: list[Any], rng: random.Random) -> Any:
    if not items:
        return rng.choice([[""], [0], "", [[]], [{}]])
    at = rng.randrange(len(items))
    changed = [other_value(item, rng) if place == at else item for place, item in enumerate(items)]
    return rng.choice([changed, changed, items[::-1], items[:-1], [*items, items[0]], [], str(items), tuple(items)])


def _other_dict(value: dict[str, Any], rng: random.Random) -> Any:
    if not value:
        return rng.choice([{"x": 1}, "", []])
    key = rng.choice(list(value))
    without = {name: item for name, item in value.items() if name != key}
    changed = {**value, key: other_value(value[key], rng)}
    choices: list[Any] = [changed, changed, without, {**value, "extra": 1}, {}, str(value), [value]]
    return rng.choice(choices)


def _drop_argument(calls: list[Call], rng: random.Random) -> None:
    _, arguments = _some(calls, rng) if calls else ("", {})
    if arguments:
        del arguments[rng.choice(list(arguments))]


def _add_argument(calls: list[Call], rng: random.Random) -> None:
    _, arguments = _some(calls, rng) if calls else ("", {})
    arguments[rng.choice(["extra", "unit", "limit"])] = rng.choice(["x", 1, "", None])


def _swap_arguments(calls: list[Call], rng: random.Random) -> None:
    _, arguments = _some(calls, rng) if calls else ("", {})
    if len(arguments) > 1:
        first, second = rng.sample(list(arguments), 2)
        arguments[first], arguments[second] = arguments[second], arguments[first]


def _rename(calls: list[Call], rng: random.Random) -> None:
    if calls:
        at = rng.randrange(len(calls))
        name, arguments = next(iter(calls[at].items()))
        calls[at] = {rng.choice([name.upper(), name + "_", name.replace(".", "_"), "other"]): arguments}


def _count(calls: list[Call], rng: random.Random) -> None:
    if calls and rng.random() < 0.5:
        del calls[rng.randrange(len(calls))]
    elif calls:
        calls.insert(rng.randint(0, len(calls)), deepcopy(rng.choice(calls)))


def _reorder(calls: list[Call], rng: random.Random) -> None:
    rng.shuffle(calls)


_CHANGES: tuple[Change, ...] = (
    *[_change_value] * 6, _drop_argument, _add_argument, _swap_arguments, _rename, _count, *[_reorder] * 2,
)  # fmt: skip
