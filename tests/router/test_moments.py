"""What a text says in the formats of JSON Schema: every usual way of writing, nothing that is no date, and that a field
of an extraction is held to it."""

from __future__ import annotations

import json
import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.contract import Contract
from router.moments import said
from router.text_shapes import FORMATS
from tests.router.test_forms import takes


@pytest.mark.parametrize(
    ("form", "text", "expected"),
    [
        ("date", "moves to Thursday, 14 May 2026, 10:30", ["2026-05-14"]),
        ("date", "due May 3rd, 2031 or 2031-06-01", ["2031-05-03", "2031-06-01"]),
        ("date", "the 5th of March 2031", ["2031-03-05"]),
        ("date", "03/04/2031 and 25.12.2031", ["2031-04-03", "2031-03-04", "2031-12-25"]),
        ("date", "signed 3 May 2026, due 14 June", ["2026-05-03", "2026-06-14"]),
        ("date", "on 14 June, in the spring of 2027", ["2027-06-14"]),
        ("date", "on 14 June", ["20[0-9][0-9]-06-14"]),
        ("date", "30 February 2031, 2031-02-30, May 2031, room 12.5.31, 7/8", []),
        ("time", "10:30 to 12:15, then 4 pm", ["10:30:00Z", "12:15:00Z", "16:00:00Z"]),
        ("time", "12 am, 12:05 p.m., 7:30:15+02:00", ["00:00:00Z", "12:05:00Z", r"07:30:15\+02:00"]),
        ("time", "25:00, 13 pm, 7 people, 10:75", []),
        ("date-time", "2031-03-05 07:30:15Z", ["2031-03-05T07:30:15Z"]),
        ("date-time", "2031-03-05T07:30", ["2031-03-05T07:30:00Z"]),
        ("date-time", "14 May 2026, 10:30", ["2026-05-14T10:30:00Z"]),
        ("date-time", "14 May 2026", ["2026-05-14T00:00:00Z"]),
        ("uuid", "id 123e4567-e89b-12d3-a456-426614174000.", ["123e4567-e89b-12d3-a456-426614174000"]),
        ("ipv4", "10.0.0.1 answers, 10.0.0.999 and 1.2.3 do not", ["10.0.0.1"]),
        ("email", "a@b.org", []),
    ],
)
def test_what_a_text_says(form: str, text: str, expected: list[str]) -> None:
    assert [each.replace(r"\-", "-").replace(r"\.", ".") for each in said(form, text)] == expected


@given(
    st.dates(date(1900, 1, 1), date(2999, 12, 31)), st.sampled_from(["%d %B %Y", "%B %d, %Y", "%Y-%m-%d", "%d %b %Y"])
)
def test_every_date_is_read_however_it_is_written(day: date, written: str) -> None:
    assert said("date", f"It is on {day.strftime(written)}, in room 4.") == [day.isoformat()]


@given(st.text(max_size=80), st.sampled_from(sorted(FORMATS)))
def test_nothing_is_said_that_the_format_does_not_admit(text: str, form: str) -> None:
    for pattern in said(form, text):
        value = pattern.replace("[0-9][0-9]", "31").replace("\\", "")
        assert re.fullmatch(FORMATS[form], json.dumps(value))


def test_a_field_of_an_extraction_is_held_to_the_dates_the_text_says() -> None:
    schema = {"type": "object", "properties": {"day": {"type": "string", "format": "date"}}, "required": ["day"]}
    held = Contract.for_schema(schema, source="The workshop moves to 14 May 2026.")
    assert takes(held, {"day": "2026-05-14"})
    assert not takes(held, {"day": "1432-04-15"})
    assert takes(Contract.for_schema(schema, source="The workshop moves."), {"day": "1432-04-15"})
    assert takes(Contract.for_schema(schema), {"day": "1432-04-15"})
