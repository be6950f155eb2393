"""How well the router chooses and abstains: CLINC150 (Larson et al. 2019), each intent a skill, few examples.

Skills are drawn from the train split with a seed; requests in and out of scope come from `val` (for choices) or `test`
(for reports). The file is read in its upstream layout.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Literal

import click
import numpy as np
import numpy.typing as npt

from adapters.skill import SkillExample
from evals.intervals import Share
from router.encoder import Encoder
from router.errors import UsageError
from router.routing import Decision, Router, State

Split = Literal["val", "test"]
Doubles = npt.NDArray[np.float64]
FALSE_REJECTION = 0.05
BINS = 15
HINT = "Give the folder of clinc/oos-eval's data, the one that holds data_full.json."


@dataclass(frozen=True)
class RoutingScore:
    """One seed. `accuracy`: right skill ranked first, of requests in scope. `oos_recall`: of requests out of scope,
    those below the confidence that rejects 5% of requests in scope. `rejected_*`: those for which the router drew none.
    `ece`: expected calibration error of the decisions, `ece_in_scope` of the ranking alone. Times in
    milliseconds, the embedding included."""

    seed: int
    split: Split
    skills: int
    examples: int
    accuracy: Share
    oos_recall: Share
    auroc: float
    rejected_in_scope: Share
    rejected_out_of_scope: Share
    ece: float
    ece_in_scope: float
    learn_ms: float
    p50_ms: float
    p95_ms: float
    confused: list[tuple[str, str, int]]

    def to_json(self) -> dict[str, Any]:
        row = {each.name: getattr(self, each.name) for each in fields(self)}
        return {name: value.to_json() if isinstance(value, Share) else value for name, value in row.items()}


def read_clinc(folder: Path) -> dict[str, list[tuple[str, str]]]:
    """(request, intent) by split. Raises UsageError when the file is missing or of another layout."""
    path = folder / "data_full.json"
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        splits = ("train", "val", "test", "oos_val", "oos_test")
        return {split: [(str(text), str(intent)) for text, intent in content[split]] for split in splits}
    except FileNotFoundError as error:
        raise UsageError(f"CLINC150 is not in {folder}: data_full.json is missing.", hint=HINT) from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UsageError(f"{path} is not CLINC150's data_full.json: {error!r}.", hint=HINT) from error


def evaluate(
    folder: Path, encoder: Encoder, *, split: Split = "test", seed: int = 0, examples: int = 20, timed: int = 200
) -> RoutingScore:
    """Learn each intent from `examples` requests drawn with `seed`; route all of `split`, then `timed` one by one."""
    data = read_clinc(folder)
    router = Router(encoder, remember=False)
    learn_ms = _learn(router, data["train"], examples, seed)
    inside, gold = [State(text) for text, _ in data[split]], [intent for _, intent in data[split]]
    chosen, strays = router.route_all(inside), router.route_all([State(text) for text, _ in data[f"oos_{split}"]])
    milliseconds = _times(router, inside[:timed])
    fits, stray_fits = _fits(chosen), _fits(strays)
    first = [decision.ranked[0][0] for decision in chosen]
    right = np.array([name == intent for name, intent in zip(first, gold, strict=True)])
    sure = np.array([decision.ranked[0][1] for decision in chosen]) / np.maximum(fits, 1e-12)
    decided = np.array([d.confidence for d in [*chosen, *strays]])
    correct = np.array([d.skill == g for d, g in zip([*chosen, *strays], [*gold, *[None] * len(strays)], strict=True)])
    return RoutingScore(
        seed=seed,
        split=split,
        skills=len(router.skills),
        examples=examples,
        accuracy=Share(int(right.sum()), len(right)),
        oos_recall=Share(int((stray_fits < np.quantile(fits, FALSE_REJECTION)).sum()), len(strays)),
        auroc=auroc(fits, stray_fits),
        rejected_in_scope=Share(sum(d.skill is None for d in chosen), len(chosen)),
        rejected_out_of_scope=Share(sum(d.skill is None for d in strays), len(strays)),
        ece=calibration_error(decided, correct),
        ece_in_scope=calibration_error(sure, right),
        learn_ms=learn_ms,
        p50_ms=float(np.quantile(milliseconds, 0.5)),
        p95_ms=float(np.quantile(milliseconds, 0.95)),
        confused=_confused(gold, first),
    )


def _learn(router: Router, train: Sequence[tuple[str, str]], examples: int, seed: int) -> float:
    """Milliseconds per skill. An intent's name in words is all the description there is."""
    by_intent: dict[str, list[str]] = {}
    for text, intent in train:
        by_intent.setdefault(intent, []).append(text)
    rng = np.random.default_rng(seed)
    began = time.perf_counter()
    for intent, texts in sorted(by_intent.items()):
        drawn = [SkillExample(texts[row]) for row in rng.permutation(len(texts))[:examples]]
        router.learn(intent, intent.replace("_", " "), drawn)
    router.route(State("warm up"))
    return (time.perf_counter() - began) * 1000 / len(by_intent)


def _times(router: Router, states: Sequence[State]) -> list[float]:
    milliseconds = []
    for state in states:
        began = time.perf_counter()
        router.route(state)
        milliseconds.append((time.perf_counter() - began) * 1000)
    return milliseconds or [float("nan")]


def _fits(decisions: Sequence[Decision]) -> Doubles:
    """The probability that any skill fits: what the ranked skills' sum to."""
    return np.array([sum(confidence for _, confidence in decision.ranked) for decision in decisions])


def _confused(gold: Sequence[str], first: Sequence[str], worst: int = 10) -> list[tuple[str, str, int]]:
    """(right, chosen, how often), the most frequent first."""
    pairs = Counter((right, chosen) for right, chosen in zip(gold, first, strict=True) if right != chosen)
    return [(*pair, count) for pair, count in pairs.most_common(worst)]


def auroc(positive: Doubles, negative: Doubles) -> float:
    """Probability that a positive scores above a negative, ties counting half (Mann and Whitney 1947)."""
    ordered = np.sort(negative)
    below = np.searchsorted(ordered, positive, "left")
    up_to = np.searchsorted(ordered, positive, "right")
    return float((below + up_to).mean() / (2 * len(negative)))


def calibration_error(confidence: Doubles, correct: npt.NDArray[np.bool_], bins: int = BINS) -> float:
    """Expected calibration error over equal-width bins (Naeini et al. 2015)."""
    number = np.clip((confidence * bins).astype(int), 0, bins - 1)
    gaps = [
        (number == each).mean() * abs(confidence[number == each].mean() - correct[number == each].mean())
        for each in np.unique(number)
    ]
    return float(sum(gaps))


@click.command("routing")
@click.option(
    "--data", type=click.Path(path_type=Path), required=True, help="The folder with CLINC150's data_full.json."
)
@click.option("--seed", "seeds", type=int, multiple=True, default=(0, 1, 2), help="May be given again.")
@click.option("--examples", type=click.IntRange(1), default=20, help="Requests a skill is learned from.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.option("--min-accuracy", type=float, default=0.0, help="Exit 1 when any seed is less accurate (0 to 1).")
def command(data: Path, seeds: Sequence[int], examples: int, as_json: bool, min_accuracy: float) -> int:
    """CLINC150: each intent a skill; accuracy, out of scope, calibration, time."""
    from router.cli.output import print_data, print_json

    encoder = Encoder.load()
    scores = [evaluate(data, encoder, seed=seed, examples=examples) for seed in seeds]
    if as_json:
        print_json({"seeds": [score.to_json() for score in scores]})
    else:
        for score in scores:
            print_data(_line(score))
    return 1 if min(score.accuracy.value for score in scores) < min_accuracy else 0


def _line(score: RoutingScore) -> str:
    return (
        f"seed {score.seed}  accuracy {score.accuracy}"
        f"  out of scope at 5% false rejection {score.oos_recall}"
        f"  AUROC {score.auroc:.3f}  ECE {score.ece:.3f}  p50 {score.p50_ms:.1f} ms"
    )


def main(words: Sequence[str]) -> int:
    return int(command.main(list(words), standalone_mode=False) or 0)
