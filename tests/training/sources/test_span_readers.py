"""SNIPS, NLU-Evaluation-Data and RESTAURANTS-8K: spans become arguments as the user wrote them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from router.errors import UsageError
from tests.training.sources.conftest import Write, assert_grounded, assert_sound, user_words
from training.example import Example
from training.sources import nlu, restaurant8k, rows, snips
from training.sources.nlu_tools import ENTITIES, INTENTS

HEADER = "answerid;scenario;intent;answer_annotation;answer_from_anno;answer_from_user\n"


def _snips(*parts: str | tuple[str, str]) -> dict[str, Any]:
    return {
        "data": [{"text": part} if isinstance(part, str) else {"text": part[0], "entity": part[1]} for part in parts]
    }


def _write_snips(tmp_path: Path, intent: str, *requests: dict[str, Any], encoding: str = "utf-8") -> None:
    path = tmp_path / intent / f"train_{intent}_full.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(json.dumps({intent: requests}, ensure_ascii=False).encode(encoding))


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1"])
def test_snips_reads_both_encodings(tmp_path: Path, encoding: str) -> None:
    _write_snips(tmp_path, "PlayMusic", _snips("play ", ("Cité d'été", "track")), encoding=encoding)
    (row,) = snips.read(tmp_path, "train")
    assert row.output == {"name": "PlayMusic", "arguments": {"track": "Cité d'été"}}


def test_snips_counts_are_numbers_in_digits_or_words(tmp_path: Path) -> None:
    request = _snips("rate ", ("Dune", "object_name"), " ", ("four", "rating_value"), " of ", ("6", "best_rating"))
    _write_snips(tmp_path, "RateBook", request)
    (row,) = snips.read(tmp_path, "train")
    assert row.output is not None
    assert row.output["arguments"] == {"object_name": "Dune", "rating_value": 4, "best_rating": 6}
    assert_sound(row)


def test_snips_leaves_out_what_it_cannot_say_as_one_call(tmp_path: Path) -> None:
    twice = _snips(("Queen", "artist"), " and ", ("Abba", "artist"))
    no_number = _snips("music from ", ("the sixties", "year"))
    _write_snips(tmp_path, "PlayMusic", twice, no_number)
    assert list(snips.read(tmp_path, "train")) == []


def _nlu(write: Write, *lines: str) -> None:
    write("train/some.csv", HEADER + "\n".join(lines) + "\n")


def test_nlu_prefers_the_users_spelling(write: Write, tmp_path: Path) -> None:
    _nlu(write, '1;play;radio;"play [radio_name : bbc radio one]";"play bbc radio one";"Play BBC Radio One"')
    (row,) = nlu.read(tmp_path, "train")
    assert row.output == {"name": "play_radio", "arguments": {"station": "BBC Radio One"}}


def test_nlu_falls_back_to_the_annotators_words(write: Write, tmp_path: Path) -> None:
    _nlu(write, '1;alarm;set;"wake me at [time : seven]";"wake me at seven";"Wake me at 7"')
    (row,) = nlu.read(tmp_path, "train")
    assert user_words(row) == "wake me at seven"


def test_nlu_tells_origin_from_destination(write: Write, tmp_path: Path) -> None:
    _nlu(write, '1;transport;ticket;"train from [place_name : rome] to [place_name : pisa]";"";""')
    (row,) = nlu.read(tmp_path, "train")
    assert row.output is not None
    assert row.output["arguments"] == {"origin": "rome", "destination": "pisa"}


def test_nlu_declines_small_talk_only(write: Write, tmp_path: Path) -> None:
    _nlu(
        write,
        *(f'{n};general;praise;"well done {n}";"";""' for n in range(40)),
        '9;weather;query;"will it [date : rain]";"";""',
    )
    found = list(nlu.read(tmp_path, "train"))
    assert 0 < sum(row.output is None for row in found) < 40
    assert [row for row in found if row.output]
    for row in found:
        assert_sound(row)
        assert_grounded(row)


def test_nlu_skips_empty_annotations_and_unknown_entities(write: Write, tmp_path: Path) -> None:
    _nlu(write, '1;play;radio;"null";"";""', '2;play;radio;"";"";""', '3;play;radio;"play [shoe_size : nine]";"";""')
    assert list(nlu.read(tmp_path, "train")) == []


def test_every_usual_entity_of_a_tool_is_described() -> None:
    names = [name for name, _, _ in INTENTS.values()]
    assert len(set(names)) == len(names)
    for _, _, usual in INTENTS.values():
        assert set(usual) <= set(ENTITIES)


def _booking(text: str, slot: str, span: dict[str, int], asked: tuple[str, ...] = ()) -> dict[str, Any]:
    row: dict[str, Any] = {"userInput": {"text": text}, "labels": [{"slot": slot, "valueSpan": span}]}
    return {**row, "context": {"requestedSlots": asked}} if asked else row


@pytest.mark.parametrize(
    ("turn", "arguments", "turns"),
    [
        (_booking("13", "people", {"endIndex": 2}, ("people",)), {"people": 13}, 3),
        (_booking("for four", "people", {"startIndex": 4}), {"people": 4}, 1),
        (_booking("my family", "people", {}), {"people": "my family"}, 1),
        (_booking("at 7 pm", "time", {"startIndex": 3, "endIndex": 7}), {"time": "7 pm"}, 1),
    ],
)
def test_restaurant8k_reads_spans(
    write: Write, tmp_path: Path, turn: dict[str, Any], arguments: dict[str, Any], turns: int
) -> None:
    write("train_0.json", [turn])
    (row,) = restaurant8k.read(tmp_path, "train")
    assert row.output is not None
    assert row.output["arguments"] == arguments
    assert len(row.messages) == turns
    assert_sound(row)


def test_restaurant8k_declines_some_turns_without_values(write: Write, tmp_path: Path) -> None:
    write("train_0.json", [{"userInput": {"text": "Do you have parking?"}}] * 100)
    found = list(restaurant8k.read(tmp_path, "train"))
    assert 0 < len(found) < 60
    assert all(row.output is None for row in found)


Reader = Callable[[Path, str], Iterator[Example]]


@pytest.mark.parametrize("reader", [snips.read, nlu.read, restaurant8k.read])
@pytest.mark.parametrize("split", ["train", "held-out"])
def test_wrong_folders_and_splits_are_usage_errors(tmp_path: Path, reader: Reader, split: str) -> None:
    with pytest.raises(UsageError) as error:
        list(reader(tmp_path, split))
    assert error.value.hint


@pytest.mark.parametrize(
    ("value", "text", "expected"),
    [
        ("san jose", "In San Jose.", "San Jose"),
        ("art", "start with Art", "Art"),
        ("c++", "learn C++ now", "C++"),
        ("", "anything", None),
        ("rome", "Romeo", None),
    ],
)
def test_as_written(value: str, text: str, expected: str | None) -> None:
    assert rows.as_written(value, text) == expected


@pytest.mark.parametrize(
    ("name", "expected"), [("FindHTTPServer", "find_http_server"), ("a-b c", "a_b_c"), ("x1Y", "x1_y")]
)
def test_snake_case(name: str, expected: str) -> None:
    assert rows.snake_case(name) == expected


def test_broken_json_names_the_file(tmp_path: Path, write: Write) -> None:
    path = write("train_0.json", "{")
    with pytest.raises(UsageError, match="train_0"):
        list(restaurant8k.read(tmp_path, "train"))
    with pytest.raises(UsageError, match=r"train_0.json:1"):
        list(rows.load_json_lines(path))
