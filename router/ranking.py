"""Scores of skills at a state, fitted on their examples: one discriminant for all, and for each progress a regression
beside it, with the sharpness that examples left out ask for; and between two that come out close, a closer look.

Each progress is fitted when it is first asked for. What was solved stays in the user's cache folder, named by all that
it was solved from, so that the next process reads it. Which skill is drawn, and how surely, is said in routing.py.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from router import close_calls, confidence, discriminant, regression
from router.cache import remembered
from router.close_calls import Line
from router.discriminant import Background, Discriminant
from router.encoder import Floats
from router.regression import Regression

HELD_OUT = 256  # examples of either progress, at most, that are scored left out to find how sure a ranking may be
LINES = 512  # between two groups that were once close, kept in memory: 9 kB each
KEPT = 8  # sets of skills whose solutions stay on disk, a few megabytes each


@dataclass(frozen=True)
class Group:
    """The vectors of one skill's examples of one progress, its description first, and their `texts`.

    `observed` None: its description only, fit for either. `skill` None: requests that no skill is for. `key` names what
    the vectors were computed from; with None, nothing solved from them is kept on disk.
    """

    skill: str | None
    observed: bool | None
    vectors: Floats
    texts: Sequence[str]
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
    """Of `groups`: `nobodys` bool [g], those of requests no skill is for; by progress, `elsewhere` bool [g], those of
    the other one, and `prior` [g]. `temperature`: how sharp a ranking is where examples say nothing of it. `latest`:
    the regressions of an earlier ranking, gone on with where its groups come first in these; replaced by this one's."""

    def __init__(
        self, groups: Sequence[Group], background: Background, temperature: float,
        latest: dict[bool, Regression | None],
    ) -> None:  # fmt: skip
        self.groups = list(groups)
        self.nobodys = np.array([group.skill is None for group in groups])
        self.elsewhere = {due: np.array([not group.due(due) for group in groups]) for due in (False, True)}
        self.prior = {due: self._prior(due) for due in (False, True)}
        self._axes, self._temperature, self._latest = background.axes, temperature, latest
        self._key = _key_of(groups, background, temperature)
        vectors = [group.vectors for group in groups]
        solved = self._kept("discriminant", discriminant.size(vectors), lambda: discriminant.solve(vectors, background))
        self.discriminant: Discriminant = discriminant.assemble(vectors, solved)
        self._progress: dict[bool, Progress] = {}
        self._line = lru_cache(LINES)(self._between)

    def _prior(self, observed: bool) -> Floats:
        """[g]: a skill with twice the examples of a progress is taken to be due twice as often (Bayes' prior), none of
        them as often as the average skill. As logarithms."""
        sizes = np.array([len(group.vectors) for group in self.groups], dtype=np.float32)
        due = ~self.elsewhere[observed] & ~self.nobodys
        sizes[self.nobodys] = sizes[due].mean() if due.any() else 1.0
        return np.asarray(np.log(sizes), dtype=np.float32)

    def logits(self, vectors: Floats, texts: Sequence[str], scores: Floats, observed: bool) -> Floats:
        """[n, g]: the discriminant's `scores` of `vectors`, those of `texts`, with the regression's added, sharpened,
        and the prior; the best two skills told apart once more where they are close."""
        if observed not in self._progress:
            self._progress[observed] = self._fit(observed)
        progress, total = self._progress[observed], scores.copy()
        if progress.regression is not None:
            total[:, progress.rows] += progress.regression.scores(vectors)
        logits = np.asarray(total * np.float32(progress.temperature) + self.prior[observed])
        rivals = np.nonzero(~self.elsewhere[observed] & ~self.nobodys)[0]
        if len(rivals) > 2:  # two are told apart by the regression already
            for each in zip(logits, vectors, texts, strict=True):
                self._settle(*each, rivals)
        return logits

    def _settle(self, logits: Floats, vector: Floats, text: str, rivals: npt.NDArray[np.intp]) -> None:
        """Changes the best two of `rivals` in `logits` [g] where they are close; together they stay as likely."""
        first, second = (int(each) for each in rivals[np.argsort(-logits[rivals])[:2]])
        gap = float(logits[first] - logits[second])
        if close_calls.is_close(gap, len(self.groups[first].vectors), len(self.groups[second].vectors)):
            both = np.logaddexp(logits[first], logits[second])
            after = close_calls.settled(gap, self._line(first, second).side(vector, text))
            logits[first], logits[second] = both - np.logaddexp(0, -after), both - np.logaddexp(0, after)

    def _between(self, first: int, second: int) -> Line:
        one, other = self.groups[first], self.groups[second]
        return close_calls.between(one.vectors, other.vectors, [*one.texts, *other.texts])

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
        prior = self.prior[observed][rows]
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
