"""Reads what a question about records is after: two small heads on the encoder, one for the act, one for each word.

The act ("count", "sum", "list") is read off the sentence; what each word does in it (wanted, restricting, ordering) off
its own vector and the sentence's. A word that restricts and stands for nothing a tool knows leaves the question unread,
because an answer that forgot it would be wrong. See `router.questions` for the letters.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from router.encoder import WIDTH, Encoder, Floats, TokenVectors, unit
from router.errors import WeightsRefused
from router.logistic import Head
from router.questions import BEYOND, OTHER, UNSURE, Question, Reading

WEIGHTS = Path(__file__).parents[1] / "adapters" / "router" / "questions.safetensors"
SURE = 0.6  # probability of an act; below it the question is left unread
SETTLED = 0.6  # probability of a role; below it the role is left to whoever asked
MISSED = 0.5  # probability that a word restricts by something unknown
REMEMBERED = 64  # questions


class Heads(NamedTuple):
    acts: Head
    roles: Head


class Features(NamedTuple):
    """`sentence` [1, 768]: what the words mean in it, and by themselves. `words` [w, 768]: of each of `spans`."""

    sentence: Floats
    words: Floats
    spans: tuple[tuple[int, int], ...]


def features(encoder: Encoder, sentences: Sequence[str]) -> list[Features]:
    """Of each sentence and every word of it, letters too."""
    read, plain = encoder.tokens_of(sentences), encoder.tokens_of(sentences, 0)
    return [_features(*each) for each in zip(sentences, read, plain, strict=True)]


def _features(sentence: str, read: TokenVectors, plain: TokenVectors) -> Features:
    if not read.spans:
        return Features(np.zeros((1, 2 * WIDTH), np.float32), np.zeros((0, 2 * WIDTH), np.float32), ())
    whole = unit(read.vectors.mean(0))
    spans = [(match.start(), match.end()) for match in re.finditer(r"\w+", sentence)]
    parts = [[at for at, (a, b) in enumerate(read.spans) if a < end and b > start] for start, end in spans]
    kept = [(span, part) for span, part in zip(spans, parts, strict=True) if part]
    vectors = [np.concatenate([unit(read.vectors[part].mean(0)), whole]) for _, part in kept]
    return Features(
        np.concatenate([whole, unit(plain.vectors.mean(0))])[None],
        np.array(vectors, np.float32).reshape(-1, 2 * WIDTH),
        tuple(span for span, _ in kept),
    )


class QuestionReader:
    def __init__(self, encoder: Encoder, path: Path = WEIGHTS) -> None:
        """Raises WeightsRefused when the file is missing, damaged or of another shape."""
        self._encoder, self._heads = encoder, load(path)
        self._read: dict[Question, Reading | None] = {}

    def __call__(self, question: Question) -> Reading | None:
        """None for what is no question about records, is not surely read, or restricts by something unknown."""
        if question not in self._read:
            if len(self._read) >= REMEMBERED:
                self._read.clear()
            self._read[question] = self._reading(question)
        return self._read[question]

    def _reading(self, question: Question) -> Reading | None:
        (found,) = features(self._encoder, [question.sentence])
        if not found.spans:
            return None
        acts, roles = self._heads.acts.shares(found.sentence)[0], self._heads.roles.shares(found.words)
        best = int(acts.argmax())
        act = self._heads.acts.classes[best]
        if act == OTHER or acts[best] < SURE or roles[:, self._beyond].max() >= MISSED:
            return None
        asked = [roles[found.spans.index(span)] for span in question.spans if span in found.spans]
        if len(asked) < len(question.spans):
            return None
        classes = self._heads.roles.classes
        return Reading(act, tuple(classes[int(s.argmax())] if s.max() >= SETTLED else UNSURE for s in asked))

    @cached_property
    def _beyond(self) -> int:
        return self._heads.roles.classes.index(BEYOND)


def load(path: Path) -> Heads:
    """Raises WeightsRefused."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, "np") as file:
            classes = {name: tuple(file.metadata()[name].split("\n")) for name in Heads._fields}
            heads = Heads(**{
                name: Head(_tensor(file, f"{name}.weights"), _tensor(file, f"{name}.bias"), of)
                for name, of in classes.items()
            })  # fmt: skip
        check(heads)
        return heads
    except (OSError, SafetensorError, KeyError, TypeError, ValueError) as error:
        raise WeightsRefused(
            f"The weights {path} cannot be used: {error}", hint="python -m training.questions --help"
        ) from error


def _tensor(file: Any, name: str) -> Floats:
    tensor: Floats = file.get_tensor(name).astype(np.float32)
    return tensor


def check(heads: Heads) -> None:
    """Raises ValueError for weights of another shape than their classes ask for."""
    for head in heads:
        head.check(2 * WIDTH)
    if BEYOND not in heads.roles.classes:
        raise ValueError(f"no role is {BEYOND!r}")
