"""Schema-Guided Dialogue: real user turns and the service calls they ask for (CC BY-SA 4.0).

Keeps only calls whose every argument stands in the user words shown. Part of the rows wear one of the SGD-X
paraphrased schemas, where services, intents and slots have other names and descriptions in the same order.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from training.example import Example
from training.sources import rows

SOURCE = "sgd"
LICENCE = "CC-BY-SA-4.0"
VARIANTS = ("v1", "v2", "v3", "v4", "v5")
PARAPHRASED = 0.6  # share of rows that wear an SGD-X schema
BARE_INTENT = 0.2  # share of turns with an intent and no values that is kept
DECLINED = 0.25  # share of closing turns ("no thanks, bye") that become rows to decline
MAX_EARLIER = 4  # turns shown before the last user turn


@dataclass(frozen=True)
class Service:
    """One service under one wording. `slots` and `intents` are keyed by the *original* names."""

    slots: Mapping[str, Mapping[str, Any]]
    intents: Mapping[str, Mapping[str, Any]]
    renamed: Mapping[str, str]  # original slot name → name in this wording


@dataclass(frozen=True)
class Turn:
    """A user turn with everything before it, the intent it serves and the values known so far, per slot."""

    history: Sequence[Mapping[str, Any]]
    service: str
    intent: str
    values: Mapping[str, Sequence[str]]
    complete: bool  # the values are those of a real service call


def read(folder: Path, split: str, *, seen: bool = False, variant: str | None = None) -> Iterator[Example]:
    """Rows of one split. `test` yields only services unseen in train, in their original wording.

    For measuring: `seen` yields test's services that are in train instead; `variant` has every row wear that SGD-X
    schema. Raises UsageError when the folder is not an upstream clone or has no such split.
    """
    rows.require_split(split, ("train", "dev", "test"), source=SOURCE)
    rng = rows.seeded(SOURCE, split)
    wordings = _wordings(folder, split) if variant is None else [_paraphrase(folder, split, variant)]
    unseen = _services(folder, seen) if split == "test" else None
    for path in rows.paths(folder / split, "dialogues_*.json", source=SOURCE):
        for dialogue in rows.load_json(path):
            yield from _dialogue(dialogue, wordings, rng, unseen)


def _services(folder: Path, seen: bool) -> set[str]:
    """Test's services that train has not, or has."""
    names = [
        {service["service_name"] for service in rows.load_json(folder / split / "schema.json")}
        for split in ("test", "train")
    ]
    return names[0] & names[1] if seen else names[0] - names[1]


def _paraphrase(folder: Path, split: str, variant: str) -> dict[str, Service]:
    paraphrased = rows.load_json(folder / "sgd_x" / "data" / variant / split / "schema.json")
    return _wording(rows.load_json(folder / split / "schema.json"), paraphrased)


def _wordings(folder: Path, split: str) -> list[dict[str, Service]]:
    """The original schema first, then the paraphrases (none for test: its figures must mean the same everywhere)."""
    original = rows.load_json(folder / split / "schema.json")
    wordings = [_wording(original, original)]
    for variant in VARIANTS if split != "test" else ():
        path = folder / "sgd_x" / "data" / variant / split / "schema.json"
        if path.exists():
            wordings.append(_wording(original, rows.load_json(path)))
    return wordings


def _wording(original: Sequence[Mapping[str, Any]], reworded: Sequence[Mapping[str, Any]]) -> dict[str, Service]:
    """Pairs the two schemas by position, which is how SGD-X keeps them aligned."""
    services = {}
    for old, new in zip(original, reworded, strict=True):
        names = [slot["name"] for slot in old["slots"]]
        services[old["service_name"]] = Service(
            slots=dict(zip(names, new["slots"], strict=True)),
            intents={a["name"]: b for a, b in zip(old["intents"], new["intents"], strict=True)},
            renamed=dict(zip(names, [slot["name"] for slot in new["slots"]], strict=True)),
        )
    return services


def _dialogue(
    dialogue: Mapping[str, Any], wordings: list[dict[str, Service]], rng: random.Random, unseen: set[str] | None
) -> Iterator[Example]:
    for turn in _turns(dialogue["turns"]):
        if unseen is not None and turn.service not in unseen:
            continue
        wording = rng.choice(wordings[1:]) if len(wordings) > 1 and rng.random() < PARAPHRASED else wordings[0]
        row = _row(turn, wording[turn.service], rng)
        if row is not None:
            yield row
    if unseen is None and rng.random() < DECLINED:
        yield from _closing(dialogue, wordings[0], rng)


def _turns(turns: Sequence[Mapping[str, Any]]) -> Iterator[Turn]:
    """Every user turn that informs something, once for its own words and once for the call that follows it."""
    for index, turn in enumerate(turns):
        if turn["speaker"] != "USER":
            continue
        following = turns[index + 1]["frames"] if index + 1 < len(turns) else []
        calls = {frame["service"]: frame["service_call"] for frame in following if "service_call" in frame}
        for frame in turn["frames"]:
            state, service = frame["state"], frame["service"]
            if service in calls:
                call = calls[service]
                spoken = state["slot_values"]
                values = {slot: [*spoken.get(slot, ()), value] for slot, value in call["parameters"].items()}
                yield Turn(turns[: index + 1], service, call["method"], values, complete=True)
            elif state["active_intent"] != "NONE" and _says_something(frame):
                yield Turn(turns[: index + 1], service, state["active_intent"], state["slot_values"], complete=False)


def _says_something(frame: Mapping[str, Any]) -> bool:
    return any(action["act"] in ("INFORM", "INFORM_INTENT") for action in frame["actions"])


def _row(turn: Turn, service: Service, rng: random.Random) -> Example | None:
    shown = _shown(turn, service, rng)
    if shown is None:
        return None
    start, given = shown
    if not given and rng.random() > BARE_INTENT:
        return None
    camel = rng.random() < 0.5
    tools = {name: _tool(name, service, given if name == turn.intent else None, camel) for name in service.intents}
    arguments = {service.renamed[slot]: value for slot, value in given.items()}
    messages = [_message(earlier) for earlier in turn.history[start:]]
    others = [tool for name, tool in tools.items() if name != turn.intent]
    return rows.call_row(tools[turn.intent], arguments, messages, source=SOURCE, licence=LICENCE, alternatives=others)


def _shown(turn: Turn, service: Service, rng: random.Random) -> tuple[int, dict[str, Any]] | None:
    """Where the shown context starts and the grounded values in it: the shortest context that says it all, sometimes
    longer. None where no context of at most MAX_EARLIER earlier turns says it all, or names the intent."""
    last = len(turn.history) - 1
    starts = [start for start in range(last, max(-1, last - MAX_EARLIER - 1), -2) if start >= 0]
    if not turn.complete:
        opened = next((start for start in starts if _opens(turn.history[start], turn)), None)
        return None if opened is None else (opened, _grounded(turn, service, _words(turn.history[opened:])))
    for position, start in enumerate(starts):
        given = _grounded(turn, service, _words(turn.history[start:]))
        if len(given) == _expected(turn):
            longer = starts[min(len(starts) - 1, position + rng.choice((0, 0, 0, 1, 2)))]
            return longer, given
    return None


def _opens(turn: Mapping[str, Any], wanted: Turn) -> bool:
    return any(
        frame["service"] == wanted.service
        and any(action["act"] == "INFORM_INTENT" and wanted.intent in action["values"] for action in frame["actions"])
        for frame in turn["frames"]
    )


def _expected(turn: Turn) -> int:
    return sum(1 for values in turn.values.values() if "dontcare" not in values)


def _words(turns: Sequence[Mapping[str, Any]]) -> str:
    return "\n".join(turn["utterance"] for turn in turns if turn["speaker"] == "USER")


def _grounded(turn: Turn, service: Service, words: str) -> dict[str, Any]:
    slots = set(_slots(service.intents[turn.intent], service))
    found = {}
    for slot, values in turn.values.items():
        value = _value(service.slots[slot], slot, values, words) if slot in slots else None
        if value is not None and "dontcare" not in values:
            found[slot] = value
    return found


def _slots(intent: Mapping[str, Any], service: Service) -> list[str]:
    """The original names of an intent's slots, required ones first."""
    originals = {new: old for old, new in service.renamed.items()}
    return [originals[name] for name in (*intent["required_slots"], *intent["optional_slots"])]


def _value(slot: Mapping[str, Any], original: str, values: Sequence[str], words: str) -> Any:
    """The slot's value as JSON, or None where the words do not show it."""
    possible = set(slot["possible_values"])
    if possible == {"True", "False"}:
        return values[-1] == "True" if _mentions(f"{original} {slot['name']}", words) else None
    if slot["is_categorical"] and all(value.isdigit() for value in possible):
        return rows.integer_in(values[-1], words)
    if slot["is_categorical"]:
        return next((value for value in values if value in possible and rows.as_written(value, words)), None)
    return next((written for value in values if (written := rows.as_written(value, words))), None)


def _mentions(names: str, words: str) -> bool:
    """Whether a yes/no slot is spoken of at all: a content word of its names occurs in the words."""
    stems = {word[:5] for word in re.findall(r"[a-z]+", names.lower().replace("_", " ")) if len(word) > 3}
    lowered = words.lower()
    return any(stem in lowered for stem in stems)


def _tool(name: str, service: Service, given: Mapping[str, Any] | None, camel: bool) -> rows.Tool:
    """An intent as a tool. A call in the making requires only what the user already gave: the rest is optional."""
    intent = service.intents[name]
    slots = _slots(intent, service)
    required = [service.renamed[slot] for slot in slots if service.renamed[slot] in intent["required_slots"]]
    if given is not None:
        present = {service.renamed[slot] for slot in given}
        required = [slot for slot in required if slot in present]
    properties = {service.renamed[slot]: _property(service.slots[slot]) for slot in slots}
    title = intent["name"] if camel else rows.snake_case(intent["name"])
    return rows.build_tool(title, intent["description"], properties, required)


def _property(slot: Mapping[str, Any]) -> dict[str, Any]:
    described = {"description": slot["description"]}
    possible = slot["possible_values"]
    if set(possible) == {"True", "False"}:
        return {"type": "boolean", **described}
    if slot["is_categorical"] and all(value.isdigit() for value in possible):
        return {"type": "integer", **described}
    if slot["is_categorical"]:
        return {"type": "string", **described, "enum": list(possible)}
    return {"type": "string", **described}


def _message(turn: Mapping[str, Any]) -> dict[str, str]:
    make = rows.user if turn["speaker"] == "USER" else rows.assistant
    return make(turn["utterance"])


def _closing(dialogue: Mapping[str, Any], wording: Mapping[str, Service], rng: random.Random) -> Iterator[Example]:
    """The user's last words when they only thank or leave: nothing is to be called."""
    last = next(turn for turn in reversed(dialogue["turns"]) if turn["speaker"] == "USER")
    acts = {action["act"] for frame in last["frames"] for action in frame["actions"]}
    if acts <= {"GOODBYE", "THANK_YOU", "NEGATE"}:
        service = wording[rng.choice(dialogue["services"])]
        offered = [_tool(name, service, None, camel=False) for name in service.intents]
        yield rows.decline_row(offered, [rows.user(last["utterance"])], source=SOURCE, licence=LICENCE)
