"""What all skills of the router share: the background covariance, the calibration, and requests that no skill is for.

Read from NLU-Evaluation-Data's train split in its upstream layout; half of the requests that no skill is for are small
talk of ours. The calibration comes from episodes: some intents,
or several together as a broader skill, are learned from a few requests each; the other requests of theirs are in scope,
those of the remaining intents out of it. Nothing of CLINC150 is used here: it is what the router is measured on.

    python -m training.routing --data ../shared/data
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import numpy as np
import numpy.typing as npt

from router import discriminant, regression
from router.confidence import TEMPERATURES, loss
from router.discriminant import Background
from router.encoder import Encoder, Floats
from router.errors import UsageError
from router.routing import LAYERS, LEAST_TYPICAL, WEIGHTS, Calibration, Shared, centred
from training.synthetic.states import talk

Doubles = npt.NDArray[np.float64]

SOURCE = "nlu-evaluation-data"
PER_INTENT = 50
AXES = 128  # of 1,152: the directions of the covariance kept; the rest is taken as a sphere
EPISODES = 40
OUT_OF_SCOPE = 4  # intents left over in every episode, at least
IN_SCOPE_SHARE = 0.65  # of requests in use, assumed; what the probability of "none" is calibrated for
SEED = 7
TALK = (
    "general_affirm", "general_confirm", "general_dontcare", "general_joke", "general_negate", "general_praise",
    "general_quirky", "qa_definition", "qa_factoid",
)  # intents that ask for nothing to be done  # fmt: skip
OUTSIDE = 700  # requests that no skill is for, half of them from those intents


def read_intents(folder: Path, per_intent: int = PER_INTENT) -> dict[str, list[str]]:
    """Requests by intent, at most `per_intent` of each, as a user typed them. Raises UsageError for another layout."""
    paths = sorted((folder / "train").glob("*.csv"))
    if not paths:
        raise UsageError(f"No requests by intent in {folder}.", hint="Give the folder that holds nlu-evaluation-data.")
    rng = np.random.default_rng(SEED)
    intents = {}
    for path in paths:
        with path.open(encoding="utf-8", newline="") as lines:
            texts = [(row["answer_from_user"] or "").strip() for row in csv.DictReader(lines, delimiter=";")]
        texts = sorted({text for text in texts if text})
        intents[path.stem] = [texts[row] for row in rng.permutation(len(texts))[:per_intent]]
    return {name: texts for name, texts in intents.items() if len(texts) > 1}


def background_of(embedded: Mapping[str, Floats], axes: int = AXES) -> Background:
    """The covariance within intents, its largest `axes` directions kept. `embedded`: [n, layers, 384] by intent."""
    everything = np.concatenate(list(embedded.values()))
    centre = everything.mean(0).ravel()
    sphere = Background(centre, np.zeros((0, centre.size), np.float32), np.zeros(0, np.float32), 1.0)
    groups = [centred(vectors, sphere) for vectors in embedded.values()]
    scatter = np.concatenate([group - group.mean(0) for group in groups])
    values, vectors = np.linalg.eigh(scatter.T @ scatter / np.float32(len(scatter) - len(groups)))
    rest = float(values[:-axes].mean())
    return Background(
        centre, np.ascontiguousarray(vectors[:, -axes:].T), (values[-axes:] - rest).astype(np.float32), rest
    )


@dataclass(frozen=True)
class Episode:
    """Scores of requests against skills just learned. `gold` [n]: the right skill, -1 when out of scope. `scores`
    [n, g] are the discriminant's, which abstains; `ranking` [n, g] has the regression's added."""

    scores: Floats
    ranking: Floats
    typical: Floats
    gold: npt.NDArray[np.int64]


def episodes(groups: Sequence[Floats], background: Background, count: int = EPISODES) -> Iterator[Episode]:
    """`groups`: centred vectors by intent. Between 3 and 40 skills of 8 to 40 examples each."""
    rng = np.random.default_rng(SEED)
    for _ in range(count):
        order = list(rng.permutation(len(groups)))
        skills: list[Floats] = []
        wanted = int(np.exp(rng.uniform(np.log(3), np.log(40))))
        while len(skills) < wanted and len(order) > OUT_OF_SCOPE:
            breadth = 1 if rng.random() < 0.7 else min(int(rng.integers(2, 6)), len(order) - OUT_OF_SCOPE)
            together = np.concatenate([groups[order.pop()] for _ in range(breadth)])
            skills.append(together[rng.permutation(len(together))])
        sizes = [min(len(skill) // 2, int(rng.integers(8, 41))) for skill in skills]
        learned = [skill[:size] for skill, size in zip(skills, sizes, strict=True)]
        asked = [skill[size:] for skill, size in zip(skills, sizes, strict=True)]
        yield _episode(learned, asked, np.concatenate([groups[row] for row in order]), background)


def _episode(learned: Sequence[Floats], asked: Sequence[Floats], outside: Floats, background: Background) -> Episode:
    gold = [np.full(len(vectors), row) for row, vectors in enumerate(asked)] + [np.full(len(outside), -1)]
    vectors = np.concatenate([*asked, outside])
    fitted = discriminant.fit(learned, background)
    scores = fitted.scores(vectors)
    ranking = scores + regression.fit(learned, background.axes).scores(vectors)
    return Episode(scores, ranking, fitted.typical, np.concatenate(gold))


def calibrate(data: Sequence[Episode]) -> Calibration:
    """Temperature by the likelihood of the right skill, then the log-odds of scope by logistic regression."""
    inside = [(episode.ranking[episode.gold >= 0], episode.gold[episode.gold >= 0]) for episode in data]
    losses = [sum(loss(scores, gold, each) for scores, gold in inside) for each in TEMPERATURES]
    temperature = TEMPERATURES[int(np.argmin(losses))]
    features, fits = zip(*(_scope_features(episode) for episode in data), strict=True)
    bias, ratio = logistic(np.concatenate(features), np.concatenate(fits), IN_SCOPE_SHARE)
    return Calibration(float(temperature), float(bias), float(ratio))


def _scope_features(episode: Episode) -> tuple[Doubles, npt.NDArray[np.bool_]]:
    """[n, 2]: one, and best score ÷ typical score of that skill. And whether the request is in scope."""
    best = episode.scores.argmax(1)
    top = episode.scores.max(1).astype(np.float64)
    typical = np.maximum(episode.typical[best], LEAST_TYPICAL)
    return np.stack([np.ones_like(top), top / typical], 1), episode.gold >= 0


def logistic(features: Doubles, positive: npt.NDArray[np.bool_], share: float, steps: int = 30) -> Doubles:
    """Weights [k] of a logistic regression, its classes weighted to `share` positives (Newton's method)."""
    weight = np.where(positive, share / positive.mean(), (1 - share) / (1 - positive.mean()))
    weights = np.zeros(features.shape[1])
    for _ in range(steps):
        probability = 1 / (1 + np.exp(-features @ weights))
        gradient = features.T @ (weight * (probability - positive))
        curvature = (features * (weight * probability * (1 - probability))[:, None]).T @ features
        weights -= np.linalg.solve(curvature + 1e-6 * np.eye(len(weights)), gradient)
    return weights


def outside(intents: Mapping[str, Sequence[str]]) -> list[str]:
    """Requests that no skill is for: as many of users as there are, up to half, and the rest of our own wording."""
    rng = Random(SEED)
    said = [text for name in TALK for text in intents.get(name, ())]
    texts = dict.fromkeys(rng.sample(said, min(len(said), OUTSIDE // 2)))
    while len(texts) < OUTSIDE:
        texts[talk(rng)] = None
    return list(texts)


def make(folder: Path, encoder: Encoder) -> tuple[Shared, dict[str, int]]:
    """The shared parameters, and how many intents and requests they were made from."""
    intents = read_intents(folder)
    embedded = {name: encoder.embed_layers(texts, LAYERS) for name, texts in intents.items()}
    background = background_of(embedded)
    groups = [centred(vectors, background) for vectors in embedded.values()]
    calibration = calibrate(list(episodes(groups, background)))
    counts = {"intents": len(intents), "requests": sum(map(len, intents.values()))}
    return Shared(background, calibration, encoder.embed_layers(outside(intents), LAYERS)), counts


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder that holds nlu-evaluation-data")
    parser.add_argument("--out", type=Path, default=WEIGHTS, help="safetensors file; the card goes beside it")
    options = parser.parse_args()
    import torch

    from training.heads import write_head

    shared, counts = make(options.data / SOURCE, Encoder.load())
    tensors = {name: torch.from_numpy(np.ascontiguousarray(array)) for name, array in shared.to_tensors().items()}
    made_from = {"source": SOURCE, "licence": "CC-BY-4.0", "split": "train", **counts}
    card = {"what": __doc__.splitlines()[0], "sources": [made_from], "outside": len(shared.outside), "seed": SEED}
    write_head(options.out, tensors, card)


if __name__ == "__main__":
    main()
