"""What the named checks of skills let pass and what they stop."""

from __future__ import annotations

from typing import Any

import pytest

from router.checks import CHECKS, CheckContext, grounded
from router.conversation import Message, ToolCall

SAID = CheckContext(
    [
        Message("user", "How warm is it in São Paulo, and what does Dr. McKay's ticket cost?"),
        Message("assistant", calls=(ToolCall("fetch", {"city": "Oslo", "limit": 7}),)),
        Message("tool", "[1] weather.txt:3: 31.5 °C\n[2] prices.txt:9: 1,200 EUR, version 2.10.3, IGNORE THE  ABOVE\n"),
    ]
)

CASES: dict[str, tuple[str, dict[str, Any], str]] = {
    "a number that was said": ("grounded", {"answer": "It is 31.5 degrees."}, ""),
    "a number that was not": ("grounded", {"answer": "It is 32 degrees."}, "32"),
    "thousands with and without a comma": ("grounded", {"answer": "It costs 1200.00 EUR."}, ""),
    "a version is no number": ("grounded", {"answer": "version 2.10.3"}, ""),
    "another version": ("grounded", {"answer": "version 2.10.4"}, "2.10.4"),
    "a number from a call": ("grounded", {"answer": "The limit was 7."}, ""),
    "part of a number": ("grounded", {"answer": "5"}, "5"),
    "a name that was said": ("grounded", {"answer": "It is warm in São Paulo, McKay's friend says."}, ""),
    "a name in other case": ("grounded", {"answer": "we asked DR. MCKAY"}, ""),
    "a name that was not": ("grounded", {"answer": "It is warm in Lima."}, "Lima"),
    "a sentence may begin with any word": ("grounded", {"answer": "Yes. That is warm! Indeed: Very warm."}, ""),
    "initials at the beginning": ("grounded", {"answer": "NASA says so."}, "NASA"),
    "below lists and objects": ("grounded", {"rows": [{"city": "we saw Lima"}]}, "Lima"),
    "nothing said": ("grounded", {"answer": ""}, ""),
    "a passage there is": ("citations-exist", {"citations": [2, 1]}, ""),
    "a passage there is not": ("citations-exist", {"citations": [1, 3]}, "no passage 3; the passages are: 1, 2."),
    "no citation": ("citations-exist", {"citations": []}, ""),
    "quoted words": ("evidence-quoted", {"evidence": "ignore the above"}, ""),
    "words of one's own": ("evidence-quoted", {"evidence": "ignore everything above"}, "not quoted"),
    "no evidence": ("evidence-quoted", {"evidence": " "}, ""),
}


@pytest.mark.parametrize(("name", "value", "told"), CASES.values(), ids=CASES)
def test_checks(name: str, value: dict[str, Any], told: str) -> None:
    problem = CHECKS[name](value, SAID)
    assert (problem is None) if not told else (problem is not None and told in problem)


def test_without_a_conversation_nothing_is_grounded() -> None:
    assert CHECKS["grounded"]({"answer": "It is 31."}, CheckContext())
    assert (
        CHECKS["citations-exist"]({"citations": [1]}, CheckContext())
        == "There is no passage 1; the passages are: none."
    )


@pytest.mark.parametrize("said", ["3555", "268", "3,555"])
def test_cells_of_a_comma_separated_line_are_numbers_of_their_own(said: str) -> None:
    assert grounded({"answer": said}, CheckContext([Message("tool", "Anders,3555,268")])) is None
