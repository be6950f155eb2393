"""One request for several sets of values: one for each of them, in the words it was made in."""

from __future__ import annotations

import pytest

from router.pointer import Found, Pointed
from router.several import apart
from router.slots import Slot


def _pointed(clause: str, **said: list[str]) -> dict[str, Pointed]:
    """Parameters with the words that are surely said for them, each in the first place it stands in."""
    read = {}
    for name, words in said.items():
        places = [(0, clause.index(each), clause.index(each) + len(each)) for each in words]
        found = (Found(each, 3.0, place) for each, place in zip(words, places, strict=True))
        read[name] = Pointed(Slot(name, "numbers" if name.startswith("array") else "text", name), tuple(found))
    return read


def test_a_stray_value_does_not_spoil_a_list() -> None:
    clause = "Deaths of COVID in Peru, Chile and Spain"
    pointed = _pointed(clause, country=["COVID", "Peru", "Chile", "Spain"])
    read = pointed["country"]
    found = (read.found[0]._replace(score=1.0), *read.found[1:])
    told = {"country": read._replace(found=found)}
    assert apart(clause, told, told) == [f"Deaths of COVID in {land}" for land in ("Peru", "Chile", "Spain")]


@pytest.mark.parametrize(
    ("clause", "said", "requests"),
    [
        (
            "Weather in Oslo, Rome and Lima, please?",
            {"city": ["Oslo", "Rome", "Lima"]},
            [f"Weather in {city}, please?" for city in ("Oslo", "Rome", "Lima")],
        ),
        (
            "Dim the hall to 40, then the porch to 15.",
            {"lamp": ["hall", "porch"], "level": ["40", "15"]},
            ["Dim the hall to 40.", "Dim the porch to 15."],
        ),
        (
            "Set hall and porch to 40 and 15, respectively.",
            {"lamp": ["hall", "porch"], "level": ["40", "15"]},
            ["Set hall to 40, respectively.", "Set porch to 15, respectively."],
        ),
        (
            "Stocks of Apple weekly, of Tesla with splits",
            {"name": ["Apple", "Tesla"], "interval": ["weekly"]},
            ["Stocks of Apple weekly", "Stocks of Tesla with splits"],
        ),
        (
            "The LCM of the pairs 35 and 45, 72 and 108",
            {"a": ["35", "45", "72", "108"], "b": ["35", "45", "108"]},
            ["The LCM of the pairs 35 and 45", "The LCM of the pairs 72 and 108"],
        ),
        (
            "The LCM of the pairs 35 and 45, 72 and 108, and 6 and 9",
            {"a": ["35", "72"], "b": ["45", "9"]},
            ["The LCM of the pairs 35 and 45", "The LCM of the pairs 72 and 108", "The LCM of the pairs 6 and 9"],
        ),
        (
            "Prices of 'AAA' (Ample Air), 'BBB' (Bold Bread Ltd) and 'CCC' (Cool Cats)?",
            {"name": ["AAA", "BBB", "CCC"]},
            [
                "Prices of 'AAA' (Ample Air)?",
                "Prices of 'BBB' (Bold Bread Ltd)?",
                "Prices of 'CCC' (Cool Cats)?",
            ],
        ),
        (
            "The 5th, 8th and 13th numbers of it.",
            {"n": ["5", "13"]},
            ["The 5th numbers of it.", "The 8th numbers of it.", "The 13th numbers of it."],
        ),
        (
            "Sort [5, 2] upwards, [3, 8] downwards.",
            {"array": []},
            ["Sort [5, 2] upwards.", "Sort [3, 8] downwards."],
        ),
        (
            "Directors of 'Kill Bill,' 'Alien' and 'Jaws'?",
            {"film": ["Kill Bill", "Jaws"]},
            ["Directors of 'Kill Bill'?", "Directors of 'Alien'?", "Directors of 'Jaws'?"],
        ),
        (
            "Distances from (3, 4) to (7, 9), and (1, 2) to (5, 6).",
            {"array_a": [], "array_b": []},
            ["Distances from (3, 4) to (7, 9).", "Distances from (1, 2) to (5, 6)."],
        ),
        (
            "Areas for radii of 5 units, 10 units and 15 units.",
            {"radius": ["5", "10", "15"]},
            [f"Areas for radii of {n} units." for n in (5, 10, 15)],
        ),
        ("Add [1, 2] to [3, 4]", {"array_a": [], "array_b": []}, ["Add [1, 2] to [3, 4]"]),
        ("What does SAP cost, and what of ABB?", {"stock": ["SAP", "ABB"]}, ["What does SAP cost, and what of ABB?"]),
        ("Shares of SAP, and those of ABB?", {"stock": ["SAP", "ABB"]}, ["Shares of SAP?", "Shares of ABB?"]),
        ("Get SAP today. Is SAP SE fine?", {"stock": ["SAP", "SAP SE"]}, ["Get SAP today. Is SAP SE fine?"]),
        ("LCM for every 18 and every 24", {"a": ["18", "24"], "b": []}, ["LCM for every 18 and every 24"]),
        ("Fly from Oslo to Rome", {"origin": ["Oslo"], "destination": ["Rome"]}, ["Fly from Oslo to Rome"]),
    ],
)  # fmt: skip
def test_a_request_for_sets_of_values_is_one_for_each(
    clause: str, said: dict[str, list[str]], requests: list[str]
) -> None:
    assert apart(clause, _pointed(clause, **said), said) == requests


@pytest.mark.parametrize("clause", ["a table for 5 or 6", "between 5 to 6 days", "for 5-6 people", "for 5, or 6"])
def test_one_of_two_is_no_two_requests(clause: str) -> None:
    assert apart(clause, _pointed(clause, people=["5", "6"]), ()) == [clause]


def test_lists_of_words_with_others_between_them_are_left_alone() -> None:
    clause = "Move Ana with great care and Bo to Rome then Oslo"
    assert apart(clause, _pointed(clause, who=["Ana", "Bo"], to=["Rome", "Oslo"]), ()) == [clause]
