"""Home Assistant's intents: English templates, filled with rooms, devices and numbers (OHF-Voice/intents, CC BY 4.0).

Templates use `[optional]`, `(one|of)`, `(any;order)`, `<rule>` and `{list:slot}`. Upstream keeps rules and lists apart;
the short ones needed are given here, and a template that needs another is left out.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from router.errors import UsageError
from training.example import Example
from training.sources import rows
from training.sources.texts import invent_word

SOURCE = "ha-intents"
LICENCE = "CC-BY-4.0"
FILLINGS = 6  # rows a template with values in it gives
BARE_INTENTS = ("HassNevermind", "HassRespond")  # they ask for nothing

_ROOMS = (
    "kitchen",
    "bedroom",
    "living room",
    "garage",
    "office",
    "hallway",
    "bathroom",
    "attic",
    "guest room",
    "study",
)
_FLOORS = ("first", "second", "third", "ground", "top", "lower", "upper")
_THINGS = (
    "lamp",
    "fan",
    "light",
    "speaker",
    "curtain",
    "heater",
    "TV",
    "switch",
    "plug",
    "thermostat",
    "door",
    "mower",
)
_ITEMS = ("milk", "bread", "eggs", "batteries", "paint", "olive oil", "stamps", "cat food", "apples", "call the bank")

_RULES: Mapping[str, tuple[str, ...]] = {
    "the": ("the", "my", "our"),
    "in": ("in", "on", "at"),
    "light": ("light", "lights", "lamp"),
    "turn": ("turn", "switch", "put"),
    "all": ("all", "every one of", "all of"),
    "is": ("is", "are"),
    "numeric_value_set": ("set", "change", "turn"),
    "timer_set": ("set", "start", "create"),
    "timer_remove": ("take off", "remove", "subtract"),
    "timer_cancel": ("cancel", "stop"),
    "here": ("here", "in here", "in this room"),
    "which": ("which", "what"),
    "how_many": ("how many",),
    "are_any": ("are any", "is any"),
    "are_all": ("are all",),
    "lockable": ("door", "lock", "gate"),
    "set": ("set", "change"),
    "open": ("open", "raise"),
    "close": ("close", "lower"),
    "what_is": ("what is", "what's", "tell me"),
    "temp": ("temperature", "temp"),
    "everywhere": ("everywhere", "in the whole house"),
    "how_is": ("how is", "what is"),
    "clean": ("clean", "vacuum", "mop"),
    "where_is": ("where is", "where's"),
    "home": ("home", "the house"),
}
_WORDS: Mapping[str, tuple[str, ...]] = {
    "floor": _FLOORS,
    "item": _ITEMS,
    "todo_list_item": _ITEMS,
    "shopping_list_item": _ITEMS,
    "color": ("red", "blue", "green", "purple", "orange", "pink", "warm white", "turquoise"),
    "cover_classes": ("curtains", "blinds", "shutters", "garage door", "awning", "gate"),
    "device_class": ("curtains", "blinds", "outlet", "battery", "humidity"),
    "domain": ("lights", "fans", "switches", "locks"),
    "on_off_states": ("on", "off"),
    "lock_states": ("locked", "unlocked"),
    "cover_states": ("open", "closed"),
    "bs_open_states": ("open", "closed"),
    "bs_occupancy_states": ("occupied", "empty"),
    "state": ("on", "off", "open", "closed"),
    "color_temperature_names": ("daylight", "candlelight", "cool white"),
    "media_class": ("album", "song", "movie", "podcast", "playlist", "artist"),
}
_NUMBERS: Mapping[str, tuple[int, int]] = {
    "timer_hours": (1, 24),
    "timer_minutes": (1, 90),
    "timer_seconds": (1, 90),
    "brightness": (1, 100),
    "volume": (0, 100),
    "volume_level": (0, 100),
    "volume_step": (1, 50),
    "volume_step_up": (1, 50),
    "fan_speed": (1, 100),
    "percentage": (1, 100),
    "position": (0, 100),
    "temperature": (5, 95),
    "color_temperature": (1500, 9000),
}


def _thing(rng: random.Random) -> str:
    return f"{rng.choice((rng.choice(_ROOMS), invent_word(rng), invent_word(rng)))} {rng.choice(_THINGS)}"


def _room(rng: random.Random) -> str:
    return rng.choice(_ROOMS) if rng.random() < 0.6 else f"{invent_word(rng)} room"


def _title(rng: random.Random) -> str:
    return " ".join(invent_word(rng).capitalize() for _ in range(rng.randint(1, 3)))


_INVENTED: Mapping[str, Callable[[random.Random], str]] = {
    "name": _thing,
    "area": _room,
    "timer_name": lambda rng: rng.choice(("pizza", "pasta", "laundry", "tea", invent_word(rng))),
    "search_query": _title,
    "message": lambda rng: f"{invent_word(rng)} is ready in the {rng.choice(_ROOMS)}",
}


def read(folder: Path, split: str) -> Iterator[Example]:
    """Rows of `train`, the only split. Raises UsageError when the folder has another layout."""
    rows.require_split(split, ("train",), source=SOURCE)
    rng = rows.seeded(SOURCE, split)
    tools = _tools(folder)
    for path in rows.paths(folder, "sentences/en/*/*.yaml", source=SOURCE):
        intent = path.parent.name
        if intent in tools:
            for template in _templates(path):
                yield from _rows(template, intent, tools, rng)


def _load(path: Path) -> Any:
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.YAMLError as error:
        raise UsageError(
            f"{path} cannot be read as YAML: {error}.", hint="Fetch the file again from upstream."
        ) from error


def _tools(folder: Path) -> dict[str, rows.Tool]:
    tools = {}
    for intent, described in _load(rows.paths(folder, "intents.yaml", source=SOURCE)[0]).items():
        if intent in BARE_INTENTS:
            continue
        properties = {
            slot: {"type": "integer" if _is_count(slot) else "string", "description": text["description"]}
            for slot, text in (described.get("slots") or {}).items()
        }
        name = rows.snake_case(intent.removeprefix("Hass"))
        tools[intent] = rows.build_tool(name, described["description"], properties)
    return tools


def _is_count(slot: str) -> bool:
    return slot in _NUMBERS or slot.removeprefix("start_") in ("hours", "minutes", "seconds")


def _templates(path: Path) -> Iterator[str]:
    for block in _load(path).get("data") or ():
        yield from (sentence for sentence in block.get("sentences") or () if isinstance(sentence, str))


def _rows(template: str, intent: str, tools: Mapping[str, rows.Tool], rng: random.Random) -> Iterator[Example]:
    tool = tools[intent]
    others = [other for name, other in tools.items() if name != intent]
    seen: set[str] = set()
    for _ in range(FILLINGS if "{" in template else 1):
        filled = fill(template, rng)
        if filled is None or filled.text in seen or not _fits(filled.values, tool):
            continue
        seen.add(filled.text)
        yield rows.call_row(
            tool,
            filled.values,
            [rows.user(filled.text)],
            source=SOURCE,
            licence=LICENCE,
            alternatives=rng.sample(others, min(len(others), 6)),
        )


def _fits(values: Mapping[str, str | int], tool: Mapping[str, Any]) -> bool:
    properties = tool["parameters"]["properties"]
    return all(
        slot in properties and (properties[slot]["type"] == "integer") == isinstance(value, int)
        for slot, value in values.items()
    )


@dataclass
class Filled:
    """One reading of a template: what is said, and the value of every slot in it."""

    text: str = ""
    values: dict[str, str | int] = field(default_factory=dict)


class _Unknown(Exception):
    """The template is broken, or needs a rule or list that is not given here."""


def fill(template: str, rng: random.Random) -> Filled | None:
    """One random reading of a template, or None where it needs an unknown rule or list or is not well formed."""
    filled = Filled()
    try:
        text, rest = _sequence(template, rng, filled, "")
    except _Unknown:
        return None
    filled.text = " ".join(text.split())
    return None if rest or not filled.text else filled


_CLOSING = {"[": "]", "(": ")", "<": ">", "{": "}"}


def _sequence(text: str, rng: random.Random, filled: Filled, closing: str) -> tuple[str, str]:
    """Reads up to the closing bracket; returns one of the alternatives (all, in any order, where they are joined by
    semicolons) and what follows the bracket. Slots of alternatives not taken leave no value."""
    parts: list[tuple[str, dict[str, str | int]]] = [("", {})]
    separator = ""
    while text and not (closing and text[0] == closing):
        mark, text = text[0], text[1:]
        if mark in "|;" and closing:
            separator = mark
            parts.append(("", {}))
            continue
        if mark in "[(":
            inner = Filled()
            said, text = _sequence(text, rng, inner, _CLOSING[mark])
            if mark == "[" and rng.random() < 0.5:
                said, inner = "", Filled()
            parts[-1] = (parts[-1][0] + said, parts[-1][1] | inner.values)
        elif mark in "<{":
            name, found, text = text.partition(_CLOSING[mark])
            if not found:
                raise _Unknown(name)
            said, values = _rule(name, rng) if mark == "<" else _slot(name, rng)
            parts[-1] = (parts[-1][0] + said, parts[-1][1] | values)
        else:
            parts[-1] = (parts[-1][0] + mark, parts[-1][1])
    if closing and not text:
        raise _Unknown(f"no {closing}")
    taken = rng.sample(parts, len(parts)) if separator == ";" else [rng.choice(parts)]
    for _, values in taken:
        filled.values.update(values)
    return " ".join(said for said, _ in taken), text[1:]


def _rule(name: str, rng: random.Random) -> tuple[str, dict[str, str | int]]:
    if name not in _RULES:
        raise _Unknown(name)
    return rng.choice(_RULES[name]), {}


def _slot(name: str, rng: random.Random) -> tuple[str, dict[str, str | int]]:
    pool, _, slot = name.partition(":")
    value: str | int
    if pool in _NUMBERS:
        value = rng.randint(*_NUMBERS[pool])
    elif pool in _INVENTED:
        value = _INVENTED[pool](rng)
    elif pool in _WORDS:
        value = rng.choice(_WORDS[pool])
    else:
        raise _Unknown(name)
    return str(value), {slot or pool: value}
