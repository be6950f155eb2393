"""Train the head that reads the operation of a sum told as a story (router/operations.py), on generated stories.

    python -m training.operations

Half a minute on one core. Measured on stories of frames that were held out, a fifth of them at a time, because other
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
from router.grounding import NUMERAL
from router.logistic import Head
from router.operations import LETTERS, SURE, WEIGHTS, lettered
from training.heads import write_head
from training.synthetic.sum_stories import told_in

STORIES, FOLDS = 16_000, 5
WHAT = "the operation of a sum told as a story: logistic regression on all-MiniLM-L6-v2's sentence vectors"
LEAST = 20  # stories an operation is told by; rarer ones come of numbers that happen to be equal
PENALTY, SCALE = 2e-4, 10.0  # on the squared weights; unit vectors are short for logits


class Story(NamedTuple):
    sentence: str
    operation: str
    frame: str


def stories(count: int, rng: random.Random) -> list[Story]:
    """Stories whose numbers are all different and few enough to have a letter each."""
    found: list[Story] = []
    while len(found) < count:
        frame, request, said = told_in(rng)
        sentence, numbers = lettered(request)
        operation = lettered_as({number: letter for letter, number in numbers.items()}, said.text)
        if 2 <= len(numbers) <= len(LETTERS) and set(numbers) <= set(operation):
            found.append(Story(sentence, operation, frame))
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


def measure(found: list[Story], vectors: Floats, rng: random.Random) -> dict[str, float]:
    """On held-out frames: how often the likeliest operation is right, how often it is sure, and right when sure."""
    right: list[bool] = []
    sure: list[bool] = []
    for held in folds([story.frame for story in found], rng):
        head = fit(vectors[~held], [story.operation for story, out in zip(found, held, strict=True) if not out])
        shares = head.shares(vectors[held])
        asked = [story for story, out in zip(found, held, strict=True) if out]
        right += [head.classes[best] == story.operation for best, story in zip(shares.argmax(1), asked, strict=True)]
        sure += (shares.max(1) >= SURE).tolist()
    both = sum(a and b for a, b in zip(right, sure, strict=True))
    return {
        "right": sum(right) / len(right),
        "sure": sum(sure) / len(sure),
        "right_when_sure": both / max(1, sum(sure)),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description="Train the head that reads the operation of a story.")
    parser.add_argument("--out", type=Path, default=WEIGHTS, help="safetensors file; the card goes beside it")
    parser.add_argument("--stories", type=int, default=STORIES)
    parser.add_argument("--seed", type=int, default=3)
    options = parser.parse_args()
    torch.set_num_threads(1)
    rng, encoder = random.Random(options.seed), Encoder.load()
    found = stories(options.stories, rng)
    vectors = encoder.embed([story.sentence for story in found])
    scores = {name: round(value, 3) for name, value in measure(found, vectors, rng).items()}
    head = fit(vectors, [story.operation for story in found])
    card = {"stories": len(found), "frames": len({story.frame for story in found}), **scores}
    write(options.out, head, card, WHAT, "python -m training.operations")
    print(json.dumps(scores))


def write(path: Path, head: Head, card: Mapping[str, float], what: str, command: str) -> None:
    """Weights in half precision with the operations in their metadata, the card beside them."""
    tensors = {"weights": torch.from_numpy(head.weights).half(), "bias": torch.from_numpy(head.bias).half()}
    described = {
        "what": what,
        "licence": "Apache-2.0",
        "operations": len(head.classes),
        **card,
        "command": command,
    }
    write_head(path, tensors, described, {"operations": "\n".join(head.classes)})


if __name__ == "__main__":
    main()
