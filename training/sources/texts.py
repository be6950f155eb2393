"""Words and sentences of the public texts: the raw material of free-text values. Invents words, draws no values."""

from __future__ import annotations

import csv
import json
import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from training.sources import rows

_VOWELS = ("a", "e", "i", "o", "u", "a", "e", "i", "o", "ai", "ea", "io", "ou")
_SINGLE_CONSONANTS = tuple("bcdfghjklmnprstvwz")
_CLUSTERS = ("br", "cr", "dr", "fr", "gr", "kr", "pr", "st", "tr", "bl", "cl", "fl", "gl", "pl", "sl", "sh", "ch", "th")
_CONSONANTS = _SINGLE_CONSONANTS + _CLUSTERS
_ENDINGS = ("", "n", "r", "s", "x", "lt", "m")


@dataclass(frozen=True)
class Texts:
    """Words and whole sentences of public texts, the raw material of free-text values."""

    words: tuple[str, ...]
    sentences: tuple[str, ...]


def read_texts(data: Path) -> Texts:
    """Texts from the training splits of SNIPS, NLU-Evaluation-Data and Taskmaster found under `data`; a small pool of
    invented words where none is found."""
    sentences: dict[str, None] = {}
    for path in sorted((data / "nlu-evaluation-data" / "train").glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as lines:
            for record in csv.DictReader(lines, delimiter=";"):
                sentences[" ".join((record["answer_from_user"] or "").split())] = None
    for path in sorted((data / "snips").glob("**/train_*_full.json")):
        for requests in json.loads(path.read_bytes().decode("utf-8", "replace")).values():
            for request in requests:
                sentences["".join(part["text"] for part in request["data"]).strip()] = None
    for path in sorted((data / "taskmaster").glob("*/data/data_*.json"))[:2]:
        for dialogue in rows.load_json(path):
            for turn in dialogue["utterances"]:
                sentences[" ".join(turn["text"].split())] = None
    return make_texts(sentences)


def make_texts(sentences: Sequence[str] | Mapping[str, Any]) -> Texts:
    """Texts of the given sentences, in their order; those with quotes, brackets or odd characters are left out."""
    kept = [text for text in sentences if 8 <= len(text) <= 110 and re.fullmatch(r"[\w ,.'?!:&$%-]+", text)]
    words = dict.fromkeys(word for text in kept for word in re.findall(r"[A-Za-z]{3,14}", text))
    if len(words) < 200:
        rng = random.Random(len(words))
        words.update(dict.fromkeys(invent_word(rng) for _ in range(400)))
    return Texts(tuple(words), tuple(kept) or tuple(" ".join(list(words)[i : i + 5]) for i in range(0, 200, 5)))


def invent_word(rng: random.Random) -> str:
    """A pronounceable word nobody has seen."""
    syllables = (rng.choice(_CONSONANTS) + rng.choice(_VOWELS) for _ in range(rng.randint(1, 3)))
    return "".join(syllables) + rng.choice(_ENDINGS)
