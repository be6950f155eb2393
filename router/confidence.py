"""How sharply scores are to be read as probabilities, found on held-out examples of the skills themselves.

One number, a temperature (Guo et al. 2017), because nothing more can be had from what a user gives. It says how sure a
ranking may be, never which is right.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from router.encoder import Floats

TEMPERATURES = np.geomspace(0.002, 1.0, 60)
PRIOR_EXAMPLES = 50  # what the shared temperature counts for beside held-out examples


def loss(scores: Floats, gold: npt.NDArray[np.integer], temperature: float, prior: Floats | float = 0.0) -> float:
    """Cross-entropy of the right group, in nats, averaged. `scores` [n, g], `gold` [n], `prior` [g] as logarithms."""
    logits = temperature * scores.astype(np.float64) + prior
    logits -= logits.max(1, keepdims=True)
    right = logits[np.arange(len(logits)), gold]
    return float((np.log(np.exp(logits).sum(1)) - right).mean())


def temperature_of(scores: Floats, gold: npt.NDArray[np.integer], shared: float, prior: Floats | float = 0.0) -> float:
    """The likeliest temperature of held-out `scores`, drawn towards the `shared` one while they are few."""
    if not len(gold):
        return shared
    own = TEMPERATURES[int(np.argmin([loss(scores, gold, each, prior) for each in TEMPERATURES]))]
    share = len(gold) / (len(gold) + PRIOR_EXAMPLES)
    return float(np.exp(share * np.log(own) + (1 - share) * np.log(shared)))
