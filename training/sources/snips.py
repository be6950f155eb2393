"""SNIPS voice requests: seven intents, spans as arguments (sonos/nlu-benchmark, 2017-06, CC0).

Some upstream files are UTF-8, some latin-1. Requests in which one kind of span occurs twice are left out.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from training.example import Example
from training.sources import rows

SOURCE = "snips"
LICENCE = "CC0-1.0"
_COUNTS = ("rating_value", "best_rating", "party_size_number", "year")

_INTENTS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "AddToPlaylist": (
        "Add a song, an album or an artist to a playlist",
        {
            "playlist": "Name of the playlist",
            "entity_name": "Title of what is added",
            "artist": "Artist whose music is added",
            "music_item": "Kind of item, such as song or album",
            "playlist_owner": "Whose playlist it is",
        },
    ),
    "BookRestaurant": (
        "Book a table at a restaurant",
        {
            "restaurant_name": "Name of the restaurant",
            "restaurant_type": "Kind of place, such as bar or bistro",
            "cuisine": "Style of cooking",
            "served_dish": "Dish the place should serve",
            "timeRange": "When the table is wanted",
            "party_size_number": "How many people come",
            "party_size_description": "Who comes",
            "city": "City of the restaurant",
            "state": "State or region",
            "country": "Country of the restaurant",
            "poi": "Place the restaurant should be near",
            "spatial_relation": "How near it should be",
            "facility": "Something the place must offer",
            "sort": "How to rank the places",
        },
    ),
    "GetWeather": (
        "Get the weather forecast for a place",
        {
            "city": "City to look up",
            "state": "State or region",
            "country": "Country to look up",
            "geographic_poi": "Park, lake or other spot to look up",
            "current_location": "Words for the place where the user is",
            "spatial_relation": "How near to the place",
            "timeRange": "When the forecast is for",
            "condition_description": "Weather asked about, such as rain",
            "condition_temperature": "Temperature asked about, such as cold",
        },
    ),
    "PlayMusic": (
        "Play music from a streaming service",
        {
            "track": "Title of the track",
            "album": "Title of the album",
            "artist": "Name of the artist",
            "playlist": "Name of the playlist",
            "genre": "Musical genre",
            "year": "Year the music is from",
            "music_item": "Kind of item, such as song or album",
            "sort": "Which to prefer, such as best or latest",
            "service": "Streaming service to use",
        },
    ),
    "RateBook": (
        "Give a book a rating",
        {
            "object_name": "Title of the book",
            "rating_value": "Rating to give",
            "best_rating": "Highest rating possible",
            "rating_unit": "Unit of the rating, such as stars",
            "object_type": "Kind of work",
            "object_select": "Which one is meant, such as this or the last",
            "object_part_of_series_type": "Part of a series it is",
        },
    ),
    "SearchCreativeWork": (
        "Find a book, film, game, song or other work",
        {"object_name": "Title of the work", "object_type": "Kind of work"},
    ),
    "SearchScreeningEvent": (
        "Find when and where a film is shown",
        {
            "movie_name": "Title of the film",
            "movie_type": "Kind of film",
            "object_type": "What to find, such as schedule or showtimes",
            "location_name": "Name of the cinema or chain",
            "object_location_type": "Kind of place that shows it",
            "spatial_relation": "How near the place should be",
            "timeRange": "When it is shown",
        },
    ),
}


def read(folder: Path, split: str) -> Iterator[Example]:
    """`train`: the full training files; `test`: the validation files. Raises UsageError on another layout or split."""
    rows.require_split(split, ("train", "test"), source=SOURCE)
    rng = rows.seeded(SOURCE, split)
    pattern = "**/train_*_full.json" if split == "train" else "**/validate_*.json"
    for path in rows.paths(folder, pattern, source=SOURCE):
        for intent, requests in _load(path).items():
            for request in requests:
                row = _row(intent, request["data"], rng)
                if row is not None:
                    yield row


def _load(path: Path) -> dict[str, Any]:
    raw = path.read_bytes()
    try:
        return dict(json.loads(raw.decode("utf-8")))
    except UnicodeDecodeError:
        return dict(json.loads(raw.decode("latin-1")))


def _row(intent: str, parts: Sequence[Mapping[str, str]], rng: random.Random) -> Example | None:
    named = [part for part in parts if "entity" in part]
    values = {part["entity"]: _value(part) for part in named}
    text = " ".join("".join(part["text"] for part in parts).split())
    grounded = all(not isinstance(value, str) or value in text for value in values.values())
    if len(values) < len(named) or None in values.values() or not grounded:
        return None
    tool = _tool(intent, values, rng)
    others = [_tool(name, None, rng) for name in _INTENTS if name != intent]
    return rows.call_row(tool, values, [rows.user(text)], source=SOURCE, licence=LICENCE, alternatives=others)


def _value(part: Mapping[str, str]) -> str | int | None:
    """A count as a whole number, anything else as written; None where a count is no plain number."""
    text = part["text"].strip()
    if part["entity"] not in _COUNTS:
        return " ".join(text.split()) or None
    if text.isdecimal():
        return int(text)
    return rows.NUMBER_WORDS.index(text.lower()) if text.lower() in rows.NUMBER_WORDS else None


def _tool(intent: str, values: Mapping[str, Any] | None, rng: random.Random) -> rows.Tool:
    """The intent with the parameters given and some of the others: schemas then differ from row to row."""
    description, slots = _INTENTS[intent]
    given = values or {}
    kept = [slot for slot in slots if slot in given or rng.random() < 0.5]
    properties = {
        slot: {"type": "integer" if slot in _COUNTS else "string", "description": slots[slot]} for slot in kept
    }
    required = [slot for slot in given if rng.random() < 0.5]
    return rows.build_tool(intent, description, properties, required)
