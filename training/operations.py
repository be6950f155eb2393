"""Train the networks that read the operation of a sum told as a story (router/operations.py), on generated stories.

    python -m training.operations

Four minutes on one core. Measured on stories of frames that were held out, a fifth of them at a time, because other
numbers in a known frame say nothing about a stranger's wording.
"""

from __future__ import annotations

import argparse
import json
import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import torch
import torch.nn.functional as F

from router.encoder import Encoder, Floats
from router.grounding import NUMERAL, spelt_in_digits
from router.logistic import Head
from router.operations import LETTERS, SURE, WEIGHTS, features, fitting, lettered, needed
from router.voters import Voters
from training.heads import write_head
from training.operation_forms import canonical
from training.synthetic.sum_stories import told_in
from training.voters import fit_voters, write_voters

STORIES, FOLDS = 12_000, 5
WHAT = "the operation of a sum told as a story: three small networks on all-MiniLM-L6-v2's vectors of it and its parts"
COMMAND = "python -m training.operations"
CURVE = (0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.93, 0.95, 0.97, 0.98, 0.99)
LEAST = 20  # stories an operation is told by; rarer ones come of numbers that happen to be equal
PENALTY, SCALE = 2e-4, 10.0  # on the squared weights; unit vectors are short for logits


class Story(NamedTuple):
    """`needed`: letters that its operation has to take, of those that are `said`."""

    sentence: str
    operation: str
    frame: str
    needed: frozenset[str]
    said: frozenset[str]


def stories(count: int, rng: random.Random) -> list[Story]:
    """Stories whose numbers are all different and few enough to have a letter each."""
    found: list[Story] = []
    while len(found) < count:
        frame, request, said = told_in(rng)
        sentence, numbers = lettered(spelt_in_digits(request))
        operation = canonical(lettered_as({number: letter for letter, number in numbers.items()}, said.text))
        taken = frozenset(needed(request, numbers))
        if len(numbers) > 1 and fitting([operation], taken, numbers)[0] and len(set(operation) & set(LETTERS)) > 1:
            found.append(Story(sentence, operation, frame, taken, frozenset(numbers)))
    often = Counter(story.operation for story in found)
    return [story for story in found if often[story.operation] >= LEAST]


def lettered_as(letters: Mapping[str, str], expression: str) -> str:
    """The expression with its numbers as the `letters` of the numbers."""
    return NUMERAL.sub(lambda match: letters.get(match[0], match[0]), expression)


def folds(frames: Sequence[str], rng: random.Random) -> Iterator[npt.NDArray[np.bool_]]:
    """Which of the rows, each of one of the `frames`, are held out: a part of the frames at a time, all once."""
    names = sorted(set(frames))
    rng.shuffle(names)
    for fold in range(FOLDS):
        out = set(names[fold::FOLDS])
        yield np.array([frame in out for frame in frames])


def fit(vectors: Floats, told: Sequence[str], iterations: int = 80) -> Head:
    """Logistic regression by L-BFGS."""
    operations = sorted(set(told))
    x = torch.from_numpy(vectors.astype(np.float32)) * SCALE
    y = torch.tensor([operations.index(each) for each in told])
    weights = torch.zeros(x.shape[1], len(operations), requires_grad=True)
    bias = torch.zeros(len(operations), requires_grad=True)
    optimizer = torch.optim.LBFGS([weights, bias], max_iter=iterations)

    def loss() -> torch.Tensor:
        optimizer.zero_grad()
        value: torch.Tensor = F.cross_entropy(x @ weights + bias, y) + PENALTY * (weights**2).sum()
        value.backward()
        return value

    optimizer.step(loss)
    return Head((weights.detach() * SCALE).numpy(), bias.detach().numpy(), tuple(operations))


def fit_stories(found: Sequence[Story], vectors: Floats) -> Voters:
    operations = tuple(sorted({story.operation for story in found}))
    return fit_voters(vectors, [story.operation for story in found], operations, possible_of(found, operations))


def possible_of(found: Sequence[Story], operations: Sequence[str]) -> npt.NDArray[np.bool_]:
    """[stories, operations]"""
    rows = {(story.needed, story.said): fitting(operations, story.needed, story.said) for story in found}
    return np.stack([rows[story.needed, story.said] for story in found])


def measure(found: Sequence[Story], vectors: Floats, rng: random.Random) -> list[tuple[float, bool]]:
    """Of each story, on held-out frames: the probability of its likeliest operation, and whether that is right."""
    read: list[tuple[float, bool]] = []
    for held in folds([story.frame for story in found], rng):
        kept, asked = ([story for story, out in zip(found, held, strict=True) if out == side] for side in (False, True))
        voters = fit_stories(kept, vectors[~held])
        possible = possible_of(asked, voters.classes)
        none: npt.NDArray[np.bool_] = ~np.any(possible, axis=1)  # an operation that only frames held out tell
        shares = voters.shares(vectors[held], possible | none[:, None]) * ~none[:, None]
        best = [voters.classes[at] for at in shares.argmax(1)]
        read += zip(shares.max(1).tolist(), (a == b.operation for a, b in zip(best, asked, strict=True)), strict=True)
    return read


def scored(read: Sequence[tuple[float, bool]], sure: float) -> dict[str, float]:
    """How often the likeliest operation is right, how often it is as probable as `sure`, and right then."""
    certain = [right for share, right in read if share >= sure]
    return {
        "right": round(sum(right for _, right in read) / len(read), 3),
        "sure": round(len(certain) / len(read), 3),
        "right_when_sure": round(sum(certain) / max(1, len(certain)), 3),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description="Train what reads the operation of a story.")
    parser.add_argument("--out", type=Path, default=WEIGHTS, help="safetensors file; the card goes beside it")
    parser.add_argument("--stories", type=int, default=STORIES)
    parser.add_argument("--seed", type=int, default=3)
    options = parser.parse_args()
    torch.set_num_threads(1)
    rng, encoder = random.Random(options.seed), Encoder.load()
    found = stories(options.stories, rng)
    vectors = features(encoder, [story.sentence for story in found])
    read = measure(found, vectors, rng)
    for sure in CURVE:
        print(f"sure from {sure}: {scored(read, sure)}")
    voters = fit_stories(found, vectors)
    card = {"stories": len(found), "frames": len({story.frame for story in found}), "surely": SURE}
    write_voters(options.out, voters, _described(WHAT, voters.classes, {**card, **scored(read, SURE)}, COMMAND))
    print(json.dumps(scored(read, SURE)))


def write(path: Path, head: Head, card: Mapping[str, float], what: str, command: str) -> None:
    """Weights in half precision with the operations in their metadata, the card beside them."""
    tensors = {"weights": torch.from_numpy(head.weights).half(), "bias": torch.from_numpy(head.bias).half()}
    write_head(path, tensors, _described(what, head.classes, card, command), {"operations": "\n".join(head.classes)})


def _described(what: str, operations: Sequence[str], card: Mapping[str, float], command: str) -> dict[str, str | float]:
    return {"what": what, "licence": "Apache-2.0", "operations": len(operations), **card, "command": command}


if __name__ == "__main__":
    main()
