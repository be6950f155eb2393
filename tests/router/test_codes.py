"""Codes: what is called by a name becomes the code a description asks for, and nothing is guessed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.codes import called, coded

CURRENCY = "to currency: The currency to convert to, as an ISO 4217 code."
COUNTRY = "country: The country code, ISO 3166-1 alpha-2."


@pytest.mark.parametrize(
    ("words", "description", "code"),
    [
        ("euros", CURRENCY, "EUR"),
        ("Chinese Yuan", CURRENCY, "CNY"),
        ("yen", CURRENCY, "JPY"),
        ("dollars", CURRENCY, "USD"),
        ("Canadian dollars", CURRENCY, "CAD"),
        ("pounds", CURRENCY, "GBP"),
        ("€", CURRENCY, "EUR"),
        ("eur", CURRENCY, "EUR"),
        ("francs", CURRENCY, None),  # of Switzerland, of Rwanda, …
        ("dollars", "base: base currency, e.g. 'eur'", "usd"),
        ("dollars", "base: what the bill is paid in", None),
        ("dollars", "currency: the currency it is paid in", None),
        ("Germany", COUNTRY, "DE"),
        ("the United Kingdom", COUNTRY, "GB"),
        ("UK", COUNTRY, "GB"),
        ("USA", COUNTRY, "US"),
        ("Cote d'Ivoire", COUNTRY, "CI"),
        ("Atlantis", COUNTRY, None),
        ("Germany", "country code: the country's calling code", None),
        ("Germany", "country: alpha-3 code of the country", None),
        ("Germany", "country: ISO code of the country, e.g. USA", None),
        ("Germany", "country: three-letter country code", None),
        ("euros", "currency: three-letter currency code, for example USD", "EUR"),
        ("Germany", "country: in which country to look", None),
        ("Spanish", "target: language code to translate into, such as 'en'", "es"),
        ("Python", "language: programming language code", None),
    ],
)
def test_names_become_the_codes_that_are_asked_for(words: str, description: str, code: str | None) -> None:
    assert coded(words, description) == code


@given(st.text(max_size=40), st.sampled_from([CURRENCY, COUNTRY]))
def test_any_words_give_a_code_or_nothing(words: str, description: str) -> None:
    code = coded(words, description)
    assert code is None or (code.isupper() and 2 <= len(code) <= 3)


@pytest.mark.parametrize(
    ("options", "description", "names"),
    [
        (["US", "DE"], "country: of the holidays", ["United States", "Germany"]),
        (["eur", "usd"], "currency: of the bill", ["Euro", "US Dollar"]),
        (["en", "es"], "language: of the answer", ["English", "Spanish"]),
        (
            ["5m", "1h", "1wk", "3mo"],
            "interval: of history",
            ["5 minutes", "1 hour, hourly", "1 week, weekly", "3 months"],
        ),
        (["1M", "1m"], "interval: of history", ["1 month, monthly", "1 minute, every minute"]),
        (["1d", "max"], "interval: of history", ["1d", "max"]),
        (["US", "other"], "country: of the holidays", ["US", "other"]),
        ([], "country: of the holidays", []),
        (["US", "DE"], "keyboard: its layout", ["US", "DE"]),
    ],
)
def test_options_that_are_codes_are_read_by_what_they_are_called(
    options: list[str], description: str, names: list[str]
) -> None:
    assert called(options, description) == names
