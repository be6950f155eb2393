"""The router model: the present state → skills ranked with calibrated confidence, or none.

A skill is learned from its description and examples alone, in closed form; forgetting it leaves no trace. The encoder
stays as it is; what is shared by all skills (the background covariance, the calibration) ships in
adapters/router/routing.safetensors and comes from training/routing.py. The router reads the text of a clause and
whether something was observed for it, never what: a fetched page cannot choose a skill.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from router.cache import remembered
from router.discriminant import Background
from router.encoder import WIDTH, Encoder, Floats
from router.errors import SkillNotFound, WeightsRefused
from router.ranking import Group, Ranking
from router.regression import Regression

if TYPE_CHECKING:
    from adapters.skill import SkillExample

WEIGHTS = Path(__file__).parents[1] / "adapters" / "router" / "routing.safetensors"
EXAMPLES = WEIGHTS.with_name("examples.safetensors")  # the bundled skills' examples, embedded beforehand
LAYERS = (4, 5, 6)  # the last layer means most, the two before it add what it forgets; chosen on CLINC150's val split
OTHER_PROGRESS = -100.0  # nats, more than words can weigh: examples of the other progress come after all of this one
NEAR = 0.55  # cosine; what is so near a skill's example is not outside of it, whatever it was collected as
NARROW = 1.5  # a skill whose own examples score so many times what those outside do is left by the discriminant alone
LEAST_TYPICAL = 20.0  # score; a skill so broad that its own examples score less is not held to a ratio of nothing


@dataclass(frozen=True)
class State:
    """What the router may know: the clause at hand, and whether an observation for it has arrived."""

    text: str
    observed: bool = False


@dataclass(frozen=True)
class Decision:
    """`skill` None: none of them, the base acts. `confidence`: the probability that the decision is right. `ranked`:
    every skill with its probability, best first; what they lack to one is the probability of none."""

    skill: str | None
    confidence: float
    ranked: list[tuple[str, float]]


@dataclass(frozen=True)
class Calibration:
    """From scores to probabilities, fitted on held-out requests with out-of-scope ones (Platt 1999; Guo et al. 2017).

    `temperature` multiplies scores before the softmax over skills. The log-odds that any skill fits are `bias` plus
    `ratio` times (best score ÷ what is typical of that skill's own examples), so that a broad skill may stray further.
    """

    temperature: float
    bias: float
    ratio: float

    def fits(self, best: float, typical: float) -> float:
        """Probability that the best skill's score is that of a request for it."""
        logit = self.bias + self.ratio * best / max(typical, LEAST_TYPICAL)
        return float(1 / (1 + np.exp(-logit)))


NOTHING: Floats = np.zeros((0, len(LAYERS), WIDTH), dtype=np.float32)


@dataclass(frozen=True)
class Shared:
    """What all skills share; made by training/routing.py. `outside` [n, layers, 384]: requests that no skill is for."""

    background: Background
    calibration: Calibration
    outside: Floats = field(default_factory=lambda: NOTHING)

    @classmethod
    @cache
    def load(cls, path: Path = WEIGHTS) -> Shared:
        """Raises WeightsRefused when the file is missing, damaged or of other layers."""
        from safetensors import SafetensorError
        from safetensors.numpy import load_file

        try:
            tensors = load_file(path)
            return cls.from_tensors(tensors)
        except (OSError, SafetensorError, KeyError, ValueError, TypeError) as error:
            hint = "Restore the file from the repository, or make it: python -m training.routing --data FOLDER"
            raise WeightsRefused(f"The router's shared weights in {path} cannot be used: {error}", hint=hint) from error

    @classmethod
    def from_tensors(cls, tensors: Mapping[str, Floats]) -> Shared:
        """Raises KeyError or ValueError for tensors that do not fit together."""
        axes = tensors["axes"].astype(np.float32)
        centre = tensors["centre"].astype(np.float32)
        if centre.shape != (len(LAYERS), WIDTH) or axes.shape[1:] != (centre.size,):
            raise ValueError(f"centre {centre.shape} and axes {axes.shape} do not fit layers {LAYERS}")
        rest = float(tensors["rest"].item())
        background = Background(centre.ravel(), axes, tensors["variances"].astype(np.float32), rest)
        outside = tensors.get("outside", NOTHING).astype(np.float32)
        return cls(background, Calibration(*(float(value) for value in tensors["calibration"])), outside)

    def to_tensors(self) -> dict[str, Floats]:
        background, calibration = self.background, self.calibration
        numbers = (calibration.temperature, calibration.bias, calibration.ratio)
        return {
            "centre": background.centre.reshape(len(LAYERS), WIDTH),
            "axes": background.axes.astype(np.float16),
            "variances": background.variances,
            "rest": np.array([background.rest], np.float32),
            "calibration": np.array(numbers, np.float32),
            "outside": self.outside.astype(np.float16),
        }


class Router:
    """Learns and forgets skills, and routes. `remember`: keep the vectors of examples in the user's cache folder."""

    def __init__(self, encoder: Encoder, shared: Shared | None = None, *, remember: bool = True) -> None:
        self._encoder = encoder
        self._shared = shared or Shared.load()
        self._remember = remember
        self._skills: dict[str, list[Group]] = {}
        self._ranking: Ranking | None = None
        self._latest: dict[bool, Regression | None] = {False: None, True: None}

    @property
    def skills(self) -> list[str]:
        return list(self._skills)

    def learn(self, name: str, description: str, examples: Sequence[SkillExample]) -> None:
        """Learn the skill, or learn it anew. The description counts as one more example of every progress."""
        texts = [description, *(example.request for example in examples)]
        vectors, key = self._vectors(texts), self._key(texts, [example.observed for example in examples])
        groups = []
        for observed in (False, True):
            rows = [row for row, example in enumerate(examples, 1) if example.observed is observed]
            if rows:
                groups.append(Group(name, observed, vectors[[0, *rows]], [texts[row] for row in (0, *rows)], key))
        self._skills[name] = groups or [Group(name, None, vectors, texts, key)]
        self._ranking = None

    def forget(self, name: str) -> None:
        """Raises SkillNotFound for a skill that was not learned."""
        if name not in self._skills:
            raise SkillNotFound(f"The router has not learned a skill {name!r}.", hint="quiver skill list")
        del self._skills[name]
        self._ranking = None

    def route(self, state: State) -> Decision:
        return self.route_all([state])[0]

    def route_all(self, states: Sequence[State]) -> list[Decision]:
        """As `route` of each, but embedded together."""
        if not self._skills:
            return [Decision(None, 1.0, []) for _ in states]
        ranking = self._rank()
        vectors = centred(self._encoder.embed_layers([state.text for state in states], LAYERS), self._shared.background)
        scores = ranking.discriminant.scores(vectors)
        decisions: dict[int, Decision] = {}
        for observed in (False, True):
            asked = [row for row, state in enumerate(states) if state.observed is observed]
            if asked:
                said = [states[row].text for row in asked]
                logits = ranking.logits(vectors[asked], said, scores[asked], observed)
                due = logits + np.float32(OTHER_PROGRESS) * ranking.elsewhere[observed]
                decisions |= {row: self._decide(ranking, scores[row], due[at]) for at, row in enumerate(asked)}
        return [decisions[row] for row in range(len(states))]

    def _decide(self, ranking: Ranking, scores: Floats, logits: Floats) -> Decision:
        """Two questions: do the words fit anything known, whatever the progress (the discriminant says); and which
        skill is due at this progress, or none (both say). Beside a narrow skill, what is outside is not asked."""
        typical = ranking.discriminant.typical
        none = ranking.nobodys
        likeliest = int(np.where(none, -np.inf, logits).argmax())
        narrow = none & (typical * NARROW < typical[likeliest])
        best = int(np.where(narrow, -np.inf, scores).argmax())
        fits = self._shared.calibration.fits(float(scores[best]), float(typical[best]))
        ranked = _by_skill(ranking.groups, fits * _softmax(np.where(narrow, -np.inf, logits)))
        strays = 1 - sum(probability for _, probability in ranked)
        if strays > 0.5:
            return Decision(None, strays, ranked)
        return Decision(*ranked[0], ranked)

    def _rank(self) -> Ranking:
        if self._ranking is None:
            groups = [group for skill in self._skills.values() for group in skill]
            shared = self._shared
            self._ranking = Ranking(
                [*groups, *self._outside(groups)], shared.background, shared.calibration.temperature, self._latest
            )
        return self._ranking

    def _outside(self, groups: Sequence[Group]) -> list[Group]:
        """Requests no skill is for, but for those that a skill just learned is for; asked about before anything was
        observed, as after that an answer is always due."""
        due = [group.vectors for group in groups if group.due(False)]
        if not due or not len(self._shared.outside):
            return []
        outside = centred(self._shared.outside, self._shared.background)
        apart = outside[(outside @ np.concatenate(due).T).max(1) < NEAR]
        key = hashlib.sha256(apart.tobytes()).hexdigest() if self._remember else None
        return [Group(None, False, apart, (), key)] if len(apart) else []

    def _vectors(self, texts: list[str]) -> Floats:
        def compute() -> Floats:
            return self._encoder.embed_layers(texts, LAYERS)

        if not self._remember:
            return centred(compute(), self._shared.background)
        key = examples_key(self._encoder, texts)
        shape = (len(texts), len(LAYERS), WIDTH)
        shipped = _shipped(key, shape)
        embedded = remembered(key, shape, compute) if shipped is None else shipped
        return centred(embedded, self._shared.background)

    def _key(self, texts: Sequence[str], observed: Sequence[bool]) -> str | None:
        """Names the vectors of the groups; None where nothing is to be kept."""
        if not self._remember:
            return None
        return hashlib.sha256(json.dumps([examples_key(self._encoder, texts), list(observed)]).encode()).hexdigest()


def examples_key(encoder: Encoder, texts: Sequence[str]) -> str:
    """Names all that the vectors of `texts` depend on."""
    return hashlib.sha256(json.dumps([encoder.digest, LAYERS, list(texts)]).encode()).hexdigest()


def _shipped(key: str, shape: tuple[int, ...]) -> Floats | None:
    """Vectors that came with the bundled skills; None for any other examples, and for edited ones."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(EXAMPLES, framework="np") as file:
            found = file.get_tensor(key).astype(np.float32) if key in file.keys() else None  # noqa: SIM118
    except (OSError, SafetensorError):
        return None
    return found if found is not None and found.shape == shape else None


def centred(embedded: Floats, background: Background) -> Floats:
    """[n, layers, 384] → [n, d]: each layer moved to the background's centre and scaled; all of length one."""
    moved = embedded - background.centre.reshape(embedded.shape[1:])
    unit = moved / np.maximum(np.linalg.norm(moved, axis=-1, keepdims=True), 1e-6)
    return np.asarray(unit.reshape(len(embedded), -1) / np.sqrt(embedded.shape[1]), dtype=np.float32)


def _softmax(logits: npt.NDArray[np.floating[Any]]) -> npt.NDArray[np.float64]:
    exponentials = np.exp((logits - logits.max()).astype(np.float64))
    return np.asarray(exponentials / exponentials.sum())


def _by_skill(groups: Sequence[Group], probabilities: npt.NDArray[np.float64]) -> list[tuple[str, float]]:
    """A skill with examples of both progresses has two groups; it is as probable as both together."""
    total: dict[str, float] = {}
    for group, probability in zip(groups, probabilities.tolist(), strict=True):
        if group.skill is not None:
            total[group.skill] = total.get(group.skill, 0.0) + probability
    return sorted(total.items(), key=lambda entry: -entry[1])
