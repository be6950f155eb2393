"""Scores of skills at a state, fitted on their examples: one discriminant for all, and for each progress a regression
beside it, with the sharpness that examples left out ask for.

Each progress is fitted when it is first asked for. What was solved stays in the user's cache folder, named by all that
it was solved from, so that the next process reads it. Which skill is drawn, and how surely, is said in routing.py.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from router import confidence, discriminant, regression
from router.cache import remembered
from router.discriminant import Background, Discriminant
from router.encoder import Floats
from router.regression import Regression

HELD_OUT = 256  # examples of either progress, at most, that are scored left out to find how sure a ranking may be
KEPT = 8  # sets of skills whose solutions stay on disk, a few megabytes each


@dataclass(frozen=True)
class Group:
    """The vectors of one skill's examples of one progress, its description first.

    `observed` None: its description only, fit for either. `skill` None: requests that no skill is for. `key` names what
    the vectors were computed from; with None, nothing solved from them is kept on disk.
    """

    skill: str | None
    observed: bool | None
    vectors: Floats
    key: str | None = None

    def due(self, observed: bool) -> bool:
        return self.observed in (None, observed)


@dataclass(frozen=True)
class Progress:
    """What ranks the groups of one progress: `rows` of all groups; no regression where there is but one group."""

    rows: list[int]
    regression: Regression | None
    temperature: float


class Ranking:
    """Of `groups`. `temperature`: how sharp a ranking is where examples say nothing of it. `latest`: the regressions of
    an earlier ranking, gone on with where its groups come first in these; replaced by this one's."""

    def __init__(
        self, groups: Sequence[Group], background: Background, temperature: float,
        latest: dict[bool, Regression | None],
    ) -> None:  # fmt: skip
        self.groups = list(groups)
        self._axes, self._temperature, self._latest = background.axes, temperature, latest
        self._key = _key_of(groups, background, temperature)
        vectors = [group.vectors for group in groups]
        solved = self._kept("discriminant", discriminant.size(vectors), lambda: discriminant.solve(vectors, background))
        self.discriminant: Discriminant = discriminant.assemble(vectors, solved)
        self._progress: dict[bool, Progress] = {}

    def prior(self, observed: bool) -> Floats:
        """[g]: a skill with twice the examples of a progress is taken to be due twice as often (Bayes' prior), none of
        them as often as the average skill. As logarithms."""
        sizes = np.array([len(group.vectors) for group in self.groups], dtype=np.float32)
        skills = [size for size, group in zip(sizes, self.groups, strict=True) if group.skill and group.due(observed)]
        none = np.array([group.skill is None for group in self.groups])
        sizes[none] = np.mean(skills or [1.0])
        return np.asarray(np.log(sizes), dtype=np.float32)

    def logits(self, vectors: Floats, scores: Floats, observed: bool) -> Floats:
        """[n, g]: the discriminant's `scores` of `vectors` with the regression's added, sharpened, and the prior."""
        if observed not in self._progress:
            self._progress[observed] = self._fit(observed)
        progress, total = self._progress[observed], scores.copy()
        if progress.regression is not None:
            total[:, progress.rows] += progress.regression.scores(vectors)
        return np.asarray(total * np.float32(progress.temperature) + self.prior(observed))

    def _fit(self, observed: bool) -> Progress:
        rows = [row for row, group in enumerate(self.groups) if group.due(observed)]
        due = [self.groups[row].vectors for row in rows]
        if len(due) < 2:
            return Progress(rows, None, self._temperature)
        if not regression.is_few(due, self._axes):  # its sums are needed when the next skill is learned
            return self._solved(rows, due, observed)
        width = regression.width_of(self._axes[-regression.LEADING :])

        def solve() -> Floats:
            made = self._solved(rows, due, observed)
            assert made.regression is not None
            return np.append(made.regression.weights.ravel(), np.float32(made.temperature)).astype(np.float32)

        kept = self._kept(f"regression {observed}", width * len(due) + 1, solve)
        weights = kept[:-1].reshape(width, len(due))
        return Progress(rows, regression.of_weights(self._axes, weights), float(kept[-1]))

    def _solved(self, rows: list[int], due: Sequence[Floats], observed: bool) -> Progress:
        """The regression, and how sharply it ranks examples left out: those of skills, as far as users say them."""
        sizes = [len(vectors) for vectors in due]
        member = np.repeat(np.arange(len(due)), sizes)
        described = np.zeros(len(member), dtype=bool)
        described[np.cumsum([0, *sizes[:-1]])] = True  # descriptions are not what users say
        spoken = np.nonzero(~described)[0]
        asked = spoken[:: -(-len(spoken) // HELD_OUT)] if len(spoken) else spoken
        regressed = regression.fit(due, self._axes, asked, self._latest[observed])
        self._latest[observed] = regressed
        gold = member[asked]
        scores = self.discriminant.scores(np.concatenate(due)[asked])[:, rows]
        left_out = np.concatenate([self.discriminant.left_out[self.discriminant.members(row)] for row in rows])
        scores[np.arange(len(asked)), gold] = left_out[asked]
        prior = self.prior(observed)[rows]
        temperature = confidence.temperature_of(scores + regressed.left_out, gold, self._temperature, prior)
        return Progress(rows, regressed, temperature)

    def _kept(self, what: str, length: int, solve: discriminant.Solve) -> Floats:
        if self._key is None:
            return solve()
        return remembered(f"{self._key} {what}", (length,), solve, under="rankings", keep=3 * KEPT)


def _key_of(groups: Sequence[Group], background: Background, temperature: float) -> str | None:
    """Names all that is solved from these groups; None where that is not known of one of them."""
    code = _code_digest()
    if code is None or any(group.key is None for group in groups):
        return None
    named = [[group.skill is None, group.observed, group.key] for group in groups]
    written = json.dumps([code, background.digest, temperature, named])
    return hashlib.sha256(written.encode()).hexdigest()


@cache
def _code_digest() -> str | None:
    """Of the modules that solve: what another version of them solved is not this one's. None without their sources."""
    try:
        sources = [Path(str(module.__file__)).read_bytes() for module in (discriminant, regression, confidence)]
        return hashlib.sha256(b"\0".join([*sources, Path(__file__).read_bytes()])).hexdigest()
    except OSError:
        return None
