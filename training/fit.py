"""The loop: batches to updates, for a time or a number of steps, with early stopping, checkpoints and a rate sweep.

It knows models only through training.forward, methods only through training.optimizers, and what is learned from a
batch only as a loss it is given. The same plan, rows and seed give the same updates, also after an interruption.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

import torch
from torch import Tensor

from router.errors import UsageError
from training import checkpoints
from training.batches import Batch
from training.curriculum import Tokenised
from training.forward import device_of, exact_rows, loss_of, mean_loss, moved
from training.methods import Method
from training.optimizers import optimizer, penalty, reallocate
from training.quick_lora import quick
from training.workers import ALONE, Workers

Say = Callable[[dict[str, Any]], None]
SWEPT = (0.3, 1.0, 3.0)  # times the method's own rate: the same three for every method
SWEEP_STEPS, SWEEP_ROWS = 30, 64


class Learned(Protocol):
    """What one update is made of."""

    @property
    def tokens(self) -> int: ...


def on_outputs(model: Any, batch: Batch) -> Tensor:
    """The loss of plain training: cross-entropy on the outputs."""
    return loss_of(model, moved(batch, device_of(model)))


@dataclass(frozen=True)
class Course:
    """How long, how fast, and when to look. Whichever of `minutes` and `steps` is set ends it; the rate falls to zero
    on the way there. `patience` counts looks at held-out rows without a better one, 0 never stops early."""

    rate: float
    minutes: float = 0.0
    steps: int = 0
    warmup_steps: int = 20
    rank: int = 32
    patience: int = 0
    look_every: int = 50
    save_every: float = 60.0  # seconds
    allocates: bool = True  # AdaLoRA's ranks


@dataclass
class Progress:
    """`best`: share of held-out rows exact, and minus their loss to settle ties; `ended`: why it stopped."""

    steps: int = 0
    tokens: int = 0
    seconds: float = 0.0
    best: tuple[float, float] = (-1.0, 0.0)
    best_step: int = 0
    worse: int = 0
    ended: str = ""
    looks: list[dict[str, float]] = field(default_factory=list)


def tell(record: dict[str, Any]) -> None:
    print(json.dumps(record), flush=True)


def fit(
    model: Any,
    method: Method,
    course: Course,
    batches: Iterator[Any],
    held_out: Sequence[Tokenised],
    *,
    loss: Callable[[Any, Any], Tensor] = on_outputs,
    folder: Path | None = None,
    say: Say = tell,
    workers: Workers = ALONE,
) -> Progress:
    """Trains what wants gradients. `loss` makes a number of the model and one of the `batches`, which are `Learned`;
    of those the `workers` share, an update takes one each. With a `folder` the run is written there and taken up again
    from there; with patience the model leaves with its best weights. Raises UsageError for a loss that is no number."""
    if not course.minutes and not course.steps:
        raise UsageError("a run needs an end", hint="set minutes or steps")
    update = optimizer(model, method, course.rate, course.rank)
    progress, best = _taken_up(folder, model, update)
    run = _Run(model, update, loss, course, workers, progress)
    mine = workers.share(batches)
    for _ in islice(mine, progress.steps):  # what was learned from before is not learned from again
        pass
    with quick(model):
        best = _learned(run, mine, held_out, best, folder, say if workers.rank == 0 else _silent)
    if best:
        checkpoints.restore(model, best)
    if folder is not None and workers.rank == 0:
        checkpoints.forget(folder)
    return progress


def _learned(
    run: _Run, batches: Iterator[Any], held_out: Sequence[Tokenised], best: dict[str, Tensor], folder: Path | None,
    say: Say,
) -> dict[str, Tensor]:  # fmt: skip
    """Updates to the end of the course; the best weights met, where it looked for any."""
    progress, course, saved = run.progress, run.course, time.monotonic()
    try:
        while not _ended(progress, course):
            began = time.monotonic()
            value = run.step(next(batches))
            if progress.steps % 25 == 0:
                say({"step": progress.steps, "minutes": round(progress.seconds / 60, 2), "loss": round(value, 4)})
            if course.patience and progress.steps % course.look_every == 0:
                best = _look(run, held_out, best, say)
            (progress.seconds,) = run.workers.told(progress.seconds + time.monotonic() - began)
            if folder is not None and time.monotonic() - saved > course.save_every:
                run.save(folder, best)
                saved = time.monotonic()
    except KeyboardInterrupt:
        if folder is not None:
            run.save(folder, best)
        raise
    if best and progress.steps % course.look_every:
        best = _look(run, held_out, best, say)
    return best


def _silent(record: dict[str, Any]) -> None:
    """What the other processes say: the first one speaks for all."""


@dataclass
class _Run:
    model: Any
    update: torch.optim.Optimizer
    loss: Callable[[Any, Any], Tensor]
    course: Course
    workers: Workers
    progress: Progress

    def step(self, batch: Learned) -> float:
        """One update; this process's loss before it."""
        course, progress = self.course, self.progress
        rate = course.rate * min(1.0, (progress.steps + 1) / course.warmup_steps) * (1 - done(progress, course))
        for group in self.update.param_groups:
            group["lr"] = rate * group["share"]
        value = self.loss(self.model, batch)
        if not torch.isfinite(value):
            raise UsageError("the loss is no number any more", hint="train with a lower --learning-rate, or --sweep")
        extra = penalty(self.model)
        (value if extra is None else value + extra).backward()
        self.workers.average(self.model)
        torch.nn.utils.clip_grad_norm_([p for p in self.model.parameters() if p.requires_grad], 1.0)
        self.update.step()
        if course.allocates:
            reallocate(self.model, progress.steps)
        self.update.zero_grad(set_to_none=True)
        progress.steps, progress.tokens = progress.steps + 1, progress.tokens + batch.tokens * self.workers.count
        return float(value.detach())

    def save(self, folder: Path, best: dict[str, Tensor]) -> None:
        if self.workers.rank == 0:
            checkpoints.save(folder, self.model, self.update, asdict(self.progress), best)


def _taken_up(folder: Path | None, model: Any, update: torch.optim.Optimizer) -> tuple[Progress, dict[str, Tensor]]:
    found = checkpoints.load(folder, model, update) if folder is not None else None
    if found is None:
        return Progress(), {}
    progress = Progress(**found[0])
    progress.best = (progress.best[0], progress.best[1])
    return progress, found[1]


def _ended(progress: Progress, course: Course) -> bool:
    if course.patience and progress.worse >= course.patience:
        progress.ended = "no better on held-out rows"
    elif done(progress, course) >= 1.0:
        progress.ended = "steps" if course.steps and progress.steps >= course.steps else "time"
    return bool(progress.ended)


def done(progress: Progress, course: Course) -> float:
    """Share of the way, by whichever end is nearer."""
    by_time = progress.seconds / 60 / course.minutes if course.minutes else 0.0
    by_steps = progress.steps / course.steps if course.steps else 0.0
    return max(by_time, by_steps)


def _look(run: _Run, held_out: Sequence[Tokenised], best: dict[str, Tensor], say: Say) -> dict[str, Tensor]:
    """Scores held-out rows; the weights to keep: these if they are better than any before."""
    progress = run.progress
    share, less = run.workers.told(*score(run.model, held_out))
    progress.looks.append(
        {"step": progress.steps, "held_out_exact": round(share * len(held_out)), "of": len(held_out),
         "held_out_loss": round(-less, 4)}
    )  # fmt: skip
    say({**progress.looks[-1]})
    if (share, less) <= progress.best:
        progress.worse += 1
        return best
    progress.best, progress.best_step, progress.worse = (share, less), progress.steps, 0
    return {name: value.clone() for name, value in checkpoints.learning(run.model).items()}


def score(model: Any, held_out: Sequence[Tokenised]) -> tuple[float, float]:
    """What runs are compared by: the share of held-out rows exact, then minus their loss."""
    return sum(exact_rows(model, held_out)) / max(1, len(held_out)), -mean_loss(model, held_out)


def sweep(
    model: Any,
    method: Method,
    course: Course,
    batches: Callable[[], Iterator[Batch]],
    held_out: Sequence[Tokenised],
    *,
    steps: int = SWEEP_STEPS,
    say: Say = tell,
    workers: Workers = ALONE,
) -> tuple[float, list[dict[str, float]]]:
    """The rate of `SWEPT` with the lowest held-out loss after as many steps each, and what each came to. The model is
    left as it was."""
    began = {name: value.clone() for name, value in checkpoints.learning(model).items()}
    tried = []
    for factor in SWEPT:
        short = replace(course, rate=course.rate * factor, minutes=0.0, steps=steps, patience=0, allocates=False)
        try:
            fit(model, method, short, batches(), (), say=_silent, workers=workers)
            (value,) = workers.told(mean_loss(model, held_out[:SWEEP_ROWS]))
        except UsageError:  # this rate is too high: the loss went where no number is
            value = float("inf")
        tried.append({"rate": short.rate, "held_out_loss": round(value, 4)})
        if workers.rank == 0:
            say({"sweep": tried[-1]})
        checkpoints.restore(model, began)
    return min(tried, key=lambda each: each["held_out_loss"])["rate"], tried
