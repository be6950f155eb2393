"""Home-LLM piles: phrases for devices of a house, with their actions, and refusals (acon96/home-llm, MIT).

Templates are filled with device names, to-do items and numbers. A refused phrase is declined because the tools on
offer act on other kinds of devices. Only the piles are read, none of the data sets the upstream models used.
"""

from __future__ import annotations

import csv
import random
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from training.example import Example
from training.sources import rows

SOURCE = "home-llm"
LICENCE = "MIT"
FILLINGS = 12  # rows a template with a device in it gives
_BLANK = re.compile(r"<(\w+)>")

# blank in a phrase → (parameter, its schema)
_PARAMETERS: Mapping[str, tuple[str, dict[str, Any]]] = {
    "device_name": ("device", {"type": "string", "description": "Name of the device"}),
    "brightness": ("brightness", {"type": "integer", "description": "Brightness in percent"}),
    "color": ("color", {"type": "string", "description": "Colour of the light"}),
    "duration": ("duration", {"type": "string", "description": "How long"}),
    "fan_mode": ("fan_mode", {"type": "string", "description": "Mode of the fan"}),
    "humidity": ("humidity", {"type": "integer", "description": "Humidity in percent"}),
    "hvac_mode": ("mode", {"type": "string", "description": "Heating or cooling mode"}),
    "temp_c": ("temperature", {"type": "integer", "description": "Temperature in degrees"}),
    "temp_f": ("temperature", {"type": "integer", "description": "Temperature in degrees"}),
    "todo": ("item", {"type": "string", "description": "What is to be done"}),
}
_RANGES = {"brightness": (1, 100), "humidity": (10, 90), "temp_c": (10, 30), "temp_f": (50, 90)}
_COLORS = ("red", "green", "blue", "purple", "yellow", "orange", "teal", "pink", "violet", "warm white")
_MODES = {
    "fan_mode": ("low", "medium", "high", "auto"),
    "hvac_mode": ("heat", "cool", "auto", "dry", "fan only", "off"),
}


class _House:
    """The piles of one folder: device names by kind, items and durations."""

    def __init__(self, folder: Path) -> None:
        self.devices: dict[str, list[str]] = {}
        for record in _records(folder, "device_names"):
            kind = record["device_name"].split(".")[0]
            self.devices.setdefault(kind, []).append(record["description"])
        items = rows.paths(folder, "english/pile_of_todo_items.txt", source=SOURCE)[0].read_text(encoding="utf-8")
        self.items = [line.strip() for line in items.splitlines() if line.strip()]
        self.durations = [record["name"].lower() for record in _records(folder, "durations")]

    def fill(self, blank: str, kind: str, rng: random.Random) -> str | int | None:
        """A value for one blank of a phrase, or None where the piles have nothing for it."""
        if blank in _RANGES:
            return rng.randint(*_RANGES[blank])
        pool: Sequence[str] = {
            "device_name": self.devices.get(kind, ()),
            "todo": self.items,
            "duration": self.durations,
            "color": _COLORS,
            **_MODES,
        }.get(blank, ())
        return rng.choice(pool) if pool else None


def read(folder: Path, split: str) -> Iterator[Example]:
    """Rows of `train`, the only split. Raises UsageError when the folder has another layout."""
    rows.require_split(split, ("train",), source=SOURCE)
    rng = rows.seeded(SOURCE, split)
    house = _House(folder)
    templates = [record for record in _records(folder, "templated_actions") if "|" not in record["service"]]
    tools = _tools(templates)
    for record in templates:
        for _ in range(FILLINGS):
            row = _action(record, tools, house, rng)
            if row is not None:
                yield row
    for record in _records(folder, "specific_actions"):
        row = _specific(record, tools)
        if row is not None:
            yield row
    for record in _records(folder, "refusals"):
        yield _refusal(record, tools, rng)


def _records(folder: Path, pile: str) -> Iterator[dict[str, str]]:
    path = rows.paths(folder, f"english/pile_of_{pile}.csv", source=SOURCE)[0]
    with path.open(encoding="utf-8-sig", newline="") as lines:
        yield from csv.DictReader(lines, skipinitialspace=True)


def _tools(templates: Sequence[Mapping[str, str]]) -> dict[tuple[str, str], rows.Tool]:
    """One tool for each action of a kind of device, with a parameter for every blank its phrases have."""
    blanks: dict[tuple[str, str], dict[str, dict[str, Any]]] = {}
    for record in templates:
        parameters = blanks.setdefault((record["device_type"], record["service"]), {})
        for blank in _BLANK.findall(record["phrase"]):
            if blank in _PARAMETERS:
                parameters.setdefault(*_PARAMETERS[blank])
    return {
        (kind, service): rows.build_tool(f"{kind}_{service}", _describe(kind, service), parameters, ["device", "item"])
        for (kind, service), parameters in blanks.items()
    }


def _describe(kind: str, service: str) -> str:
    """`light`, `turn_on` is described "Turn on: light"."""
    return f"{service.replace('_', ' ').capitalize()}: {kind.replace('_', ' ')}"


def _call(
    key: tuple[str, str], arguments: Mapping[str, Any], text: str, tools: Mapping[tuple[str, str], rows.Tool]
) -> Example:
    others = [tool for other, tool in tools.items() if other[0] == key[0] and other != key]
    return rows.call_row(tools[key], arguments, [rows.user(text)], source=SOURCE, licence=LICENCE, alternatives=others)


def _action(
    record: Mapping[str, str], tools: Mapping[tuple[str, str], rows.Tool], house: _House, rng: random.Random
) -> Example | None:
    kind = record["device_type"]
    blanks = _BLANK.findall(record["phrase"])
    values = {blank: house.fill(blank, kind, rng) for blank in blanks}
    arguments = {_PARAMETERS[blank][0]: value for blank, value in values.items() if blank in _PARAMETERS}
    if len(arguments) < len(blanks) or None in values.values():
        return None
    text = _BLANK.sub(lambda match: str(values[match.group(1)]), record["phrase"])
    key = (kind, record["service"])
    missing = [name for name in tools[key]["parameters"]["required"] if name not in arguments]
    return None if missing else _call(key, arguments, text, tools)


def _specific(record: Mapping[str, str], tools: Mapping[tuple[str, str], rows.Tool]) -> Example | None:
    """A phrase written for one device; kept where the phrase spells the device's name."""
    kind, _, service = record["service_name"].partition(".")
    device = rows.as_written(record["device_name"].replace("_", " "), record["phrase"])
    if device is None or tools.get((kind, service), {}).get("parameters", {}).get("required") != ["device"]:
        return None
    return _call((kind, service), {"device": device}, record["phrase"], tools)


def _refusal(record: Mapping[str, str], tools: Mapping[tuple[str, str], rows.Tool], rng: random.Random) -> Example:
    kind = record["service_name"].split(".")[0]
    elsewhere = [tool for (other, _), tool in tools.items() if other != kind]
    text = record["phrase"].replace("<device_name>", record["friendly_name"])
    offered = rng.sample(elsewhere, min(len(elsewhere), rng.randint(1, 4)))
    return rows.decline_row(offered, [rows.user(text)], source=SOURCE, licence=LICENCE)
