"""What the built-in tools find in a text to fill their parameters with."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tools.builtin.arithmetic import calculate, sums_said
from tools.builtin.database import statements_said
from tools.builtin.dates import Dates, counts_said, steps_said, zones_said
from tools.builtin.unit_names import amounts_given, units_given, units_said, units_wanted
from tools.builtin.web import addresses_said
from tools.builtin.workfolder import WorkFolder


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("How many miles are 73 kilometres?", ["miles", "kilometres"]),
        ("I have 6 cups of flour, that is how many litres?", ["cups", "litres"]),
        ("turn 40 km/h into miles per hour", ["km/h", "miles per hour"]),
        ("350 F to C", ["F", "C"]),
        ("the flat has 54 m2, and in sq ft?", ["m2", "sq ft"]),
        ("how many fl oz are 250ml", ["fl oz", "ml"]),
        ("a slab of 3 cubic metres has how many cubic feet", ["cubic metres", "cubic feet"]),
        ("from 20 degrees C to deg F", ["degrees C", "deg F"]),
        ("5 US gallons of it to l", ["US gallons", "l"]),
        ("I am at a table in a bar of an inn", ["bar"]),
    ],
)
def test_units(text: str, found: list[str]) -> None:
    assert units_said(text) == found


@pytest.mark.parametrize(
    ("text", "given", "wanted"),
    [
        ("How many miles are 73 kilometres?", ["kilometres"], ["miles"]),
        ("73 kilometres in miles?", ["kilometres"], ["miles"]),
        ("convert the figures in pounds to kg", ["pounds"], ["kg"]),
        ("12 from km to miles", ["km"], ["miles"]),
        ("and that into miles too", [], ["miles"]),
        ("the long run is 32 km", ["km"], []),
        ("twelve ounces are how many grams", ["ounces"], ["grams"]),
        ("from 20 degrees C to deg F", ["degrees C"], ["deg F"]),
        ("feet or metres", ["feet", "metres"], ["feet", "metres"]),
    ],
)
def test_units_by_what_they_are_for(text: str, given: list[str], wanted: list[str]) -> None:
    assert units_given(text) == given
    assert units_wanted(text) == wanted


@pytest.mark.parametrize(
    ("text", "amounts"),
    [
        ("Convert -12 C to fahrenheit", [-12]),
        ("two and a half miles in km", [2.5]),
        ("two hundred pounds to kg", [200]),
        ("how many feet are in a mile", [1]),
        ("what is 5 ft 11 in in cm", [5, 11]),
        ("1,250.5 kg for 3 people", [1250.5]),
        ("12 from km to miles", [12]),
        ("and that into miles", []),
    ],
)
def test_amounts_of_units(text: str, amounts: list[float]) -> None:
    assert amounts_given(text) == amounts


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("What is 348 + 1277?", ["348 + 1277"]),
        ("Work out (14.5 - 3) * 8 for me", ["(14.5 - 3) * 8"]),
        ("Add 18.5 and 23.7, please", ["Add 18.5 and 23.7"]),
        ("I'd like 15% off 80", ["15% off 80"]),
        ("what is 20% of it", []),
        ("add 45 to that", []),
        ("meet me on 2031-03-05", []),
    ],
)
def test_sums(text: str, found: list[str]) -> None:
    assert sums_said(text) == found
    for each in found:
        assert calculate.run(expression=each)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Run SELECT COUNT(*) FROM parts on stock.db", ["SELECT COUNT(*) FROM parts"]),
        (
            "On s.db: SELECT qty FROM parts WHERE name = 'gasket', please",
            ["SELECT qty FROM parts WHERE name = 'gasket'"],
        ),
        ("try `SELECT a FROM t LIMIT 3` and tell me the first", ["SELECT a FROM t LIMIT 3"]),
        ("update t set x = 3 where id = 4 in shop.db", ["update t set x = 3 where id = 4"]),
        ("SELECT AVG(grade) FROM exam, the database is bio.db", ["SELECT AVG(grade) FROM exam"]),
        ("update me on the parts", []),
    ],
)
def test_statements(text: str, found: list[str]) -> None:
    assert statements_said(text) == found


def test_dates_counts_and_zones() -> None:
    dates = Dates(lambda: datetime(2031, 1, 1, tzinfo=UTC))
    text = "from 3 April 2029, March 5th, 2031 and 2030-02-30 to next friday"
    assert dates.dates_said(text) == ["3 April 2029", "March 5th, 2031", "next friday"]
    assert counts_said("two months before, 45 days after") == [2, -2, 45, -45]
    assert counts_said("hand it in three weeks before the deadline") == [-3]
    assert counts_said("thirty-one days later, in twenty two weeks") == [31, 22]
    assert steps_said("two months before, 45 days after") == ["months", "days"]
    assert zones_said("what time is it in New York, and in lima? Mark asks") == ["New York", "lima"]


def test_files_and_folders(tmp_path: Path) -> None:
    (tmp_path / "inbox").mkdir()
    (tmp_path / "inbox" / "ravi.txt").write_text("x")
    folder = WorkFolder(tmp_path)
    assert folder.files_said("read ravi.txt, then new.txt:3") == ["inbox/ravi.txt", "new.txt"]
    assert folder.folders_said("is there a list in inbox or in the photos folder?") == ["inbox", "photos"]
    assert folder.folders_said("list all files in this folder") == []


def test_addresses() -> None:
    assert addresses_said("see https://a.example/x?y=1, or (http://b.example).") == [
        "https://a.example/x?y=1",
        "http://b.example",
    ]
