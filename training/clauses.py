"""Train and measure the clause splitter: `python -m training.clauses --data FOLDER` writes adapters/router/clauses.*.

Tasks are joined from single requests whose borders are therefore known; the encoder is frozen and read once per task.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from router import clauses
from router.clauses import BEGIN, INSIDE, JOINT, BoundaryHead
from router.encoder import Encoder, Span
from training import request_pools as pools
from training.clause_grammar import MarkedTask, TaskMaker
from training.heads import sources, write_head
from training.request_pools import Pool

BATCH = 48
IGNORED = -100
JUDGED = 1000  # held-out tasks to measure on
HELD_OUT = 0.1  # share of the single requests that only held-out tasks are joined from


@dataclass(frozen=True)
class Labelled:
    """A marked task as the head reads it: `vectors` float16 [t, features], `labels` [t]."""

    task: MarkedTask
    vectors: Tensor
    labels: Tensor


def stock(folder: Path, rng: random.Random) -> list[Pool]:
    """Real single requests of train splits, capped so that no source or tool drowns the others, and grammar ones."""
    real = [
        pools.sgd(folder / "sgd", "train").capped(4000, 80, rng),
        pools.seal_tools(folder / "seal-tools", "dev"),
        pools.metatool(folder / "metatool", "train").capped(4000, 40, rng),
        pools.clinc150(folder / "clinc150").capped(3000, 25, rng),
        pools.nlu_evaluation(folder / "nlu-evaluation-data").capped(2000, 40, rng),
        pools.snips(folder / "snips").capped(700, 100, rng),
        pools.mcpm(folder / "mcpm"),
    ]
    return [*real, pools.grammar(7000), pools.in_the_box(5000)]


def single_requests(parts: Sequence[Pool], rng: random.Random) -> tuple[list[str], list[str]]:
    """(for training, held out), without rows that call several tools."""
    requests = sorted({row.request for pool in parts for row in pool.rows if len(row.right) <= 1})
    rng.shuffle(requests)
    edge = round(len(requests) * HELD_OUT)
    return requests[edge:], requests[:edge]


def labels_of(spans: Sequence[Span], clause_spans: Sequence[Span]) -> list[int]:
    """The label of each word piece: the first one of a clause begins it."""
    labels, begun = [], set[Span]()
    for start, end in spans:
        clause = next((c for c in clause_spans if c[0] <= start and end <= c[1]), None)
        labels.append(JOINT if clause is None else INSIDE if clause in begun else BEGIN)
        begun |= {clause} if clause else set()
    return labels


def labelled(encoder: Encoder, task: MarkedTask) -> Labelled:
    vectors, spans = clauses.features(encoder, task.text)
    return Labelled(task, torch.from_numpy(vectors).half(), torch.tensor(labels_of(spans, task.spans)))


Report = Callable[[int, float, BoundaryHead], None]


def train(rows: Sequence[Labelled], head: BoundaryHead, *, epochs: int, rate: float, seed: int, report: Report) -> None:
    """Train `head` in place."""
    rng, dropout = random.Random(seed), torch.nn.Dropout(0.15)
    optimiser = torch.optim.AdamW(head.parameters(), lr=rate, weight_decay=0.01)
    steps = epochs * -(-len(rows) // BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, rate, total_steps=steps, pct_start=0.1)
    for epoch in range(epochs):
        total = 0.0
        for batch in _batches(rows, rng):
            loss = _loss(head.train(), batch, dropout)
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(head.parameters(), 1.0)
            optimiser.step()
            schedule.step()
            total += loss.item() * len(batch)
        report(epoch + 1, total / len(rows), head.eval())


def _batches(rows: Sequence[Labelled], rng: random.Random) -> list[Sequence[Labelled]]:
    """All rows once, those of like length together, in random order: a recurrent net waits for the longest."""
    ordered = sorted(rows, key=lambda row: len(row.labels) + rng.uniform(0, 8))
    batches: list[Sequence[Labelled]] = [ordered[start : start + BATCH] for start in range(0, len(ordered), BATCH)]
    rng.shuffle(batches)
    return batches


def _loss(head: BoundaryHead, rows: Sequence[Labelled], dropout: torch.nn.Module) -> Tensor:
    pad = torch.nn.utils.rnn.pad_sequence
    vectors = pad([row.vectors.float() for row in rows], batch_first=True)
    labels = pad([row.labels for row in rows], batch_first=True, padding_value=IGNORED)
    scores = head(dropout(vectors))
    weight = torch.tensor([1.5, 1.0, 1.5])  # beginnings and joints are few
    return torch.nn.functional.nll_loss(scores.flatten(0, 1), labels.flatten(), weight, ignore_index=IGNORED)


Splitter = Callable[[str], list[str]]


def measure(split: Splitter, tasks: Sequence[MarkedTask]) -> dict[str, float]:
    """`exact`: all clauses of a task as marked, to the character; also of tasks of one clause and of several.
    `precision`, `recall`, `f1`: of the places where a clause after the first begins."""
    found = [split(task.text) for task in tasks]
    exact = np.array([ours == task.clauses for ours, task in zip(found, tasks, strict=True)])
    single = np.array([len(task.spans) == 1 for task in tasks])
    ours = [_later_starts(task.text, clauses_found) for task, clauses_found in zip(tasks, found, strict=True)]
    gold = [{start for start, _ in task.spans[1:]} for task in tasks]
    hits = sum(len(a & b) for a, b in zip(ours, gold, strict=True))
    precision, recall = hits / max(1, sum(map(len, ours))), hits / max(1, sum(map(len, gold)))
    parts = {"exact": exact, "exact_single": exact[single], "exact_several": exact[~single]}
    return {
        "n": len(tasks),
        **{name: float(part.mean()) for name, part in parts.items() if len(part)},
        "precision": precision,
        "recall": recall,
        "f1": 2 * precision * recall / max(1e-9, precision + recall),
    }


def _later_starts(text: str, found: Sequence[str]) -> set[int]:
    """Where the clauses after the first begin: they are spans of the text in order, each sought after the last."""
    starts, position = [], 0
    for clause in found:
        position = text.index(clause, position)
        starts.append(position)
        position += len(clause)
    return set(starts[1:])


def read_tasks(path: Path) -> list[MarkedTask]:
    """Hand-marked tasks, one a line (see MarkedTask.parse); lines that begin with # are remarks."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [MarkedTask.parse(line) for line in lines if line.strip() and not line.startswith("#")]


def main(arguments: Sequence[str] | None = None) -> None:
    options = _options(arguments)
    torch.set_num_threads(options.threads)
    encoder, rng = Encoder.load(), random.Random(options.seed)
    parts = stock(options.data, rng)
    training, held_out = single_requests(parts, rng)
    maker, judge = TaskMaker(training, rng), TaskMaker(held_out, rng)
    rows = [labelled(encoder, maker.task()) for _ in range(options.tasks)]
    torch.manual_seed(options.seed)
    head = clauses.load(options.start).requires_grad_(True) if options.start else BoundaryHead()
    train(rows, head, epochs=options.epochs, rate=options.rate, seed=options.seed, report=_say)
    split = partial(clauses.split, encoder, head=head)
    scores = {"held-out": measure(split, [judge.task() for _ in range(JUDGED)])}
    if options.measure:
        scores["by hand"] = measure(split, read_tasks(options.measure))
    tensors = {name: tensor.half() for name, tensor in head.state_dict().items()}
    write_head(options.out, tensors, card(parts, scores, encoder, options))
    print(json.dumps(scores, indent=1))


def card(
    parts: Sequence[Pool], scores: Mapping[str, object], encoder: Encoder, options: argparse.Namespace
) -> dict[str, object]:
    return {
        "what": "clause splitter: a bidirectional GRU on the encoder's word-piece vectors",
        "encoder": f"all-MiniLM-L6-v2, layer {clauses.LAYER}, sha256 {encoder.digest}",
        "licence": "CC-BY-SA-4.0, because part of the training data is",
        "data": sources(parts),
        "tasks": options.tasks,
        "scores": scores,
        "command": f"python -m training.clauses --data FOLDER --tasks {options.tasks} --epochs {options.epochs}",
    }


def _say(epoch: int, loss: float, head: BoundaryHead) -> None:
    print(f"epoch {epoch}: loss {loss:.4f}", file=sys.stderr)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Train the clause splitter.")
    parser.add_argument("--data", type=Path, required=True, help="folder of the public sources in upstream layout")
    parser.add_argument("--out", type=Path, default=clauses.WEIGHTS, help="safetensors file; the card goes beside it")
    parser.add_argument("--measure", type=Path, help="hand-marked tasks to measure on, one a line")
    parser.add_argument("--start", type=Path, help="weights to go on from; the card then tells of this round alone")
    parser.add_argument("--tasks", type=int, default=13000, help="tasks to train on")
    parser.add_argument("--epochs", type=int, default=6)
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=1)
    return parser.parse_args(arguments)


if __name__ == "__main__":
    main()
