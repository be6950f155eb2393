"""Write the bundled skills' examples.jsonl: requests the router learns each skill from, spread wide rather than many.

    python -m training.examples

Drawn from training.synthetic.states. Out-of-scope states belong to no skill and are not written. The rows' vectors are
written too (adapters/router/examples.safetensors), so that a fresh install routes at once; with none, or with edited
examples, the router computes them itself.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Mapping
from itertools import islice
from pathlib import Path

import numpy as np
import numpy.typing as npt
from safetensors.numpy import save_file

from adapters.registry import Registry
from router.encoder import Encoder
from router.routing import EXAMPLES, LAYERS, examples_key
from training.example import SkillName
from training.synthetic.states import RoutedState, of_skill

ADAPTERS = Path(__file__).parent.parent / "adapters"
# Before anything was observed, and after. A skill with more examples of a progress is taken to be due more often, and
# tool-call and answer are; all before, those outside too, are fewer than the features of the regression beside them,
# so that what is solved fits on disk (router/ranking.py).
COUNTS: Mapping[SkillName, tuple[int, int]] = {
    "tool-call": (900, 0),
    "answer": (0, 1000),
    "json-extract": (520, 380),
    "retrieval-format": (420, 500),
    "safety-filter": (650, 420),
}
LONGEST = 400  # characters; the router reads no further than a few sentences anyway
CANDIDATES = 2  # drawn for each row kept, so that rows are not one run of the generator


def examples(skill: SkillName, seed: int) -> list[RoutedState]:
    """As many different states of one skill as COUNTS says, of either progress."""
    rng = random.Random(f"{seed} {skill}")
    drawn: dict[RoutedState, None] = {}
    found: list[list[RoutedState]] = [[], []]
    source = of_skill(rng, skill)
    while any(len(found[at]) < CANDIDATES * COUNTS[skill][at] for at in (False, True)):
        for state in islice(source, CANDIDATES):
            if len(state.text) <= LONGEST and state not in drawn:
                drawn[state] = None
                found[state.observed].append(state)
    chosen = [state for at in (False, True) for state in rng.sample(found[at], COUNTS[skill][at])]
    return rng.sample(chosen, len(chosen))


def vectors(encoder: Encoder) -> dict[str, npt.NDArray[np.float16]]:
    """Of every bundled skill's description and examples, as the router asks for them."""
    found = {}
    for skill in Registry(ADAPTERS, ADAPTERS / "none").all():
        texts = [skill.description, *(example.request for example in skill.examples)]
        found[examples_key(encoder, texts)] = encoder.embed_layers(texts, LAYERS).astype(np.float16)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description="Write examples.jsonl of the bundled skills, and their vectors.")
    parser.add_argument("--seed", type=int, default=11)
    given = parser.parse_args()
    for skill in COUNTS:
        rows = examples(skill, given.seed)
        lines = [json.dumps({"request": s.text, "observed": s.observed}, ensure_ascii=False) for s in rows]
        (ADAPTERS / skill / "examples.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    save_file(vectors(Encoder.load()), EXAMPLES)


if __name__ == "__main__":
    main()
