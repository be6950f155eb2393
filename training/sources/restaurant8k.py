"""RESTAURANTS-8K: booking requests with labelled spans (PolyAI-LDN/task-specific-datasets, CC BY 4.0).

A short answer such as "13" is shown after the question it answers. Turns without any value are declined in part.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from training.example import Example
from training.sources import rows

SOURCE = "restaurant8k"
LICENCE = "CC-BY-4.0"
DECLINED = 0.2  # share of turns without a value that becomes rows to decline

_DESCRIPTIONS = {
    "people": ("Number of guests", "How many people come", "Size of the party"),
    "date": ("Day of the booking", "Date of the visit", "When, as a day"),
    "time": ("Time of the booking", "When the table is wanted", "Hour of arrival"),
    "first_name": ("First name of the guest", "Given name for the booking"),
    "last_name": ("Last name of the guest", "Family name for the booking"),
}
_TOOLS = (
    ("book_table", "Book a table at the restaurant"),
    ("make_reservation", "Reserve a table for guests"),
    ("update_booking", "Add details to a table booking"),
    ("reserve", "Make a dinner reservation"),
)
_OPENINGS = ("I'd like to book a table.", "Can I make a reservation?", "A table, please.", "I want to reserve a table")


def read(folder: Path, split: str) -> Iterator[Example]:
    """Rows of `train` or `test`. Raises UsageError when the folder has another layout or the split does not exist."""
    rows.require_split(split, ("train", "test"), source=SOURCE)
    rng = rows.seeded(SOURCE, split)
    for path in rows.paths(folder, "train_*.json" if split == "train" else "test.json", source=SOURCE):
        for turn in rows.load_json(path):
            row = _row(turn, rng)
            if row is not None:
                yield row


def _row(turn: Mapping[str, Any], rng: random.Random) -> Example | None:
    text = turn["userInput"]["text"]
    labels = turn.get("labels", [])
    values = {label["slot"]: _span(text, label.get("valueSpan", {})) for label in labels}
    asked = (turn.get("context") or {}).get("requestedSlots", [])
    if not labels:
        declined = not asked and rng.random() < DECLINED
        tool = _tool({}, rng)
        return rows.decline_row([tool], [rows.user(text)], source=SOURCE, licence=LICENCE) if declined else None
    if len(values) < len(labels) or not all(values.values()):
        return None
    arguments = {slot: _argument(slot, value) for slot, value in values.items()}
    return rows.call_row(_tool(arguments, rng), arguments, _messages(text, asked, rng), source=SOURCE, licence=LICENCE)


def _span(text: str, span: Mapping[str, int]) -> str:
    """Upstream leaves out a start of 0 and an end at the end of the text."""
    return text[span.get("startIndex", 0) : span.get("endIndex", len(text))].strip()


def _argument(slot: str, value: str) -> str | int:
    """A plain count of people as a number, everything else as written."""
    if slot != "people":
        return value
    if value.isdecimal():
        return int(value)
    return rows.NUMBER_WORDS.index(value.lower()) if value.lower() in rows.NUMBER_WORDS else value


def _messages(text: str, asked: Sequence[str], rng: random.Random) -> list[dict[str, str]]:
    if not asked:
        return [rows.user(text)]
    wanted = " and ".join(dict.fromkeys(slot.replace("_", " ") for slot in asked))
    question = rng.choice(("What is the {}?", "May I have the {}, please?", "And the {}?", "Which {}?")).format(wanted)
    return [rows.user(rng.choice(_OPENINGS)), rows.assistant(question), rows.user(text)]


def _tool(arguments: Mapping[str, Any], rng: random.Random) -> rows.Tool:
    """The booking tool under one of its wordings, with the parameters given and most of the others."""
    name, description = rng.choice(_TOOLS)
    kept = [slot for slot in _DESCRIPTIONS if slot in arguments or rng.random() < 0.7]
    properties = {slot: _property(slot, arguments.get(slot), rng) for slot in kept}
    return rows.build_tool(name, description, properties, [slot for slot in arguments if rng.random() < 0.5])


def _property(slot: str, value: object, rng: random.Random) -> dict[str, Any]:
    kind = "integer" if isinstance(value, int) or (slot == "people" and value is None) else "string"
    return {"type": kind, "description": rng.choice(_DESCRIPTIONS[slot])}
