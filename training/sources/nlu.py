"""NLU-Evaluation-Data: home-assistant requests, 64 intents, spans as arguments (xliuhw/NLU-Evaluation-Data, CC BY 4.0).

Small talk (`general_*` except jokes) asks for no tool: a share of it becomes rows to decline.
"""

from __future__ import annotations

import csv
import random
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from training.example import Example
from training.sources import rows
from training.sources.nlu_tools import ENTITIES, INTENTS

SOURCE = "nlu-evaluation-data"
LICENCE = "CC-BY-4.0"
SMALL_TALK = 0.5  # share of small talk kept, as rows to decline
BARE = 0.5  # share of requests without any value that is kept

_SPAN = re.compile(r"\[\s*([^:\[\]]+?)\s*:\s*([^\]]*?)\s*\]")
_DIRECTIONS = {"from": "origin", "to": "destination"}


def read(folder: Path, split: str) -> Iterator[Example]:
    """Rows of `train` or `test`. Raises UsageError when the folder has another layout or the split does not exist."""
    rows.require_split(split, ("train", "test"), source=SOURCE)
    rng = rows.seeded(SOURCE, split)
    for path in rows.paths(folder / split, "*.csv", source=SOURCE):
        with path.open(encoding="utf-8", newline="") as lines:
            for record in csv.DictReader(lines, delimiter=";"):
                row = _row(record, rng)
                if row is not None:
                    yield row


def _row(record: Mapping[str, str], rng: random.Random) -> Example | None:
    intent = f"{record['scenario']}_{record['intent']}"
    annotation = record["answer_annotation"] or ""
    if annotation.lower() in ("", "null"):
        return None
    if intent not in INTENTS:
        return _declined(record, rng) if rng.random() < SMALL_TALK else None
    text, values = _grounded(record, _spans(annotation, intent))
    if values is None or (not values and rng.random() > BARE):
        return None
    tool = _tool(intent, values, rng)
    others = [_tool(name, {}, rng) for name in _siblings(intent)]
    return rows.call_row(tool, values, [rows.user(text)], source=SOURCE, licence=LICENCE, alternatives=others)


def _declined(record: Mapping[str, str], rng: random.Random) -> Example:
    offered = [_tool(name, {}, rng) for name in rng.sample(sorted(INTENTS), rng.randint(1, 4))]
    text = _SPAN.sub(r"\2", record["answer_annotation"])
    spoken = record.get("answer_from_user") or text
    return rows.decline_row(offered, [rows.user(spoken)], source=SOURCE, licence=LICENCE)


def _siblings(intent: str) -> list[str]:
    scenario = intent.split("_")[0]
    return [name for name in INTENTS if name.split("_")[0] == scenario and name != intent]


def _spans(annotation: str, intent: str) -> list[tuple[str, str]]:
    """(parameter, words) of every span. Journeys tell origin from destination by the word before the place, and the
    two currencies of an exchange come in order."""
    spans: list[tuple[str, str]] = []
    for match in _SPAN.finditer(annotation):
        entity, words = match.group(1), match.group(2)
        before = annotation[: match.start()].split()
        if entity == "place_name" and intent.startswith("transport") and before and before[-1] in _DIRECTIONS:
            entity = _DIRECTIONS[before[-1]]
        if entity == "currency_name":
            entity = "to_currency" if any(name == "from_currency" for name, _ in spans) else "from_currency"
        spans.append((entity, words))
    return spans


def _grounded(record: Mapping[str, str], spans: Sequence[tuple[str, str]]) -> tuple[str, dict[str, str] | None]:
    """The user's own spelling where every value occurs in it, else the annotator's. None where a name occurs twice or
    has no description."""
    if len({name for name, _ in spans}) < len(spans) or any(name not in ENTITIES for name, _ in spans):
        return "", None
    for text in (record.get("answer_from_user") or "", _SPAN.sub(r"\2", record["answer_annotation"])):
        text = " ".join(text.split())
        found = {ENTITIES[name][0]: rows.as_written(words, text) for name, words in spans}
        if text and len(found) == len(spans) and all(found.values()):
            return text, {name: written for name, written in found.items() if written}
    return "", None


def _tool(intent: str, values: Mapping[str, str], rng: random.Random) -> rows.Tool:
    """The intent's tool: its usual parameters in their order, then any other parameter the request gives."""
    name, description, usual = INTENTS[intent]
    described = dict(ENTITIES.values())
    kept = [ENTITIES[entity][0] for entity in usual]
    kept = [key for key in kept if key in values or rng.random() < 0.7] + [key for key in values if key not in kept]
    properties = {key: {"type": "string", "description": described[key]} for key in kept}
    required = [key for key in values if rng.random() < 0.5]
    return rows.build_tool(name, description, properties, required)
