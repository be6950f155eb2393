"""What the records of a routing run say: accuracy, scope, calibration, risk and coverage, time. Nothing is routed
here.

A record's `scores` hold, for the router and after its name for each baseline: `first` (1 when a right skill ranked
first; in-scope cases only) and `fit` (how sure it is that any skill fits; any scale, higher is surer). Beside them
`reordered` and `unrelated`: 1 where the decision stays the same when skills are learned in another order, or one more.
"""

from __future__ import annotations

import json
import zlib
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from evals.intervals import Share, bootstrap
from evals.runs import NO_CLASS, Record

Doubles = npt.NDArray[np.float64]
Booleans = npt.NDArray[np.bool_]

FALSE_REJECTION = 0.05
BINS = 15
COVERAGES = (0.5, 0.8, 0.9, 0.95, 1.0)
ROUTER = "router"
STABLE = ("reordered", "unrelated")


def figures(records: Sequence[Record], methods: Sequence[str]) -> dict[str, Any]:
    """Of one set's records: the router's figures, and for each of `methods` those it can have."""
    decided = np.array([bool(record.right) for record in records])
    sure = np.array([record.confidence or 0.0 for record in records])
    none = [record.predicted == NO_CLASS for record in records]
    after = recalibrated([record.case for record in records], sure, none, decided)
    milliseconds = [record.ms for record in records if record.ms is not None]
    return {
        **ranking(records, ROUTER),
        "decided_right": Share(int(decided.sum()), len(records)).to_json(),
        "rejected_in_scope": _rejected([record for record in records if in_scope(record)]),
        "rejected_out_of_scope": _rejected([record for record in records if not in_scope(record)]),
        "ece": round(calibration_error(sure, decided), 4),
        "ece_calibrated": round(calibration_error(after, decided), 4),
        "aurc": round(area_under_risk(sure, decided), 4),
        "risk_at_coverage": risk_at(sure, decided),
        "p50_ms": round(quantile(milliseconds, 0.5), 2),
        "p95_ms": round(quantile(milliseconds, 0.95), 2),
        "same_when": {what: _stays(records, what) for what in STABLE},
        "kinds": by_kind(records),
        "baselines": {name: {**ranking(records, name), **ahead(records, name)} for name in methods},
        "confused": confused(records),
    }


def in_scope(record: Record) -> bool:
    return bool(record.expected["skills"])


def _rejected(records: Sequence[Record]) -> dict[str, object]:
    return Share(sum(record.predicted == NO_CLASS for record in records), len(records)).to_json()


def _stays(records: Sequence[Record], what: str) -> dict[str, object]:
    kept = [record.scores[what] for record in records if what in record.scores]
    return Share(int(sum(kept)), len(kept)).to_json()


def ranking(records: Sequence[Record], method: str) -> dict[str, Any]:
    """Accuracy in scope, recall of strays at 5% false rejection, AUROC; of the records the method has scored."""
    fits, stray_fits = _fits(records, method)
    first = _first(records, method)
    if not len(first):
        return {"n": 0}
    recall = Share(int((stray_fits < threshold(fits)).sum()), len(stray_fits)) if len(stray_fits) else Share(0, 0)
    found = {"accuracy": Share(int(first.sum()), len(first)).to_json(), "oos_recall": recall.to_json()}
    return {**found, "auroc": round(auroc(fits, stray_fits), 4) if len(stray_fits) else None}


def ahead(records: Sequence[Record], method: str) -> dict[str, Any]:
    """By how much the router is ahead: paired differences over the same requests, with 95% bootstrap intervals."""
    both = [record for record in records if _key(method, "fit") in record.scores]
    ours, theirs = _first(both, ROUTER), _first(both, method)
    if not len(ours):
        return {}
    found = {"accuracy_ahead": bootstrap(ours - theirs).to_json()}
    caught = [_caught(both, name) for name in (ROUTER, method)]
    return {**found, **({"oos_recall_ahead": bootstrap(caught[0] - caught[1]).to_json()} if len(caught[0]) else {})}


def _caught(records: Sequence[Record], method: str) -> Doubles:
    fits, stray_fits = _fits(records, method)
    return (stray_fits < threshold(fits)).astype(np.float64)


def _key(method: str, what: str) -> str:
    return what if method == ROUTER else f"{method} {what}"


def _first(records: Sequence[Record], method: str) -> Doubles:
    key = _key(method, "first")
    return np.array([record.scores[key] for record in records if key in record.scores], dtype=np.float64)


def _fits(records: Sequence[Record], method: str) -> tuple[Doubles, Doubles]:
    """Of requests in scope, of strays."""
    key = _key(method, "fit")
    rows = [(record.scores[key], in_scope(record)) for record in records if key in record.scores]
    return np.array([fit for fit, inside in rows if inside]), np.array([fit for fit, inside in rows if not inside])


def threshold(fits: Doubles) -> float:
    """Below it lie 5% of the requests in scope."""
    return float(np.quantile(fits, FALSE_REJECTION)) if len(fits) else float("nan")


def auroc(positive: Doubles, negative: Doubles) -> float:
    """Probability that a positive scores above a negative, ties counting half (Mann and Whitney 1947)."""
    ordered = np.sort(negative)
    below = np.searchsorted(ordered, positive, "left")
    up_to = np.searchsorted(ordered, positive, "right")
    return float((below + up_to).mean() / (2 * len(negative)))


def _bins(confidence: Doubles, bins: int) -> npt.NDArray[np.int64]:
    return np.clip((confidence * bins).astype(np.int64), 0, bins - 1)


def calibration_error(confidence: Doubles, correct: Booleans, bins: int = BINS) -> float:
    """Expected calibration error over equal-width bins (Naeini et al. 2015)."""
    number = _bins(confidence, bins)
    gaps = [
        (number == each).mean() * abs(confidence[number == each].mean() - correct[number == each].mean())
        for each in np.unique(number)
    ]
    return float(sum(gaps))


def recalibrated(cases: Sequence[str], sure: Doubles, none: Sequence[bool], right: Booleans) -> Doubles:
    """Confidences after Platt scaling (Platt 1999), decisions for a skill and for none apart. Each half of the cases is
    calibrated by what the other half shows, so that no case has a say in its own confidence."""
    half = np.array([zlib.crc32(case.encode()) % 2 == 0 for case in cases])
    odds = np.log(np.clip(sure, 1e-6, 1 - 1e-6) / (1 - np.clip(sure, 1e-6, 1 - 1e-6)))
    refusal = np.array(none, dtype=np.float64)
    features = np.stack([np.ones_like(odds), odds, refusal, refusal * odds], 1)
    result = sure.copy()
    for fold in (half, ~half):
        if fold.any() and (~fold).any():
            weights = _logistic(features[~fold], right[~fold])
            result[fold] = 1 / (1 + np.exp(-np.clip(features[fold] @ weights, -30, 30)))
    return result


def _logistic(features: Doubles, positive: Booleans, steps: int = 50, ridge: float = 1.0) -> Doubles:
    """Weights of a logistic regression, pulled towards leaving the odds as they are (Newton's method, steps halved
    until they lower the loss)."""
    prior = np.zeros(features.shape[1])
    prior[1] = 1.0

    def loss(weights: Doubles) -> float:
        logits = features @ weights
        fit = (np.logaddexp(0, logits) - positive * logits).sum()
        return float(fit + ridge / 2 * ((weights - prior) ** 2).sum())

    weights = prior.copy()
    for _ in range(steps):
        probability = 1 / (1 + np.exp(-np.clip(features @ weights, -30, 30)))
        gradient = features.T @ (probability - positive) + ridge * (weights - prior)
        curvature = (features * (probability * (1 - probability))[:, None]).T @ features
        step = np.linalg.solve(curvature + ridge * np.eye(len(weights)), gradient)
        while np.abs(step).max() > 1e-9 and loss(weights - step) > loss(weights):
            step = step / 2
        weights = weights - step
        if np.abs(step).max() < 1e-9:
            break
    return weights


def _risks(confidence: Doubles, correct: Booleans) -> Doubles:
    """Share of wrong decisions among the k surest, for every k; ties in the order given."""
    order = np.argsort(-confidence, kind="stable")
    wrong = (~correct[order]).astype(np.float64)
    return np.asarray(np.cumsum(wrong) / np.arange(1, len(wrong) + 1))


def risk_at(confidence: Doubles, correct: Booleans) -> dict[str, float]:
    """Points of the risk–coverage curve (El-Yaniv and Wiener 2010): share of cases decided, the surest first → share of
    those wrong."""
    risks = _risks(confidence, correct)
    return {f"{share:.0%}": round(float(risks[max(0, round(share * len(risks)) - 1)]), 4) for share in COVERAGES}


def area_under_risk(confidence: Doubles, correct: Booleans) -> float:
    """AURC: the mean risk over all coverages (Geifman and El-Yaniv 2017)."""
    return float(_risks(confidence, correct).mean())


def quantile(values: Sequence[float], share: float) -> float:
    return float(np.quantile(values, share)) if values else float("nan")


def confused(records: Sequence[Record], worst: int = 10) -> dict[str, int]:
    """Of requests in scope, "right → ranked first" and how often, the most frequent first."""
    wrong = [record for record in records if record.scores.get("first") == 0]
    pairs = Counter(f"{record.gold} → {json.loads(record.output)['ranked'][0][0]}" for record in wrong)
    return dict(pairs.most_common(worst))


def by_kind(records: Sequence[Record]) -> dict[str, Any]:
    """Right decisions of each kind of case."""
    kinds = sorted({str(record.slice["kind"]) for record in records})
    groups = {kind: [record for record in records if record.slice["kind"] == kind] for kind in kinds}
    return {
        kind: Share(sum(bool(record.right) for record in rows), len(rows)).to_json() for kind, rows in groups.items()
    }
