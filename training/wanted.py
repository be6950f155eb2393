"""Train the head that reads which sum a request wants of what was just read (router/wanted.py).

    python -m training.wanted

Half a minute on one core. Measured on frames that were held out, a fifth of them at a time. A request that wants
nothing reckoned and is read as a sum costs a wrong answer, a sum that is not read costs what it cost before: both
shares are printed.
"""

from __future__ import annotations

import argparse
import json
import random
from pathlib import Path
from typing import NamedTuple

import torch

from router.encoder import Encoder, Floats
from router.operations import LETTERS, lettered
from router.wanted import NONE, SURE, WEIGHTS, without_files
from training.operations import fit, folds, lettered_as, write
from training.synthetic.wanted import drawn

REQUESTS = 16_000
WHAT = "the sum a request wants of what was read: logistic regression on all-MiniLM-L6-v2's sentence vectors"


class Asked(NamedTuple):
    sentence: str
    operation: str
    frame: str


def requests(count: int, rng: random.Random) -> list[Asked]:
    """Requests with their numbers as letters, and their operations likewise."""
    found: list[Asked] = []
    while len(found) < count:
        told = drawn(rng)
        sentence, numbers = lettered(without_files(told.request))
        operation = lettered_as({number: letter for letter, number in numbers.items()}, told.operation)
        if operation == NONE or (len(numbers) <= len(LETTERS) and set(numbers) <= set(operation)):
            found.append(Asked(sentence, operation, told.frame))
    return found


def measure(found: list[Asked], vectors: Floats, rng: random.Random) -> dict[str, float]:
    """On held-out frames: sums that are surely read and rightly, those read as another, and requests that want none
    and are read as a sum."""
    read: list[tuple[str, str]] = []  # what is told, what is surely read
    for held in folds([each.frame for each in found], rng):
        head = fit(vectors[~held], [each.operation for each, out in zip(found, held, strict=True) if not out])
        shares = head.shares(vectors[held])
        sure = [head.classes[row.argmax()] if row.max() >= SURE else NONE for row in shares]
        read += zip([each.operation for each, out in zip(found, held, strict=True) if out], sure, strict=True)
    sums = [(told, sure) for told, sure in read if told != NONE]
    others = [sure for told, sure in read if told == NONE]
    return {
        "sums_right": sum(told == sure for told, sure in sums) / len(sums),
        "sums_wrong": sum(sure not in (told, NONE) for told, sure in sums) / len(sums),
        "others_wrong": sum(sure != NONE for sure in others) / len(others),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description="Train the head that reads sums over what was read.")
    parser.add_argument("--out", type=Path, default=WEIGHTS, help="safetensors file; the card goes beside it")
    parser.add_argument("--requests", type=int, default=REQUESTS)
    parser.add_argument("--seed", type=int, default=5)
    options = parser.parse_args()
    torch.set_num_threads(1)
    rng, encoder = random.Random(options.seed), Encoder.load()
    found = requests(options.requests, rng)
    vectors = encoder.embed([each.sentence for each in found])
    scores = {name: round(value, 3) for name, value in measure(found, vectors, rng).items()}
    head = fit(vectors, [each.operation for each in found])
    card = {"requests": len(found), "frames": len({each.frame for each in found}), **scores}
    write(options.out, head, card, WHAT, "python -m training.wanted")
    print(json.dumps(scores))


if __name__ == "__main__":
    main()
