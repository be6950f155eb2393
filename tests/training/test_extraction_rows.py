"""Rows of extraction tell facts in the shapes of everyday texts, and each value stands in the text, not beside it."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training.example import Example
from training.synthetic import extraction, scenes_heads, scenes_lists
from training.synthetic.scenes import Drawing, Scene, tell
from training.synthetic.scenes_life import LIFE
from training.synthetic.scenes_trade import TRADE
from training.synthetic.speakable import quotable

SCENES = (*TRADE, *LIFE)
SEEDS = st.integers(0, 2**32)


def rows(count: int = 800) -> list[Example]:
    return list(itertools.islice(extraction.generate(Random(31)), count))


def asked(row: Example) -> Mapping[str, Any]:
    assert row.schema is not None
    fields: Mapping[str, Any] = row.schema["properties"]
    return fields


def given_back(row: Example) -> Mapping[str, Any]:
    assert row.output is not None
    return row.output


def texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | dict):
        for item in value.values() if isinstance(value, dict) else value:
            yield from texts(item)


def stands(drawing: Drawing) -> bool:
    """Whether each string told, but a choice's, can be quoted from the text alone."""
    told = [text for one in drawing.told if one.field.type != "enum" for text in texts(one.value)]
    return quotable(told, [{"role": "user", "content": drawing.text}])


@settings(max_examples=120, deadline=None)
@given(SEEDS, st.sampled_from(SCENES))
def test_a_sentence_says_what_it_tells(seed: int, scene: Scene) -> None:
    drawing = tell(Random(seed), scene)
    assert drawing.told
    assert stands(drawing)
    assert len({one.text for one in drawing.told}) == len(drawing.told)
    assert not {one.field.names for one in drawing.told} & {field.names for field in drawing.absent}


@settings(max_examples=80, deadline=None)
@given(SEEDS)
def test_records_and_heads_say_what_they_tell(seed: int) -> None:
    assert stands(scenes_lists.records(Random(seed)))
    assert all(stands(maker(Random(seed))) for maker in set(scenes_heads.MAKERS))


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.nouns[0])
def test_a_template_tells_two_fields_at_least_and_each_field_is_told(scene: Scene) -> None:
    slots = [set(re.findall(r"\{(\w+)\}", template)) for template in scene.said]
    assert all(len(found) > 1 and found <= scene.fields.keys() for found in slots)
    assert set().union(*slots) == set(scene.fields)


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.nouns[0])
def test_no_two_fields_of_a_scene_go_by_one_name(scene: Scene) -> None:
    """Else a schema could ask for either, and a reader could not know which."""
    names = [name for field in scene.fields.values() for name in field.names]
    assert len(names) == len(set(names))


def test_the_shapes_of_everyday_texts_have_their_share() -> None:
    found = rows()
    arrays = [
        row
        for row in found
        if any(isinstance(v, list) and v and isinstance(v[0], dict) for v in given_back(row).values())
    ]
    files = [row for row in found if any(message["role"] == "tool" for message in row.messages)]
    one_line = [row for row in found if len(row.messages) == 1 and "\n" not in row.messages[0]["content"]]
    absent = [row for row in found if len(given_back(row)) < len(asked(row))]
    for share, least in ((arrays, 0.15), (files, 0.22), (one_line, 0.15), (absent, 0.1)):
        assert len(share) > least * len(found)


def test_the_name_of_a_file_is_never_where_a_value_stands() -> None:
    for row in rows():
        said = [message["content"] for message in row.messages if message["role"] == "tool"]
        if said:
            enums = {value for field in asked(row).values() for value in field.get("enum", ())}
            strings = [text for text in texts(row.output) if text not in enums]
            assert quotable(strings, [{"role": "tool", "content": said[0]}])


def test_some_file_names_are_made_of_what_the_text_says() -> None:
    tempting = 0
    for row in rows():
        calls = [call for message in row.messages for call in message.get("tool_calls", ())]
        name = re.split(r"\W|_", calls[0]["function"]["arguments"]["path"].lower()) if calls else []
        words = {word for text in texts(row.output) for word in text.lower().split()}
        tempting += bool(words & set(name))
    assert tempting > 20
