"""Requests in which several values of a kind play different parts: 26 to choose from and 5 to choose, a branch merged
and the one it goes into.

Tools, what they call their parameters and how they describe them, and how people ask are `role_requests.yaml`'s. Which
value is whose is told by the sentence and the description together, as a name like `k` says nothing. Requests that put
any parameters together are `training.told_requests`'.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from training import told_requests, told_values
from training.example import Example
from training.sources.values import ValuePool

SOURCE = "roles"
DESCRIBED = 0.9  # share of parameters with a description; those of one letter always have one
ASIDE = 0.35  # share of requests with a sentence beside the point before them, and of those with one behind
UNSAID = 0.3  # share of the parameters a request does not speak of that the tool has nevertheless
_OPTIONAL = re.compile(r"\[([^][]*)\]")
_MARK = re.compile(r"\{(\w+)\}")
_SIGNS = ("$", "$", "€", "£")
_MONEY_WORDS = ("dollars", "euros", "pounds", "USD", "kronor")

Shown = tuple[Any, str]  # a value, and how it is said


@lru_cache(maxsize=1)
def _read() -> Mapping[str, Any]:
    import yaml

    path = Path(__file__).with_name("role_requests.yaml")
    found: Mapping[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return found


def generate(pool: ValuePool) -> Iterator[Example]:
    """Rows for ever; each calls the one tool it shows."""
    while True:
        yield _row(pool.rng.choice(_read()["scenes"]), pool)


def _row(scene: Mapping[str, Any], pool: ValuePool) -> Example:
    rng = pool.rng
    template = _OPTIONAL.sub(lambda found: found[1] if rng.random() < 0.6 else "", rng.choice(scene["say"]))
    said: dict[str, Any] = {}
    if "{each}" in template:
        template = template.replace("{each}", _several(scene, said, pool))
    request = _MARK.sub(lambda found: _drawn(scene, found[1], said, pool), template)
    properties: dict[str, Any] = {}
    arguments: dict[str, Any] = {}
    for role, (names, described, kind) in scene["roles"].items():
        if role in said or rng.random() < UNSAID:
            name = _name(names, properties, rng)
            properties[name] = _schema(name, described, kind, said.get(role), rng)
            if role in said:
                arguments[name] = said[role]
    tool = {
        "name": rng.choice(scene["tool"]), "description": f"{scene['about']}.",
        "parameters": {"type": "object", "properties": properties, "required": list(arguments)},
    }  # fmt: skip
    message = {"role": "user", "content": _among_others(request, rng)}
    output = {"name": tool["name"], "arguments": arguments}
    return Example("tool-call", (message,), output, SOURCE, told_requests.LICENCE, (tool,))


def _several(scene: Mapping[str, Any], said: dict[str, Any], pool: ValuePool) -> str:
    """Of two to four things all that `each` tells; what is told of one role is a list."""
    rng = pool.rng
    told, template = [], rng.choice(scene["each"])
    for _ in range(rng.choice((2, 2, 3, 4))):
        one: dict[str, Any] = {}
        told.append(_MARK.sub(lambda found, one=one: _drawn(scene, found[1], one, pool), template))  # type: ignore[misc]
        for role, value in one.items():
            said.setdefault(role, []).append(value)
    last = rng.choice((" and ", ", and ", ", ", " and also "))
    return last.join((", ".join(told[:-1]), told[-1]))


def _drawn(scene: Mapping[str, Any], role: str, said: dict[str, Any], pool: ValuePool) -> str:
    """How a value of the role is said; the value itself is put into `said`, another one than those there."""
    kind = scene["roles"][role][2].rstrip("+")
    for _ in range(8):
        value, shown = _value(kind, pool)
        if value not in said.values():
            break
    said[role] = value
    return shown


def _name(names: Sequence[str], taken: Mapping[str, Any], rng: random.Random) -> str:
    free = [name for name in names if name not in taken] or [f"{names[0]}_{len(taken)}"]
    name = rng.choice(free)
    if "_" in name and rng.random() < 0.25:
        first, *rest = name.split("_")
        name = first + "".join(part.capitalize() for part in rest)
    return name if name not in taken else f"{name}_{len(taken)}"


def _schema(name: str, described: Sequence[str], kind: str, value: Any, rng: random.Random) -> dict[str, Any]:
    made: dict[str, Any] = {"type": _type(kind, value, rng)}
    if made["type"] == "array":
        numeric = kind.rstrip("+") in _NUMBERS or kind == "numbers"
        made["items"] = {"type": "number" if numeric else "string"}
    if kind.startswith("="):
        made["enum"] = kind[1:].split("|")
    if len(name) < 3 or rng.random() < DESCRIBED:
        made["description"] = rng.choice(described) + rng.choice(("", "", "."))
    return made


def _type(kind: str, value: Any, rng: random.Random) -> str:
    if kind.endswith("+") or kind == "numbers":
        return "array"
    if kind not in _NUMBERS:
        return "string"
    return "number" if isinstance(value, float) else rng.choice(("integer", "number"))


def _among_others(request: str, rng: random.Random) -> str:
    """The request, now and then among sentences that are beside the point."""
    words = told_values.wordings()
    parts = [request[0].upper() + request[1:] if rng.random() < 0.7 else request]
    if rng.random() < ASIDE:
        aside = rng.choice(words["openings"]).replace("{n}", str(rng.randint(2, 9)))
        for mark, among in (("{topic}", "topics"), ("{relative}", "relatives")):
            aside = aside.replace(mark, rng.choice(words[among]))
        parts.insert(0, aside)
    if rng.random() < ASIDE:
        parts.append(rng.choice(words["asks"]).replace("{what}", rng.choice(words["whats"])))
    if len(parts) > 1 and request[-1].isalnum():
        parts = [part if part[-1] in ".?!" else f"{part}." for part in parts]
    return " ".join(parts)


# --- values -----------------------------------------------------------------------------------------------------------


def _whole(low: int, high: int, step: int = 1) -> Callable[[random.Random], Shown]:
    def draw(rng: random.Random) -> Shown:
        value = step * rng.randint(low, high)
        return value, f"{value:,}" if value > 999 and rng.random() < 0.6 else str(value)

    return draw


def _money(low: int, high: int, step: int) -> Callable[[random.Random], Shown]:
    def draw(rng: random.Random) -> Shown:
        value: float = step * rng.randint(low, high)
        if step == 1 and rng.random() < 0.3:
            value = round(value + rng.choice((0.5, 0.25, 0.99, 0.1)), 2)
        shown = f"{value:,}" if rng.random() < 0.6 else str(value)
        return value, f"{rng.choice(_SIGNS)}{shown}" if rng.random() < 0.6 else f"{shown} {rng.choice(_MONEY_WORDS)}"

    return draw


def _percent(rng: random.Random) -> Shown:
    value = rng.choice((rng.randint(1, 99), rng.randint(1, 20), round(rng.uniform(0.5, 12), 1)))
    return value, rng.choice((f"{value}%", f"{value}%", f"{value} percent", f"{value} per cent"))


def _decimal(rng: random.Random) -> Shown:
    value = round(rng.choice((rng.uniform(0.05, 3), rng.uniform(1, 20))), rng.choice((1, 2)))
    return value, str(value)


def _signed(rng: random.Random) -> Shown:
    value = rng.choice((1, 1, -1)) * rng.randint(1, 20)
    return value, str(value)


def _coordinate(rng: random.Random) -> Shown:
    value = round(rng.uniform(-90, 90), rng.choice((2, 2, 4)))
    return value, str(value)


def _list_of_numbers(rng: random.Random) -> Shown:
    values = [rng.randint(-9, 60) for _ in range(rng.randint(3, 6))]
    shown = ", ".join(map(str, values))
    return values, f"[{shown}]" if rng.random() < 0.6 else shown


_NUMBERS: Mapping[str, Callable[[random.Random], Shown]] = {
    "digit": _whole(1, 9), "small": _whole(2, 30), "count": _whole(2, 90), "many": _whole(20, 1500),
    "big": _whole(1, 2000, 500), "money": _money(2, 900, 1), "bigmoney": _money(2, 800, 500), "percent": _percent,
    "decimal": _decimal, "signed": _signed, "coord": _coordinate, "year": _whole(1950, 2030),
}  # fmt: skip


def _value(kind: str, pool: ValuePool) -> Shown:
    rng = pool.rng
    if kind in _NUMBERS:
        value, shown = _NUMBERS[kind](rng)
        return value, str(value) if kind == "year" else shown
    if kind == "numbers":
        return _list_of_numbers(rng)
    if kind.startswith("="):
        said = rng.choice(kind[1:].split("|"))
    elif kind in _read()["pools"]:
        said = str(rng.choice(_read()["pools"][kind]))
    else:
        said = told_values.drawn({"topic": "phrase"}.get(kind, kind), pool)
    return said, said
