"""The comparison of two checkers must find where they differ; the outputs it is made on must reach every rule."""

from __future__ import annotations

import json
import random
import sys
from pathlib import Path

import pytest

from evals.call_cases import OWN, read_cases
from evals.crosscheck.__main__ import compare, made_outputs, ours, verdicts_upstream
from evals.crosscheck.mutate import mutated, right_calls
from router.errors import UsageError

CASES = [case for case in read_cases(OWN) if case.wanted]


def test_agreement_and_disagreement_are_counted() -> None:
    outputs = list(made_outputs(CASES, 3 * len(CASES), seed=0))
    verdicts = [ours(case, calls) is None for case, calls in outputs]
    found = compare(outputs, [*verdicts[:-2], not verdicts[-2], "KeyError: 'items'"])
    assert (found["outputs"], found["judged"], found["agreed"]) == (len(outputs), len(outputs) - 1, len(outputs) - 2)
    assert found["upstream_failed"] == 1
    (apart,) = found["disagreements"]
    assert apart["case"] == outputs[-2][0].id


def test_the_first_round_is_right_and_the_rest_is_mixed() -> None:
    outputs = list(made_outputs(CASES, 5 * len(CASES), seed=0))
    verdicts = [ours(case, calls) is None for case, calls in outputs]
    assert all(verdicts[: len(CASES)])
    share = sum(verdicts[len(CASES) :]) / (len(outputs) - len(CASES))
    assert 0.1 < share < 0.9


def test_changes_are_drawn_with_the_seed_and_leave_the_original_alone() -> None:
    calls = right_calls(CASES[0].wanted, random.Random(1))
    before = json.dumps(calls)
    assert mutated(calls, random.Random(3)) == mutated(calls, random.Random(3))
    assert len({json.dumps(mutated(calls, random.Random(n))) for n in range(40)}) > 10
    assert json.dumps(calls) == before


def test_a_judge_that_stops_is_an_error_and_no_agreement(tmp_path: Path) -> None:
    """This Python has no bfcl-eval in it."""
    with pytest.raises(UsageError, match="stopped"):
        verdicts_upstream(Path(sys.executable), list(made_outputs(CASES[:2], 2, seed=0)))
