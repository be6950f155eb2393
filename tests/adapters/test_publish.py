"""A published version never changes, its pointer moves in one step, and one command goes back."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest

from adapters.publish import publish, remove, replaced, rollback
from adapters.registry import Registry
from adapters.skill import load_skill
from adapters.versions import Pointer, Versions
from router.errors import SkillBroken, SkillNotFound, UsageError
from tests.adapters.conftest import SCHEMA, SKILL_MD, write_weights

NAME = "weather-note"


@pytest.fixture
def versions(tmp_path: Path) -> Versions:
    return Versions(tmp_path / "home" / "versions")


def _registry(versions: Versions) -> Registry:
    return Registry(versions.folder.parent / "no-box", versions.folder.parent / "skills", versions)


def test_a_published_skill_is_the_one_the_registry_reads(skill_folder: Path, versions: Versions) -> None:
    skill = publish(skill_folder, versions)
    assert skill.version == load_skill(skill_folder).version
    assert skill.folder == versions.folder / skill.version
    found = _registry(versions).get(NAME)
    assert (found.folder, found.weights) == (skill.folder, skill.folder / "weights")


def test_only_the_skill_is_copied(skill_folder: Path, versions: Versions) -> None:
    (skill_folder / "teacher").mkdir()
    (skill_folder / "teacher" / "responses.jsonl").write_text("{}")
    (skill_folder / ".env").write_text("KEY=1")
    skill = publish(skill_folder, versions)
    assert sorted(path.name for path in skill.folder.iterdir()) == [
        "SKILL.md",
        "card.json",
        "examples.jsonl",
        "schema.json",
        "weights",
    ]


def test_publishing_what_is_current_changes_nothing(skill_folder: Path, versions: Versions) -> None:
    first = publish(skill_folder, versions)
    stamps = versions.stamps()
    assert publish(skill_folder, versions).folder == first.folder
    assert versions.stamps() == stamps
    assert versions.pointer(NAME) == Pointer(first.version, ())


def test_other_weights_are_another_version_and_rollback_brings_the_first_back(
    skill_folder: Path, versions: Versions
) -> None:
    first = publish(skill_folder, versions)
    write_weights(skill_folder / "weights", scale=0.2)
    second = publish(skill_folder, versions)
    assert first.version != second.version
    assert (first.folder / "SKILL.md").is_file()
    assert replaced(NAME, versions).version == second.version  # type: ignore[union-attr]
    assert rollback(NAME, versions).version == first.version
    assert _registry(versions).get(NAME).version == first.version
    with pytest.raises(UsageError, match="published only once"):
        rollback(NAME, versions)
    assert rollback(NAME, versions, to=second.digest[:6]).version == second.version
    assert rollback(NAME, versions).version == first.version


def test_other_texts_alone_leave_the_published_ones_as_they_were(skill_folder: Path, versions: Versions) -> None:
    first = publish(skill_folder, versions)
    (skill_folder / "SKILL.md").write_text(SKILL_MD.replace("Notes the weather", "Keeps the weather"))
    second = publish(skill_folder, versions)
    assert (second.version, second.folder != first.folder) == (first.version, True)
    assert load_skill(first.folder).description.startswith("Notes")
    assert _registry(versions).get(NAME).description.startswith("Keeps")
    assert rollback(NAME, versions).description.startswith("Notes")


@pytest.mark.parametrize("to", ["ffffffffffff", "", "../../weather-note"])
def test_a_version_that_is_not_one_is_refused(skill_folder: Path, versions: Versions, to: str) -> None:
    publish(skill_folder, versions)
    write_weights(skill_folder / "weights", scale=0.2)
    publish(skill_folder, versions)
    with pytest.raises(UsageError) as raised:
        rollback(NAME, versions, to=to)
    assert NAME in raised.value.hint


def test_a_version_edited_in_place_is_not_served(skill_folder: Path, versions: Versions) -> None:
    skill = publish(skill_folder, versions)
    (skill.folder / "schema.json").write_text(json.dumps({**SCHEMA, "required": ["city"]}))
    with pytest.raises(SkillBroken, match="changed after it was published") as raised:
        _registry(versions).get(NAME)
    assert raised.value.hint == f"quiver skill rollback {NAME}"


def test_a_removed_skill_is_gone_and_can_be_brought_back(skill_folder: Path, versions: Versions) -> None:
    skill = publish(skill_folder, versions)
    assert remove(NAME, versions) == [skill.version]
    with pytest.raises(SkillNotFound):
        _registry(versions).get(NAME)
    with pytest.raises(SkillNotFound, match="not published"):
        remove(NAME, versions)
    assert rollback(NAME, versions).version == skill.version
    assert remove(NAME, versions, purge=True) == []
    assert not skill.folder.exists()
    with pytest.raises(UsageError, match="never published"):
        rollback(NAME, versions)


def test_a_registry_that_lives_on_is_told_once_of_every_change(skill_folder: Path, versions: Versions) -> None:
    registry = _registry(versions)
    assert (registry.refresh(), registry.names()) == (set(), [])
    first = publish(skill_folder, versions)
    assert registry.names() == []  # a task sees one state of the skills
    assert (registry.refresh(), registry.refresh()) == ({NAME}, set())
    assert registry.get(NAME).version == first.version
    write_weights(skill_folder / "weights", scale=0.2)
    second = publish(skill_folder, versions)
    assert registry.get(NAME).version == first.version
    assert registry.refresh() == {NAME}
    assert registry.get(NAME).version == second.version
    remove(NAME, versions)
    assert (registry.refresh(), registry.names()) == ({NAME}, [])


@pytest.mark.parametrize("content", ["", "[]", '{"current": "../x", "history": []}', '{"current": null, "history": 3}'])
def test_a_damaged_pointer_stops_one_skill_and_is_mended_by_naming_a_version(
    skill_folder: Path, versions: Versions, content: str
) -> None:
    skill = publish(skill_folder, versions)
    (versions.folder / f"{NAME}.json").write_text(content)
    registry = _registry(versions)
    assert registry.all() == []
    assert skill.version in registry.broken()[NAME].message
    rollback(NAME, versions, to=skill.version)
    assert registry.refresh() == {NAME}
    assert registry.get(NAME).version == skill.version


def test_readers_see_one_version_or_the_other_while_writers_race(skill_folder: Path, versions: Versions) -> None:
    publish(skill_folder, versions)
    write_weights(skill_folder / "weights", scale=0.2)
    publish(skill_folder, versions)
    known = set(versions.entries(NAME))

    def toggle() -> None:
        for _ in range(15):
            for entry in sorted(known):
                rollback(NAME, versions, to=entry)

    writers = [threading.Thread(target=toggle) for _ in range(3)]
    for writer in writers:
        writer.start()
    seen = set()
    while any(writer.is_alive() for writer in writers):
        seen.add(versions.pointer(NAME).current)
    assert seen <= known
    assert seen
