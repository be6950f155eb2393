"""Firings of a potter's kiln, a small domain nothing here was trained on: requests by a grammar, and what they say.

    draw(rng, WIDE)       a request and its output
    truth(text)           what a request says, where the grammar could have made it; None otherwise

Some wordings are kept from the teacher (FRESH), so that held-out requests are new to teacher and student alike.
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence
from typing import Any

NAME = "kiln-firing"
DESCRIPTION = (
    "Note the firing of a piece of pottery in a kiln: the piece, its clay, the peak temperature, the minutes it is "
    "held, the atmosphere. Use for requests from a ceramics studio."
)
SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "properties": {
        "piece": {"type": "string", "description": "what is fired", "maxLength": 48},
        "clay": {"enum": ["stoneware", "porcelain", "earthenware", "raku"]},
        "peak": {"type": "integer", "description": "degrees Celsius"},
        "hold": {"type": "integer", "description": "minutes at the peak"},
        "air": {"enum": ["oxidation", "reduction"]},
    },
    "required": ["piece", "clay", "peak", "air"],
    "additionalProperties": False,
}
CLAYS: Sequence[str] = ("stoneware", "porcelain", "earthenware", "raku")
AIR: Mapping[str, Sequence[str]] = {
    "oxidation": ("oxidation", "oxidation", "an oxidising fire", "plenty of air"),
    "reduction": ("reduction", "reduction", "a reducing fire", "hardly any air"),
}
LOOKS = (
    "tall", "round", "carved", "blue", "speckled", "small", "oval", "ribbed", "black", "footed", "large", "faceted",
    "white", "thin", "lidded", "square", "green", "fluted", "shallow", "deep", "celadon", "striped", "brown", "pinched",
)  # fmt: skip
THINGS = (
    "vase", "teapot", "bowl", "mug", "plate", "jug", "planter", "tile", "platter", "cup", "pitcher", "bottle", "urn",
    "dish", "tray", "lamp", "jar", "basin", "figure", "candlestick", "saucer", "goblet", "whistle", "bell",
)  # fmt: skip
WIDE = (
    "fire the {piece} in {clay} to {peak} degrees in {air}{hold}",
    "please note a firing: {piece}, {clay}, {peak} degrees, {air}{hold}",
    "{clay} {piece} goes to {peak} degrees in {air}{hold}",
    "kiln log: the {piece} is {clay}, peak {peak} degrees, {air}{hold}",
    "I want my {piece} fired at {peak} degrees in {air}; the clay is {clay}{hold}",
    "put the {piece} into the kiln, {air}, {peak} degrees, it is {clay}{hold}",
    "for the {clay} {piece} choose {air} with a peak of {peak} degrees{hold}",
    "Peak {peak} degrees in {air} for a {piece} made of {clay}{hold}",
    "could you log that the {piece} ({clay}) was taken to {peak} degrees in {air}{hold}",
    "{air} firing of a {piece} in {clay}, up to {peak} degrees{hold}",
    "the {piece} of {clay} needs {peak} degrees and {air}{hold}",
    "bring a {clay} {piece} up to {peak} degrees under {air}{hold}",
)
FRESH = (
    "we shall take the {piece}, thrown in {clay}, as far as {peak} degrees under {air}{hold}",
    "{peak} degrees, {air}, {clay}: that is what the {piece} gets{hold}",
    "schedule {air} to {peak} degrees for our {piece}, {clay} this time{hold}",
    "the student's {piece} is ready; {clay}, so {peak} degrees in {air}{hold}",
)
HOLDS = (", hold {n} minutes", ", held for {n} minutes", " with {n} minutes at the top", " and stay there {n} minutes")
BEFORE = ("", "", "", "hello, ", "for tomorrow: ", "studio note, ", "hi there, ", "as agreed, ")
AFTER = ("", "", "", " please", ", thanks", ", it is for the fair")
_PIECE = re.compile(rf"\b((?:{'|'.join(LOOKS)}) (?:{'|'.join(THINGS)}))\b")
_PEAK, _HOLD = re.compile(r"\b(\d{3,4}) degrees"), re.compile(r"\b(\d{1,2}) minutes")


def draw(rng: random.Random, forms: Sequence[str]) -> tuple[str, dict[str, Any]]:
    """A request in one of the `forms`, and its output in schema order."""
    said: dict[str, Any] = {
        "piece": f"{rng.choice(LOOKS)} {rng.choice(THINGS)}",
        "clay": rng.choice(CLAYS),
        "peak": rng.randrange(780, 1320, 5),
    }
    if rng.random() < 0.4:
        said["hold"] = rng.randrange(5, 95)
    said["air"] = rng.choice(sorted(AIR))
    hold = rng.choice(HOLDS).format(n=said["hold"]) if "hold" in said else ""
    words = {**said, "air": rng.choice(AIR[said["air"]]), "hold": hold}
    text = rng.choice(BEFORE) + rng.choice(forms).format(**words) + rng.choice(AFTER)
    return text, said


def truth(text: str) -> dict[str, Any] | None:
    """By the words of the domain, each of which has to stand there once."""
    pieces, peaks, holds = _PIECE.findall(text), _PEAK.findall(text), _HOLD.findall(text)
    clays = [clay for clay in CLAYS if clay in text]
    airs = [name for name, words in AIR.items() if any(word in text for word in words)]
    if not (len(pieces) == len(peaks) == len(clays) == len(airs) == 1 and len(holds) < 2):
        return None
    said: dict[str, Any] = {"piece": pieces[0], "clay": clays[0], "peak": int(peaks[0])}
    return {**said, **({"hold": int(holds[0])} if holds else {}), "air": airs[0]}


def seeds(count: int = 20) -> list[dict[str, Any]]:
    """What a person writes down to begin with."""
    return _rows(random.Random("seeds"), WIDE, count)


def held_out(count: int, seen: Sequence[str] = ()) -> list[dict[str, Any]]:
    """Requests to measure on, half of them in wordings the teacher never met; none of `seen`."""
    rng = random.Random("held out")
    both = [*_rows(rng, WIDE, count), *_rows(rng, FRESH, count)]
    fresh = [row for row in both if row["request"] not in seen]
    return [row for pair in zip(fresh[:count], fresh[count:], strict=False) for row in pair][:count]


def _rows(rng: random.Random, forms: Sequence[str], count: int) -> list[dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    while len(found) < count:
        text, said = draw(rng, forms)
        found.setdefault(text, said)
    return [{"request": text, "output": said} for text, said in found.items()]
