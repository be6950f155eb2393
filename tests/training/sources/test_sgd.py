"""SGD: grounded calls, paraphrased schemas, unseen services in test."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from router.errors import UsageError
from tests.training.sources.conftest import Write, assert_sound, user_words
from training.sources import sgd


def _schema(service: str, prefix: str = "") -> list[dict[str, Any]]:
    def slot(name: str, values: tuple[str, ...] = ()) -> dict[str, Any]:
        described = f"{prefix}{name} described"
        return {
            "name": f"{prefix}{name}",
            "description": described,
            "is_categorical": bool(values),
            "possible_values": values,
        }

    slots = [
        slot("city"),
        slot("cuisine"),
        slot("seats", ("1", "2", "3")),
        slot("has_live_music", ("True", "False")),
        slot("price", ("cheap", "pricey")),
    ]
    names = [entry["name"] for entry in slots]
    find = {
        "name": f"{prefix}FindPlace",
        "description": f"{prefix} find a place",
        "required_slots": names[:2],
        "optional_slots": dict.fromkeys(names[2:], "dontcare"),
    }
    book = {**find, "name": f"{prefix}BookPlace", "required_slots": names[:1], "optional_slots": {}}
    return [{"service_name": f"{prefix}{service}", "slots": slots, "intents": [find, book]}]


def _user(text: str, service: str, values: dict[str, list[str]], acts: tuple[str, ...] = ("INFORM",)) -> dict[str, Any]:
    actions = [{"act": act, "values": ["FindPlace"]} for act in acts]
    state = {"active_intent": "FindPlace", "slot_values": values}
    return {
        "speaker": "USER",
        "utterance": text,
        "frames": [{"service": service, "actions": actions, "state": state}],
    }


def _system(text: str, service: str, call: dict[str, str] | None = None) -> dict[str, Any]:
    frame: dict[str, Any] = {"service": service, "actions": []}
    if call is not None:
        frame["service_call"] = {"method": "FindPlace", "parameters": call}
    return {"speaker": "SYSTEM", "utterance": text, "frames": [frame]}


def _dialogue(service: str) -> dict[str, Any]:
    first = {"cuisine": ["thai"]}
    second = {**first, "city": ["San Jose"], "seats": ["2"], "has_live_music": ["True"]}
    return {
        "services": [service],
        "turns": [
            _user("Find me Thai food", service, first, ("INFORM_INTENT", "INFORM")),
            _system("In which city?", service),
            _user("In san jose for two, with live music", service, second),
            _system("Here is one", service, {"city": "San Jose", "cuisine": "Thai", "seats": "2"}),
            _user("Thanks, goodbye", service, {}, ("GOODBYE", "THANK_YOU")),
        ],
    }


@pytest.fixture
def folder(write: Write, tmp_path: Path) -> Path:
    for split in ("train", "test"):
        service = "Places_1" if split == "train" else "Places_9"
        write(f"{split}/schema.json", _schema(service))
        write(f"{split}/dialogues_001.json", [_dialogue(service)] * 40)
    for variant in sgd.VARIANTS:
        write(f"sgd_x/data/{variant}/train/schema.json", _schema("Places_1", prefix=variant))
    return tmp_path


def test_every_row_is_sound(folder: Path) -> None:
    found = list(sgd.read(folder, "train"))
    assert len(found) > 40
    for row in found:
        assert_sound(row)


def test_values_are_spelt_as_the_user_spelt_them_and_typed(folder: Path) -> None:
    rows = [row for row in sgd.read(folder, "test") if row.output and len(row.output["arguments"]) > 1]
    assert rows
    for row in rows:
        assert row.output is not None
        arguments = row.output["arguments"]
        assert arguments["city"] == "san jose"
        assert arguments["cuisine"] == "Thai"
        assert arguments["seats"] == 2
        assert arguments.get("has_live_music", True) is True


def test_a_value_only_the_system_said_makes_no_call(folder: Path, write: Write) -> None:
    turns = _dialogue("Places_9")["turns"]
    turns[3] = _system("Here is one", "Places_9", {"city": "San Jose", "cuisine": "Thai", "price": "cheap"})
    write("test/dialogues_001.json", [{"services": ["Places_9"], "turns": turns}])
    for row in sgd.read(folder, "test"):
        assert "price" not in (row.output or {"arguments": {}})["arguments"]


def test_paraphrases_rename_tools_and_parameters_together(folder: Path) -> None:
    names = {row.tools[0]["name"] for row in sgd.read(folder, "train") if row.output}
    assert any(name.startswith(("v1", "v2")) for name in names)
    for row in sgd.read(folder, "train"):
        prefix = row.tools[0]["name"][:2]
        for key in row.tools[0]["parameters"]["properties"]:
            assert key.startswith(prefix) == prefix.startswith("v")


def test_test_yields_only_services_unseen_in_train(folder: Path, write: Write) -> None:
    write("test/schema.json", _schema("Places_1"))
    write("test/dialogues_001.json", [_dialogue("Places_1")])
    assert list(sgd.read(folder, "test")) == []


def test_closing_words_are_declined(folder: Path) -> None:
    declined = [row for row in sgd.read(folder, "train") if row.output is None]
    assert declined
    assert {user_words(row) for row in declined} == {"Thanks, goodbye"}


def test_the_same_rows_every_time(folder: Path) -> None:
    assert list(sgd.read(folder, "train")) == list(sgd.read(folder, "train"))


@pytest.mark.parametrize("split", ["", "everything", "TRAIN"])
def test_an_unknown_split_names_the_known_ones(folder: Path, split: str) -> None:
    with pytest.raises(UsageError) as error:
        next(sgd.read(folder, split))
    assert "train" in error.value.hint


def test_a_folder_of_another_layout_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        next(sgd.read(tmp_path, "train"))
