"""Redaction: known shapes of secrets are gone, ordinary text is untouched, hiding twice changes nothing."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from router.redaction import HIDDEN, Redactor

redactor = Redactor(
    environment={
        "VENDOR_API_KEY": "correct-horse-battery",
        "PATH": "/usr/bin",
        "SHORT_TOKEN": "abc",
        "PWD": "/home/ana/work",
    }
)

SECRETS = [
    ("-H 'Authorization: Bearer q1w2e3r4t5y6' x", "-H 'Authorization: Bearer [redacted]' x"),
    ("authorization: Basic dXNlcjpodW50ZXIy=", "authorization: Basic [redacted]"),
    ("postgres://ana:hunter2@db.example.org/shop", "postgres://ana:[redacted]@db.example.org/shop"),
    ("https://ana:p@ss@example.org/", "https://ana:[redacted]@example.org/"),
    ("OPENAI_API_KEY=abc123 quiver run", "OPENAI_API_KEY=[redacted] quiver run"),
    ("export SERVICE_KEY=zzz9", "export SERVICE_KEY=[redacted]"),
    ("password: swordfish, then", "password: [redacted], then"),
    ('{"api_key": "k-1\\"2", "city": "Rome"}', '{"api_key": "[redacted]", "city": "Rome"}'),
    ('{\\"token\\": \\"inner9\\"}', '{\\"token\\": \\"[redacted]\\"}'),
    ("https://example.org/?access_token=tok123&page=2", "https://example.org/?access_token=[redacted]&page=2"),
    ("my key is sk-abcdefghij0123456789 ok", "my key is [redacted] ok"),
    ("ghp_" + "a1" * 15, "[redacted]"),
    ("AKIA" + "ABCD" * 4, "[redacted]"),
    ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0xyz.c2ln", "[redacted]"),
    (
        "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----",
        "-----BEGIN RSA PRIVATE KEY-----[redacted]-----END RSA PRIVATE KEY-----",
    ),
    ("-----BEGIN PRIVATE KEY-----\nMIIE cut short", "-----BEGIN PRIVATE KEY-----[redacted]"),
    ("it says correct-horse-battery there", "it says [redacted] there"),
]


@pytest.mark.parametrize(("text", "hidden"), SECRETS)
def test_a_secret_is_hidden_and_the_rest_stays(text: str, hidden: str) -> None:
    assert redactor.text(text) == hidden


@pytest.mark.parametrize(
    "text",
    [
        "a basic understanding of bearer bonds",
        "how many tokens: 55",
        "http://localhost:8080/a@b",
        "the secret of bread, the keys to the house",
        "monkey=3, turkey=4",
        '{"tokens": {"prompt": 12}, "token": 7}',
        "the folder /home/ana/work",
        "add 12 and 30, then write the sum to total.txt",
    ],
)
def test_ordinary_text_is_untouched(text: str) -> None:
    assert redactor.text(text) == text


def test_values_are_walked_and_made_json() -> None:
    value = {
        "arguments": {"password": "x", "sort_key": "date", "token": ""},
        "tokens": {"prompt": 3},
        "list": ("ok", b"bytes", float("nan")),
        "deep": [{"note": "PASSWORD=hunter2"}],
    }
    hidden = redactor.value(value)
    assert hidden["arguments"] == {"password": HIDDEN, "sort_key": "date", "token": ""}
    assert hidden["tokens"] == {"prompt": 3}
    assert hidden["list"] == ["ok", "b'bytes'", None]
    assert hidden["deep"] == [{"note": f"PASSWORD={HIDDEN}"}]
    json.dumps(hidden, allow_nan=False)


@settings(deadline=None)  # a busy machine is no failure
@given(st.text() | st.lists(st.sampled_from([text for text, _ in SECRETS] + [" ", '"', "token=", "\\"])).map("".join))
def test_hiding_twice_changes_nothing(text: str) -> None:
    once = redactor.text(text)
    assert redactor.text(once) == once


@settings(deadline=None)  # a busy machine is no failure
@given(st.dictionaries(st.sampled_from(["token", "password", "city", "n"]), st.text() | st.integers(), max_size=4))
def test_json_text_stays_json(row: dict[str, object]) -> None:
    assert json.loads(redactor.text(json.dumps(row))).keys() == row.keys()


@pytest.mark.parametrize(
    "seed", ["://a:", "token: ", 'password="', "bearer ", "eyJ", "-----BEGIN PRIVATE KEY-----", "\\"]
)
def test_hostile_text_takes_linear_time(seed: str) -> None:
    started = time.process_time()  # which other work on the machine does not stretch
    redactor.text(seed * 20_000)
    assert time.process_time() - started < 2
