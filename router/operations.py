"""What is to be worked out with the numbers of a request: a small head on the encoder reads the operation of a story.

"We were 6 and the bill was 90, how much each?" says neither "divided by" nor which number comes first. The numbers are
replaced by letters in the order they are said, and the sentence is compared with the operations that were learned. Only
requests of a few numbers are read; nothing is worked out here, and whether anything should be is the shortlist's.
"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from router.encoder import WIDTH, Encoder
from router.errors import WeightsRefused
from router.grounding import NUMERAL
from router.logistic import Head

WEIGHTS = Path(__file__).parents[1] / "adapters" / "router" / "operations.safetensors"
LETTERS = "XYZW"  # the numbers of a sentence, in the order they are said
SURE = 0.8  # probability of an operation; below it the story is left to whom it was left before
_LETTER = re.compile(rf"[{LETTERS}]")


class Operations:
    def __init__(self, encoder: Encoder, path: Path = WEIGHTS) -> None:
        """Raises WeightsRefused when the file is missing, damaged or of another shape."""
        self._encoder, self._head = encoder, load(path)

    def __call__(self, request: str) -> list[str]:
        """The expression the request tells, one or none: "6 at the table and the bill is 90 …" → "90 / 6"."""
        sentence, numbers = lettered(request)
        if not 2 <= len(numbers) <= len(LETTERS):
            return []
        shares = self._head.shares(self._encoder.embed([sentence]))[0]
        best = int(shares.argmax())
        operation = self._head.classes[best]
        if shares[best] < SURE or set(_LETTER.findall(operation)) != set(numbers):
            return []
        return [_LETTER.sub(lambda letter: numbers[letter[0]], operation)]


def lettered(text: str) -> tuple[str, dict[str, str]]:
    """The text with its numbers as letters, and letter → number without thousands separators. A number that is said
    twice keeps its letter; beyond the last letter numbers stay as they are."""
    letters: dict[str, str] = {}

    def named(match: re.Match[str]) -> str:
        number = match[0].replace(",", "")
        if number not in letters and len(letters) == len(LETTERS):
            return match[0]
        return letters.setdefault(number, LETTERS[len(letters)] if number not in letters else letters[number])

    sentence = NUMERAL.sub(named, text)
    return sentence, {letter: number for number, letter in letters.items()}


def load(path: Path) -> Head:
    """Its classes are operations, such as "X * Y". Raises WeightsRefused."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, "np") as file:
            operations = tuple(file.metadata()["operations"].split("\n"))
            weights, bias = (file.get_tensor(name).astype(np.float32) for name in ("weights", "bias"))
            head = Head(weights, bias, operations)
        head.check(WIDTH)
        return head
    except (OSError, SafetensorError, KeyError, TypeError, ValueError) as error:
        raise WeightsRefused(
            f"The weights {path} cannot be used: {error}", hint="python -m training.operations --help"
        ) from error
