"""Write the bundled skills' examples.jsonl: requests the router learns each skill from, spread wide rather than many.

    python -m training.examples --count 120

Drawn from training.synthetic.states; of many candidates those are kept that differ most from those kept before, so that
a hundred rows cover what ten thousand would. Out-of-scope states belong to no skill and are not written.
"""

from __future__ import annotations

import argparse
import json
import random
from itertools import islice
from pathlib import Path

import numpy as np
import numpy.typing as npt

from router.encoder import Encoder
from training.synthetic.states import SKILLS, RoutedState, of_skill

ADAPTERS = Path(__file__).parent.parent / "adapters"
CANDIDATES = 12  # drawn for each row kept


def spread(vectors: npt.NDArray[np.float32], count: int) -> list[int]:
    """Indices of `count` rows of `vectors` [n, d], each the farthest from all before it (Gonzalez 1985, TCS 38:293–306)."""
    kept = [0]
    nearest = vectors @ vectors[0]
    while len(kept) < min(count, len(vectors)):
        kept.append(int(nearest.argmin()))
        nearest = np.maximum(nearest, vectors @ vectors[kept[-1]])
    return kept


def choose(encoder: Encoder, states: list[RoutedState], count: int, rng: random.Random) -> list[RoutedState]:
    """Half of the rows spread as far as they go, half as they come: the rare ways to ask and the usual ones."""
    far = [states[i] for i in spread(encoder.embed([state.text for state in states]), count // 2)]
    usual = rng.sample([state for state in states if state not in far], count - len(far))
    return [*usual, *far]


def main() -> None:
    parser = argparse.ArgumentParser(description="Write examples.jsonl of the bundled skills.")
    parser.add_argument("--count", type=int, default=120)
    parser.add_argument("--seed", type=int, default=11)
    given = parser.parse_args()
    encoder = Encoder.load()
    for skill in SKILLS:
        rng = random.Random(f"{given.seed} {skill}")
        states = list(dict.fromkeys(islice(of_skill(rng, skill), given.count * CANDIDATES)))
        states = [state for state in states if len(state.text) <= 400]
        rows = choose(encoder, states, given.count, rng)
        lines = [json.dumps({"request": s.text, "observed": s.observed}, ensure_ascii=False) for s in rows]
        (ADAPTERS / skill / "examples.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
