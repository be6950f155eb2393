"""Seal-Tools, MetaTool, Home-LLM and Home Assistant: tools and rows from tiny folders."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.errors import UsageError
from tests.training.sources.conftest import Write, assert_grounded, assert_sound, user_words
from training.example import Example
from training.sources import ha_intents, home_llm, metatool, seal_tools


def _lines(*records: dict[str, Any]) -> str:
    return "".join(json.dumps(record) + "\n" for record in records)


def _seal_tool(name: str, **kinds: str) -> dict[str, Any]:
    parameters = {key: {"type": kind, "description": f"the {key}"} for key, kind in kinds.items()}
    described = {"api_name": name, "api_description": f"Does {name}", "field": "Science/Physics"}
    return {**described, "parameters": parameters, "required": list(kinds)[:1]}


def _query(text: str, *calls: tuple[str, dict[str, Any]]) -> dict[str, Any]:
    return {"query": text, "calling": [{"api": name, "parameters": values} for name, values in calls]}


@pytest.fixture
def seal(write: Write, tmp_path: Path) -> Path:
    tools = (_seal_tool("getMass", body="str", year="int"), _seal_tool("getSpeed", body="str"), _seal_tool("spare"))
    write("tool.jsonl", _lines(*tools))
    queries = (
        _query("Mass of Mars in 1999?", ("getMass", {"body": "Mars", "year": 1999})),
        _query("Mass of Mars?", ("getMass", {"body": "Venus"})),
        _query("Mass in 19990", ("getMass", {"body": "Mass", "year": 1999})),
        _query("Mass of Io", ("getMass", {"body": "Io", "year": "1999"})),
        _query("Both of Io", ("getMass", {"body": "Io"}), ("getSpeed", {"body": "Io"})),
        _query("Unknown", ("getNothing", {})),
    )
    write("dev.jsonl", _lines(*queries))
    write("test_in_domain.jsonl", _lines(queries[1]))
    write("test_out_domain.jsonl", _lines(_query("Speed", ("getSpeed", {"body": "Speed"}))))
    return tmp_path


def test_seal_trains_on_grounded_single_calls_only(seal: Path) -> None:
    (row,) = seal_tools.read(seal, "train")
    assert row.output == {"name": "getMass", "arguments": {"body": "Mars", "year": 1999}}
    assert {tool["name"] for tool in row.alternatives} == {"getSpeed", "spare"}
    assert_sound(row)


def test_seal_tests_on_every_valid_single_call(seal: Path) -> None:
    assert len(list(seal_tools.read(seal, "test_in"))) == 1
    assert len(list(seal_tools.read(seal, "test_out"))) == 1


def test_seal_tools_called_in_a_test_are_not_offered_for_training(seal: Path) -> None:
    assert [served.tool["name"] for served in seal_tools.read_tools(seal)] == ["spare"]


def test_metatool_splits_queries_and_has_no_arguments(write: Write, tmp_path: Path) -> None:
    write("plugin_des.json", {"NewsTool": "Reads the news.", "calculator": "Calculates."})
    lines = [f"What is new in {n}?,NewsTool" for n in range(30)] + ["a thing,GoneTool"]
    write("data/all_clean_data.csv", "Query,Tool\n" + "\n".join(lines))
    train, test = list(metatool.read(tmp_path, "train")), list(metatool.read(tmp_path, "test"))
    assert (len(train), len(test)) == (27, 3)
    assert {user_words(row) for row in train}.isdisjoint(user_words(row) for row in test)
    for row in train:
        assert_sound(row)
        assert row.output == {"name": "news_tool", "arguments": {}}


@pytest.fixture
def home(write: Write, tmp_path: Path) -> Path:
    write("english/pile_of_device_names.csv", "device_name,description\nlight.den,Den lamp\nlock.front,Front door\n")
    write("english/pile_of_todo_items.txt", "Buy milk\n\n")
    write("english/pile_of_durations.csv", "duration,name\n00:30:00,Half an hour\n")
    templates = [
        "light,turn_on,Set <device_name> to <brightness>%,1",
        "light,turn_off,Turn <device_name> off,1",
        "lock,lock,Lock <device_name>,1",
        "todo,add_item,Add <todo>,1",
        "light|lock,turn_on|lock,Both,1",
        "light,turn_on,Use <unknown>,1",
    ]
    write("english/pile_of_templated_actions.csv", "device_type,service,phrase,multiplier\n" + "\n".join(templates))
    specific = "light.turn_off,den,Kill the den light\nlight.turn_off,attic_lamp,No name here\n"
    write("english/pile_of_specific_actions.csv", "service_name,device_name,phrase\n" + specific)
    refusal = "not_available,lock.lock,back,Back Door,,Lock the <device_name>,No\n"
    columns = "reason_type,service_name,device_name,friendly_name,desired_state,phrase,response\n"
    write("english/pile_of_refusals.csv", columns + refusal)
    return tmp_path


def test_home_llm_fills_templates_and_refuses_with_other_kinds_of_tools(home: Path) -> None:
    found = list(home_llm.read(home, "train"))
    for row in found:
        assert_sound(row)
        assert_grounded(row)
    said = {user_words(row): row for row in found}
    assert said["Add Buy milk"].output == {"name": "todo_add_item", "arguments": {"item": "Buy milk"}}
    assert said["Kill the den light"].output == {"name": "light_turn_off", "arguments": {"device": "den"}}
    refused = said["Lock the Back Door"]
    assert refused.output is None
    assert all(not tool["name"].startswith("lock") for tool in refused.tools)
    assert "No name here" not in said


@pytest.fixture
def intents(write: Write, tmp_path: Path) -> Path:
    slots = {"name": {"description": "Device"}, "brightness": {"description": "Percent"}}
    write("intents.yaml", {"HassLightSet": {"description": "Sets a light", "slots": slots}, "HassRespond": {}})
    templates = ["(set|dim) [<the>] {name} to {brightness}", "{no_such_list}", "<no_such_rule>", "broken (", 7]
    write("sentences/en/HassLightSet/a.yaml", {"data": [{"sentences": templates}]})
    write("sentences/en/HassRespond/a.yaml", {"data": [{"sentences": ["hello"]}]})
    return tmp_path


def test_ha_intents_fills_what_it_knows(intents: Path) -> None:
    found = list(ha_intents.read(intents, "train"))
    assert found
    for row in found:
        assert_sound(row)
        assert_grounded(row)
        assert row.output is not None
        assert set(row.output["arguments"]) == {"name", "brightness"}


@pytest.mark.parametrize(
    ("template", "readings"),
    [
        ("(a|b) c", {"a c", "b c"}),
        ("a [b] c", {"a b c", "a c"}),
        ("(a;b)", {"a b", "b a"}),
        ("a[ b]", {"a", "a b"}),
        ("(a[b]|(c|d))", {"a", "ab", "c", "d"}),
        ("a (", {None}),
        ("a ]", {"a ]"}),
        ("{name", {None}),
        ("{nope}", {None}),
        ("", {None}),
    ],
)
def test_templates_read_as_upstream_means_them(template: str, readings: set[str | None]) -> None:
    found = {filled.text if (filled := ha_intents.fill(template, random.Random(n))) else None for n in range(60)}
    assert found == readings


def test_slots_of_alternatives_not_taken_give_no_value() -> None:
    for number in range(40):
        filled = ha_intents.fill("(in {area}|to {position})", random.Random(number))
        assert filled is not None
        assert set(filled.values) == ({"area"} if filled.text.startswith("in") else {"position"})


@given(st.text("ab {}[]()<>|;:", max_size=20), st.integers(0, 99))
def test_no_template_is_a_crash(template: str, seed: int) -> None:
    filled = ha_intents.fill(template, random.Random(seed))
    assert filled is None or filled.text


Reader = Callable[[Path, str], Iterator[Example]]


@pytest.mark.parametrize("reader", [seal_tools.read, metatool.read, home_llm.read, ha_intents.read])
@pytest.mark.parametrize("split", ["train", "validation"])
def test_wrong_folders_and_splits_are_usage_errors(tmp_path: Path, reader: Reader, split: str) -> None:
    with pytest.raises(UsageError):
        list(reader(tmp_path, split))


def test_broken_yaml_names_the_file(intents: Path, write: Write) -> None:
    write("intents.yaml", "a: [")
    with pytest.raises(UsageError, match=r"intents\.yaml"):
        list(ha_intents.read(intents, "train"))
