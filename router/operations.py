"""What is to be worked out with the numbers of a request: small networks on the encoder read the operation of a story.

"We were 6 and the bill was 90, how much each?" says neither "divided by" nor which number comes first. The numbers are
replaced by letters in the order they are said, and the operation is read off the sentence and off what each letter
means in it: the sentence alone does not tell which of two is divided by which. Only requests of a few numbers are read;
nothing is worked out here, and whether anything should be is the shortlist's.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from router.encoder import WIDTH, Encoder, Floats, TokenVectors, unit
from router.errors import WeightsRefused
from router.grounding import NUMERAL, numerals, spelt_in_digits
from router.logistic import Head
from router.voters import Voters, read_voters

WEIGHTS = Path(__file__).parents[1] / "adapters" / "router" / "operations.safetensors"
LETTERS = "XYZW"  # the numbers of a sentence, in the order they are said
# Probability of an operation; below it none is told. Of held-out wordings so sure, 77% are right: more than of a small
# base's own sums.
SURE = 0.8
LATE, EARLY = 6, 2  # layers of the encoder
BETWEEN = 0.6  # length of the vectors of the words between letters, of which letters have one
FEATURES = 2 * WIDTH * (1 + len(LETTERS))
_KEPT = 64  # requests
_LETTER = re.compile(rf"[{LETTERS}]")
_SAID = re.compile(rf"(?<![A-Za-z])[{LETTERS}](?![A-Za-z])")


class Operations:
    def __init__(self, encoder: Encoder, path: Path = WEIGHTS) -> None:
        """Raises WeightsRefused when the file is missing, damaged or of another shape."""
        self._encoder, self._voters = encoder, load_voters(path)
        self._told = lru_cache(_KEPT)(self._read)  # a step asks several times of the same request

    def __call__(self, request: str) -> list[str]:
        """The expression the request tells, one or none: "6 at the table and the bill is 90 …" → "90 / 6"."""
        expression = self._told(request)
        return [expression] if expression else []

    def _read(self, request: str) -> str | None:
        sentence, numbers = lettered(spelt_in_digits(request))
        possible = fitting(self._voters.classes, needed(request, numbers), numbers)
        if len(numbers) < 2 or not possible.any():
            return None
        shares = self._voters.shares(features(self._encoder, [sentence]), possible[None])[0]
        best = int(shares.argmax())
        if shares[best] < SURE:
            return None
        return _LETTER.sub(lambda letter: numbers[letter[0]], self._voters.classes[best])


def needed(request: str, numbers: Mapping[str, str]) -> set[str]:
    """The letters of the `numbers` that the request says in digits, and digits without a letter. What it says in words
    may be no number of the sum ("the two of them")."""
    letters = {number: letter for letter, number in numbers.items()}
    return {letters.get(number, number) for number in numerals(request)}


def fitting(operations: Sequence[str], needed: Set[str], said: Collection[str]) -> npt.NDArray[np.bool_]:
    """[n] which of the operations take all the letters that are `needed`, and none that is not `said`."""
    return np.array([needed <= set(_LETTER.findall(operation)) <= set(said) for operation in operations], bool)


def features(encoder: Encoder, sentences: Sequence[str]) -> Floats:
    """float32 [n, 3840] of sentences with letters: the sentence and each letter in it, as the encoder has them in the
    end; then the words before each letter and those after the last, as it has them early, when they are still mostly
    themselves. Zeros for what is not there."""
    late, early = encoder.tokens_of(sentences, LATE), encoder.tokens_of(sentences, EARLY)
    rows = [_features(*each) for each in zip(sentences, late, early, strict=True)]
    return np.array(rows, np.float32).reshape(-1, FEATURES)


def _features(sentence: str, late: TokenVectors, early: TokenVectors) -> Floats:
    parts = np.zeros((2, 1 + len(LETTERS), WIDTH), np.float32)
    said: dict[str, list[int]] = {}  # the word pieces of each letter where it is said first
    for match in _SAID.finditer(sentence):
        pieces = [at for at, (start, end) in enumerate(late.spans) if start < match.end() and end > match.start()]
        if pieces:  # nothing beyond what the encoder reads of a long text
            said.setdefault(match[0], pieces)
    parts[0, 0] = _pooled(late.vectors)
    after = 0
    for at, (letter, pieces) in enumerate(said.items()):
        parts[0, 1 + LETTERS.index(letter)] = _pooled(late.vectors[pieces])
        parts[1, at] = BETWEEN * _pooled(early.vectors[after : pieces[0]])
        after = pieces[-1] + 1
    parts[1, -1] = BETWEEN * _pooled(early.vectors[after:])
    return parts.reshape(-1)


def _pooled(vectors: Floats) -> Floats:
    """[t, 384] → [384] of length one, zeros where there are none."""
    if not len(vectors):
        return np.zeros(WIDTH, np.float32)
    return unit(vectors.mean(0))


def lettered(text: str) -> tuple[str, dict[str, str]]:
    """The text with its numbers as letters, and letter → number without thousands separators. A number that is said
    twice keeps its letter; beyond the last letter numbers stay as they are. A unit that a number runs into ("90km")
    stands apart from its letter."""
    letters: dict[str, str] = {}

    def named(match: re.Match[str]) -> str:
        number = match[0].replace(",", "")
        if number not in letters and len(letters) == len(LETTERS):
            return match[0]
        letter = letters.setdefault(number, LETTERS[len(letters)] if number not in letters else letters[number])
        return f"{letter} " if text[match.end() : match.end() + 1].isalpha() else letter

    sentence = NUMERAL.sub(named, text)
    return sentence, {letter: number for number, letter in letters.items()}


def load_voters(path: Path) -> Voters:
    """Their classes are operations, such as "X * Y". Raises WeightsRefused."""
    with _refused(path):
        return read_voters(path, FEATURES)


def load(path: Path) -> Head:
    """A head on sentence vectors, its classes are operations. Raises WeightsRefused."""
    from safetensors import safe_open

    with _refused(path):
        with safe_open(path, "np") as file:
            operations = tuple(file.metadata()["operations"].split("\n"))
            weights, bias = (file.get_tensor(name).astype(np.float32) for name in ("weights", "bias"))
        head = Head(weights, bias, operations)
        head.check(WIDTH)
        return head


@contextmanager
def _refused(path: Path) -> Iterator[None]:
    from safetensors import SafetensorError

    try:
        yield
    except (OSError, SafetensorError, KeyError, TypeError, ValueError) as error:
        raise WeightsRefused(
            f"The weights {path} cannot be used: {error}", hint="python -m training.operations --help"
        ) from error
