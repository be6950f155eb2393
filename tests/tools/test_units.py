"""Units by the names people use; currencies, nonsense and apples to pears are refused in words."""

from __future__ import annotations

import time
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tools.builtin.units import convert_unit
from tools.tool import ToolFailed


def convert(value: float, source: str, target: str) -> str:
    return str(convert_unit.run(value=value, from_unit=source, to_unit=target))


@pytest.mark.parametrize(
    ("value", "source", "target", "result"),
    [
        (42, "km", "miles", "26.0976 miles"),
        (5, "KILOMETERS", "Meters", "5000 Meters"),
        (3, "kilometres", "m", "3000 m"),
        (98.6, "°F", "°C", "37 °C"),
        (100, "degrees Celsius", "fahrenheit", "212 fahrenheit"),
        (0, "C", "F", "32 F"),
        (-40, "Celsius", "K", "233.15 K"),
        (5, "pounds", "kg", "2.26796 kg"),
        (12, "Kg", "Pounds", "26.4555 Pounds"),
        (3, "stone", "lbs", "42 lbs"),
        (2, "cups", "ml", "473.176 ml"),
        (8, "fluid ounces", "milliliters", "236.588 milliliters"),
        (1, "US gallon", "litres", "3.78541 litres"),
        (1, "imperial gallon", "litres", "4.54609 litres"),
        (1500, "MB", "GB", "1.5 GB"),
        (1, "GB", "GiB", "0.931323 GiB"),
        (100, "Mb", "MB", "12.5 MB"),
        (3, "KB", "bytes", "3000 bytes"),
        (60, "mph", "km/h", "96.5606 km/h"),
        (60, "miles per hour", "kilometres per hour", "96.5606 kilometres per hour"),
        (3, "nautical miles", "km", "5.556 km"),
        (1000, "square feet", "square metres", "92.903 square metres"),
        (1, "m2", "sq ft", "10.7639 sq ft"),
        (90, "mins", "hrs", "1.5 hrs"),
        (6, "ft", "in", "72 in"),
        (1, "light year", "km", "9460730472581 km"),
        (1, "nm", "m", "1e-09 m"),
        (0, "km", "m", "0 m"),
    ],
)
def test_units_go_by_everyday_names(value: float, source: str, target: str, result: str) -> None:
    assert convert(value, source, target) == result


@pytest.mark.parametrize(
    ("value", "source", "target", "complaint"),
    [
        (1, "USD", "EUR", "USD is a currency"),
        (5, "dollars", "km", "dollars is a currency"),
        (5, "€", "£", "€ is a currency"),
        (5, "km", "kg", "measure different things"),
        (3, "GB", "degrees", "measure different things"),
        (3, "bananas", "km", "unit called 'bananas'"),
        (1, "", "m", "unit called ''"),
        (1, "10", "m", "unit called '10'"),
        (1, "m^9^9^9", "m", "unit called"),
        (1, "m**99999", "m", "unit called"),
        (1, "m" * 500, "m", "unit called"),
        (1, "_" * 59 + "!", "m", "unit called"),
        (1, "µ " * 29 + "!", "m", "unit called"),
        (1e308, "km", "mm", "out of range"),
    ],
)
def test_what_cannot_be_converted_is_told(value: float, source: str, target: str, complaint: str) -> None:
    with pytest.raises(ToolFailed) as failed:
        convert(value, source, target)
    assert complaint in str(failed.value)


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="kmg^*/0123456789 per square_°.()-", max_size=30))
def test_any_unit_is_known_or_refused_in_time(unit: str) -> None:
    started = time.process_time()
    with suppress(ToolFailed):  # anything else is a fault
        convert(1, unit, "m")
    assert time.process_time() - started < 5


@given(st.floats(min_value=1e-3, max_value=1e9))
def test_there_and_back_again(value: float) -> None:
    there = convert(value, "km", "miles").split()[0]
    back = convert(float(there), "miles", "km").split()[0]
    assert float(back) == pytest.approx(value, rel=1e-4)
