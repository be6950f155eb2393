"""The wording of a request that is about numbers: plain styling or one of the many manners, evenly. Where a manner
would write "4" for "for", among numbers nobody could read it, so the plain styling stands in."""

from __future__ import annotations

import re
from random import Random

from training.synthetic import manner, phrases
from training.synthetic.phrases import Forms, Slots

_FOR = re.compile(r"(?<![\d.,])4(?![\d.,])")


def wording(rng: Random, forms: Forms, slots: Slots) -> str:
    """One request in one of the forms."""
    if rng.random() < 0.5:
        return phrases.wording(rng, forms, slots)
    request = manner.asked(rng, forms, slots)
    if _FOR.search(request) and not any(_FOR.search(str(slot)) for slot in dict(slots).values()):
        return phrases.wording(rng, forms, slots)
    return request
