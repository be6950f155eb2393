"""One request for several things: spread out where both halves are built alike, left alone everywhere else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.coordination import spread


@pytest.mark.parametrize(
    ("clause", "requests"),
    [
        ("Turn the oven to 180 and the grill to 90.", ["Turn the oven to 180.", "Turn the grill to 90."]),
        ("Ring for 6 on May 2 and for 8 on May 3", ["Ring for 6 on May 2", "Ring for 8 on May 3"]),
        ("Find the height of K2 and of Elbrus", ["Find the height of K2", "Find the height of Elbrus"]),
        ("the price of NOK, of SAP and of ABB?", [f"the price of {each}?" for each in ("NOK", "SAP", "ABB")]),
        ("Convert 5 km to miles and 3 kg to pounds", ["Convert 5 km to miles", "Convert 3 kg to pounds"]),
        ("Email 'plans and hopes' to Ana and 'bills' to Bo", ["Email 'plans and hopes' to Ana", "Email 'bills' to Bo"]),
    ],
)  # fmt: skip
def test_halves_built_alike_are_two_requests(clause: str, requests: list[str]) -> None:
    assert spread(clause) == requests


@pytest.mark.parametrize(
    "clause",
    [
        "the area of a triangle with base 10 and height 5",
        "sort 8, 3.5, 19 and 4, the largest first",
        "remind me to buy milk and bread",
        "how many days are between 3 March and 5 May",
        "what is the difference of sales in a.csv and of costs in b.csv",
        "a table for 5 at Casa Lupe on Friday at 19:45, outside please",
        "read a.txt and write the sum to b.txt",
        "compare rents in Oslo and prices in Rome",
        "Ana of Porto and Bo of Lyon came by",
        "",
    ],
)
def test_anything_else_is_one(clause: str) -> None:
    assert spread(clause) == [clause]


@given(st.text(max_size=60))
def test_nothing_is_invented(text: str) -> None:
    assert all(word in text for request in spread(text) for word in request.split())
