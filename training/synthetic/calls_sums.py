"""Requests for `calculate` and the expression each asks for.

A sum is copied as it is worded wherever the calculator reads such words; other instructions and little stories become
the symbols.
"""

from __future__ import annotations

from random import Random

from training.synthetic.case import Case
from training.synthetic.number_wording import wording
from training.synthetic.sum_frames import NOUN_FORMS, ORDER_FORMS, SUM_FORMS
from training.synthetic.sum_stories import told
from training.synthetic.sum_words import Sum, plain, symbolic, worded

__all__ = ["asked", "calculate", "plain"]

_FORMS = {"number": SUM_FORMS, "noun": NOUN_FORMS, "order": ORDER_FORMS}


def asked(rng: Random) -> tuple[str, Sum]:
    """A request and the sum it asks for, written as the call must have it."""
    kind = rng.random()
    if kind < 0.4:
        return told(rng)
    said = symbolic(rng) if kind < 0.56 else worded(rng)
    request = wording(rng, _FORMS[said.kind], {"x": said.text})
    if request.startswith(said.text) and said.text[0].isalpha() and rng.random() < 0.75:
        first = said.text[0].upper()
        return first + request[1:], Sum(first + said.text[1:], said.kind, said.value)
    return request, said


def calculate(rng: Random) -> Case:
    request, said = asked(rng)
    return Case(request, "calculate", {"expression": said.text})
