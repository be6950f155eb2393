"""Skills are found by name, in the box and at home, and nowhere else."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.registry import Registry, home
from router.errors import SkillBroken, SkillNotFound
from tests.adapters.conftest import write_skill


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    write_skill(tmp_path / "bundled" / "tool-call")
    write_skill(tmp_path / "bundled" / "answer")
    write_skill(tmp_path / "own" / "weather-note")
    (tmp_path / "bundled" / "base").mkdir()
    return Registry(tmp_path / "bundled", tmp_path / "own")


def test_bundled_skills_and_own_ones(registry: Registry) -> None:
    assert registry.names() == ["answer", "tool-call", "weather-note"]
    assert [skill.name for skill in registry.all()] == registry.names()
    assert registry.get("answer") is registry.get("answer")


def test_a_missing_home_is_an_empty_one(tmp_path: Path) -> None:
    assert Registry(tmp_path / "none", tmp_path / "neither").names() == []


def test_an_own_skill_comes_before_a_bundled_one(registry: Registry, tmp_path: Path) -> None:
    write_skill(tmp_path / "own" / "answer")
    assert registry.get("answer").folder == tmp_path / "own" / "answer"


def test_an_unknown_name_names_near_ones(registry: Registry) -> None:
    with pytest.raises(SkillNotFound, match="Did you mean answer") as raised:
        registry.get("anwser")
    assert raised.value.hint == "quiver skill list"


@pytest.mark.parametrize("name", ["../own/weather-note", "/etc", "", ".", "base", "answer/", "answer\0", "x" * 10_000])
def test_names_are_checked_before_a_path_is_made(registry: Registry, name: str) -> None:
    with pytest.raises(SkillNotFound):
        registry.get(name)


def test_a_broken_skill_does_not_stop_the_others(registry: Registry, tmp_path: Path) -> None:
    (tmp_path / "own" / "weather-note" / "schema.json").unlink()
    assert [skill.name for skill in registry.all()] == ["answer", "tool-call"]
    assert list(registry.broken()) == ["weather-note"]
    with pytest.raises(SkillBroken):
        registry.get("weather-note")


def test_a_link_to_a_folder_elsewhere_is_refused(registry: Registry, tmp_path: Path) -> None:
    write_skill(tmp_path / "elsewhere" / "stranger")
    (tmp_path / "own" / "stranger").symlink_to(tmp_path / "elsewhere" / "stranger")
    with pytest.raises(SkillBroken, match="outside"):
        registry.get("stranger")


def test_home_is_where_the_environment_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("QUIVER_HOME", str(tmp_path))
    assert home() == tmp_path
    monkeypatch.delenv("QUIVER_HOME")
    assert home().name == "quiver"
