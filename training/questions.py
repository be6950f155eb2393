"""Train the heads that read a question about records (router/question_reader.py), on generated questions.

    python -m training.questions

A minute on one core. Measured on questions of frames that were held out, a fifth of them at a time, because another
table in a known frame says nothing about a stranger's wording.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch

from router.encoder import Encoder, Floats
from router.question_reader import MISSED, SURE, WEIGHTS, Heads, features
from router.questions import BEYOND, NO_ROLE, OTHER
from training.heads import write_head
from training.operations import fit, folds
from training.synthetic.record_questions import Asked, asked

QUESTIONS = 5_000
PLAIN = 0.4  # share of the words without a role that are learnt from: there are ten to one that has any


class Rows(NamedTuple):
    """`sentences` [n, f] and their acts; `words` [w, f], their roles and the question `of` [w] that each is in."""

    asked: Sequence[Asked]
    sentences: Floats
    words: Floats
    roles: Sequence[str]
    of: np.ndarray[tuple[int], np.dtype[np.int64]]


def rows(questions: Sequence[Asked], encoder: Encoder) -> Rows:
    sentences, words, roles, of = [], [], [], []
    read = features(encoder, [question.sentence for question in questions])
    for at, (question, found) in enumerate(zip(questions, read, strict=True)):
        said = {(start, end): role for start, end, role in question.words}
        sentences.append(found.sentence[0])
        words.append(found.words.astype(np.float16))
        roles += [said.get(span, NO_ROLE) for span in found.spans]
        of += [at] * len(found.spans)
    return Rows(questions, np.array(sentences), np.concatenate(words), roles, np.array(of))


def fit_both(found: Rows, kept: np.ndarray[tuple[int], np.dtype[np.bool_]], rng: random.Random) -> Heads:
    """`kept` [n]: the questions to learn from. The words of what is no question have no roles."""
    acts = fit(found.sentences[kept], [row.act for row, keep in zip(found.asked, kept, strict=True) if keep], 60)
    real = np.array([row.act != OTHER for row in found.asked]) & kept
    some = np.array([role != NO_ROLE or rng.random() < PLAIN for role in found.roles]) & real[found.of]
    return Heads(
        acts,
        fit(found.words[some], [role for role, keep in zip(found.roles, some, strict=True) if keep], iterations=40),
    )


def measure(found: Rows, rng: random.Random) -> dict[str, float]:
    """On held-out frames: how often the act and every role are right, how often the reader is sure, and right then;
    and how many of the requests that are none it takes for one."""
    sure, right, mistaken, others = [], [], 0, 0
    for held in folds([row.frame for row in found.asked], rng):
        heads = fit_both(found, ~held, rng)
        for at in map(int, np.nonzero(held)[0]):
            certain, same = _judged(found, heads, at)
            if found.asked[at].act == OTHER:
                others, mistaken = others + 1, mistaken + certain
                continue
            sure.append(certain)
            right.append(same)
    both = sum(a and b for a, b in zip(sure, right, strict=True))
    return {
        "right": sum(right) / len(right),
        "sure": sum(sure) / len(sure),
        "right_when_sure": both / max(1, sum(sure)),
        "none_taken_for_one": mistaken / max(1, others),
    }


def _judged(found: Rows, heads: Heads, at: int) -> tuple[bool, bool]:
    """Whether a question is surely read, and rightly."""
    acts = heads.acts.shares(found.sentences[at : at + 1])[0]
    act = heads.acts.classes[int(acts.argmax())]
    mine = np.nonzero(found.of == at)[0]
    shares = heads.roles.shares(found.words[mine].astype(np.float32))
    missed = bool(shares[:, heads.roles.classes.index(BEYOND)].max() >= MISSED)
    known = [found.roles[each] for each in map(int, mine)]
    certain = act != OTHER and float(acts.max()) >= SURE and not missed
    roles = [heads.roles.classes[int(each)] for each in shares.argmax(1)]
    same = act == found.asked[at].act and BEYOND not in known
    return certain, same and all(a == b for a, b in zip(roles, known, strict=True) if b != NO_ROLE)


def main() -> None:
    parser = argparse.ArgumentParser(description="Train the heads that read a question about records.")
    parser.add_argument("--out", type=Path, default=WEIGHTS, help="safetensors file; the card goes beside it")
    parser.add_argument("--questions", type=int, default=QUESTIONS)
    parser.add_argument("--seed", type=int, default=3)
    parser.add_argument("--measure", action="store_true", help="on held-out frames too: five times the fitting")
    options = parser.parse_args()
    torch.set_num_threads(1)
    rng = random.Random(options.seed)
    found = rows([asked(rng) for _ in range(options.questions)], Encoder.load())
    scores = {name: round(value, 3) for name, value in measure(found, rng).items()} if options.measure else {}
    heads = fit_both(found, np.ones(len(found.asked), bool), rng)
    about = {"questions": len(found.asked), "frames": len({row.frame for row in found.asked}), **scores}
    write(options.out, heads, about)
    print(json.dumps(about))


def write(path: Path, heads: Heads, card: Mapping[str, float]) -> None:
    """Weights in half precision with the classes in their metadata, the card beside them."""
    named = {f"{name}.{part}": getattr(head, part) for name, head in zip(Heads._fields, heads, strict=True)
             for part in ("weights", "bias")}  # fmt: skip
    described = {
        "what": "what a question about records wants, and what its words do: logistic regression on all-MiniLM-L6-v2",
        "licence": "Apache-2.0",
        "acts": len(heads.acts.classes),
        "roles": len(heads.roles.classes),
        **card,
        "command": "python -m training.questions --measure",
    }
    tensors = {name: torch.from_numpy(value).half() for name, value in named.items()}
    write_head(path, tensors, described, {name: "\n".join(head.classes) for name, head in heads._asdict().items()})


if __name__ == "__main__":
    main()
