"""Every way a skill folder can be broken is a `SkillBroken` that says what to do."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.skill import Skill, SkillExample, is_name, load_skill
from router.errors import SkillBroken
from tests.adapters.conftest import SCHEMA, SKILL_MD


def test_a_whole_skill_is_read(skill_folder: Path) -> None:
    skill = load_skill(skill_folder)
    assert (skill.name, skill.contract, skill.checks, skill.schema) == ("weather-note", "schema", ("grounded",), SCHEMA)
    assert skill.description.startswith("Notes the weather")
    assert skill.instructions == "Write one object with the city and the degrees."
    assert skill.examples[1] == SkillExample("Keep the weather that came back", observed=True)
    assert skill.weights == skill_folder / "weights"


def test_weights_card_and_examples_output_are_optional(skill_folder: Path) -> None:
    for path in sorted((skill_folder / "weights").iterdir()):
        path.unlink()
    (skill_folder / "weights").rmdir()
    (skill_folder / "card.json").unlink()
    skill = load_skill(skill_folder)
    assert skill.weights is None
    assert skill.card == {}


def test_the_version_follows_what_decides_the_output_and_nothing_else(skill_folder: Path) -> None:
    version = load_skill(skill_folder).version
    (skill_folder / "card.json").write_text('{"scores": {"exact": 0.5}}')
    (skill_folder / "SKILL.md").write_text(SKILL_MD.replace("Notes the weather", "Keeps the weather"))
    assert load_skill(skill_folder).version == version
    (skill_folder / "schema.json").write_text(json.dumps({**SCHEMA, "required": ["city"]}))
    assert load_skill(skill_folder).version != version


def test_the_version_follows_the_weights(skill_folder: Path) -> None:
    version = load_skill(skill_folder).version
    file = skill_folder / "weights" / "adapter_model.safetensors"
    file.write_bytes(file.read_bytes()[:-1] + b"\x01")
    assert load_skill(skill_folder).version != version


BROKEN_MANIFESTS = {
    "empty": ("", "front matter"),
    "no front matter": ("# Weather\n", "front matter"),
    "front matter without end": ("---\nname: weather-note\n", "front matter"),
    "not YAML": ("---\nname: [weather\n---\n", "not YAML"),
    "colon in a plain text": (SKILL_MD.replace("JSON. Use", "JSON: use"), "not YAML"),
    "a list": ("---\n- name\n---\n", "list of fields"),
    "python object": ("---\nname: !!python/object:os.system {}\n---\n", "not YAML"),
    "another name": (SKILL_MD.replace("name: weather-note", "name: weather"), "'weather'"),
    "no description": (SKILL_MD.replace("description: Notes", "license-of: Notes"), "unknown field"),
    "blank description": (SKILL_MD.replace(SKILL_MD.splitlines()[2], 'description: "  "'), "no description"),
    "long description": (SKILL_MD.replace("Notes", "Notes " + "x" * 1024), "characters"),
    "numeric license": (SKILL_MD.replace("Apache-2.0", "2"), "license"),
    "metadata of text": (
        SKILL_MD.replace("metadata:\n  contract: schema\n  checks: grounded", "metadata: yes"),
        "metadata",
    ),
    "unknown contract": (SKILL_MD.replace("contract: schema", "contract: grammar"), "contract"),
    "unknown check": (SKILL_MD.replace("checks: grounded", "checks: grounded, true-to-life"), "checks"),
}


@pytest.mark.parametrize(("text", "told"), BROKEN_MANIFESTS.values(), ids=BROKEN_MANIFESTS)
def test_broken_manifests(skill_folder: Path, text: str, told: str) -> None:
    (skill_folder / "SKILL.md").write_text(text)
    with pytest.raises(SkillBroken, match=told) as raised:
        load_skill(skill_folder)
    assert raised.value.hint


BROKEN_FILES = {
    "schema missing": ("schema.json", None, "schema.json is missing"),
    "schema cut off": ("schema.json", b'{"type": ', "not JSON"),
    "schema a list": ("schema.json", b"[]", "not a JSON object"),
    "schema too deep": ("schema.json", b'{"a":' * 100_000, "not JSON"),
    "examples missing": ("examples.jsonl", None, "examples.jsonl is missing"),
    "examples blank": ("examples.jsonl", b"\n \n", "examples.jsonl is missing"),
    "example cut off": ("examples.jsonl", b'{"request": "x"}\n{"requ', "Line 2"),
    "example without request": ("examples.jsonl", b'{"output": {}}', "no request"),
    "example with a text as output": ("examples.jsonl", b'{"request": "x", "output": "y"}', "output"),
    "example with a number as observed": ("examples.jsonl", b'{"request": "x", "observed": 1}', "observed"),
    "example with an unknown field": ("examples.jsonl", b'{"request": "x", "answer": {}}', "'answer'"),
    "examples in another encoding": ("examples.jsonl", '{"request": "ü"}'.encode("latin-1"), "cannot be read"),
    "examples too large": ("examples.jsonl", b" " * 1_048_577, "larger"),
    "manifest missing": ("SKILL.md", None, "no SKILL.md"),
    "card cut off": ("card.json", b"{", "card.json is not JSON"),
}


@pytest.mark.parametrize(("name", "data", "told"), BROKEN_FILES.values(), ids=BROKEN_FILES)
def test_broken_files(skill_folder: Path, name: str, data: bytes | None, told: str) -> None:
    path = skill_folder / name
    path.unlink() if data is None else path.write_bytes(data)
    with pytest.raises(SkillBroken, match=told) as raised:
        load_skill(skill_folder)
    assert raised.value.hint


@pytest.mark.parametrize("name", ["SKILL.md", "schema.json", "weights/adapter_model.safetensors"])
def test_a_link_out_of_the_folder_is_refused(skill_folder: Path, tmp_path: Path, name: str) -> None:
    path, outside = skill_folder / name, tmp_path / "outside"
    path.rename(outside)
    path.symlink_to(outside)
    with pytest.raises(SkillBroken, match="outside"):
        load_skill(skill_folder)


@pytest.mark.parametrize("name", ["Weather", "weather_note", "-weather", "weather--note", "x" * 65, "wétter", "a b"])
def test_a_folder_whose_name_is_no_skill_name(tmp_path: Path, name: str) -> None:
    with pytest.raises(SkillBroken, match="name"):
        load_skill(tmp_path / name)


@given(st.text(max_size=12))
def test_names_cannot_leave_a_folder(name: str) -> None:
    assert not (is_name(name) and set(name) & set("/\\.\0 \n"))


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=200))
def test_any_bytes_as_manifest_are_a_skill_or_broken(skill_folder: Path, data: bytes) -> None:
    (skill_folder / "SKILL.md").write_bytes(b"---\n" + data)
    with contextlib.suppress(SkillBroken):
        assert isinstance(load_skill(skill_folder), Skill)
