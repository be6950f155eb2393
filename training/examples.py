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
COUNTS: Mapping[SkillName, int] = {  # a skill with more examples is taken to be due more often, and these two are
    "tool-call": 1100,
    "answer": 1200,
    "json-extract": 700,
    "retrieval-format": 500,
    "safety-filter": 900,
}
LONGEST = 400  # characters; the router reads no further than a few sentences anyway
CANDIDATES = 4  # drawn for each row kept, so that rows are not one run of the generator


def examples(skill: SkillName, count: int, seed: int) -> list[RoutedState]:
    """`count` different states of one skill."""
    rng = random.Random(f"{seed} {skill}")
    drawn = islice(of_skill(rng, skill), count * CANDIDATES)
    states = [state for state in dict.fromkeys(drawn) if len(state.text) <= LONGEST]
    return rng.sample(states, count)


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
    for skill, count in COUNTS.items():
        rows = examples(skill, count, given.seed)
        lines = [json.dumps({"request": s.text, "observed": s.observed}, ensure_ascii=False) for s in rows]
        (ADAPTERS / skill / "examples.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    save_file(vectors(Encoder.load()), EXAMPLES)


if __name__ == "__main__":
    main()
