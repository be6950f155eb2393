"""Endless seeded generators of training rows for the agent's everyday work, and their mixture.

Every row is made here from grammars and random values: nothing is downloaded, nothing copied from a data set.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from random import Random

from training.example import Example

# The modules with a `generate(rng)`, and the share of rows each has in the mixture unless told otherwise.
WEIGHTS: dict[str, float] = {
    "builtin_calls": 6,
    "trajectories": 6,
    "answers": 4.5,
    "extraction": 7,
    "retrieval": 1.5,
    "safety": 1.5,
    "declines": 1.5,
    "warmup": 1,
}


def generator(name: str) -> Callable[[Random], Iterator[Example]]:
    """The generator of one module of this folder; imported when first asked for. KeyError for an unknown name."""
    if name not in WEIGHTS:
        raise KeyError(f"no synthetic generator {name!r}; there are {', '.join(WEIGHTS)}")
    generate: Callable[[Random], Iterator[Example]] = import_module(f"{__name__}.{name}").generate
    return generate


def mixture(rng: Random, weights: Mapping[str, float] | None = None) -> Iterator[Example]:
    """Rows of all generators without end, each drawn as often as its weight says; the same seed, the same rows."""
    shares = {name: weight for name, weight in (WEIGHTS if weights is None else weights).items() if weight > 0}
    names = list(shares)
    running = {name: generator(name)(Random(rng.getrandbits(64))) for name in names}
    while True:
        yield next(running[rng.choices(names, list(shares.values()))[0]])
