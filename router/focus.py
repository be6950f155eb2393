"""What of an observation a request is about: the lines a small base has to read to answer it.

Each line is compared with the request, by meaning and by the words that set it apart from the other lines. Nothing is
rewritten and nothing is answered here; where no line stands out, or all do, the text stays whole.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from router.amounts import Embed, cosines, lines_of, mark_of

# Chosen on generated questions about generated texts (training/LOG.md).
ABOUT = 0.3  # cosine: below it no line is about the request, which then may mean the whole text
CLOSE = 0.15  # lines scored this close to the best are kept beside it
WORDS = 0.1  # what one shared word that only one of e lines has adds to its score
LONGEST_HEADING = 50  # characters of a first line that only names the text
HEADING = 0.8  # of a heading's likeness
MOST_LINES = 200  # a longer text is not read line by line

_LEADS = re.compile(r"\[.*\]|#+ .*|.*:")
_WORD = re.compile(r"\w+(?:[.\-@:/]\w+)*")


class Focus:
    """`embed`: texts → float32 [n, width] unit vectors, whose products are similarities."""

    def __init__(self, embed: Embed) -> None:
        self._embed = embed

    def __call__(self, request: str, text: str) -> str:
        """The lines of `text` that `request` is about, in their order; all of it where that cannot be told."""
        lines = lines_of(text)
        if not 1 < len(lines) <= MOST_LINES or mark_of(lines) is not None:
            return text
        alike = self._likeness(request, lines)
        scores = alike + WORDS * _shared(request, lines)
        if alike[scores.argmax()] < ABOUT:
            return text
        near = [at for at, score in enumerate(scores) if score >= scores.max() - CLOSE]
        if near == [0] and _is_heading(lines[0]):  # what it is a heading of is meant
            return text
        opened = {at + 1 for at in near if _leads(lines[at]) and at + 1 < len(lines)}
        return "\n".join(lines[at] for at in sorted({*near, *opened}))

    def _likeness(self, request: str, lines: Sequence[str]) -> npt.NDArray[np.float32]:
        """Cosine of the request with each line; a line under a heading is read alone and with it. The heading itself
        says what all of them are about, and little else."""
        if not _is_heading(lines[0]):
            return cosines(self._embed, request, lines)
        under = [f"{lines[0]}. {line}" for line in lines[1:]]
        alone, joined = np.split(cosines(self._embed, request, [*lines, *under]), [len(lines)])
        return np.concatenate([alone[:1] * HEADING, (alone[1:] + joined) / 2])


def _leads(line: str) -> bool:
    """Whether a line only opens what the next one says: "[mail]", "Opening hours:"."""
    return _LEADS.fullmatch(line.strip()) is not None


def _is_heading(line: str) -> bool:
    return ":" not in line and len(line) < LONGEST_HEADING


def _shared(request: str, lines: Sequence[str]) -> npt.NDArray[np.float64]:
    """For each line the words it has in common with the request, each weighed by its inverse document frequency among
    the lines (Spärck Jones 1972): a word of every line weighs nothing."""
    heading = lines[0] if _is_heading(lines[0]) else ""
    words = [set(_WORD.findall(f"{heading} {line}".casefold())) for line in lines]
    among = Counter(word for each in words for word in each)
    weight = {word: math.log(len(lines) / among[word]) for word in _WORD.findall(request.casefold()) if among[word]}
    return np.array([sum(value for word, value in weight.items() if word in each) for each in words])
