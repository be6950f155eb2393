"""`quiver skill train|merge|combine` from the command line, on bases and skills small enough for a test."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from adapters.skill import load_skill
from router.cli.making_train import combine, merge, train
from router.errors import SkillNotFound, UsageError
from tests.router.tiny import make_base
from tests.training.test_combining import skill
from tests.training.test_train_making import making


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_base(tmp_path_factory.mktemp("base") / "base", "opt")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("QUIVER_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def ran(verb: click.Command, *words: Any) -> Any:
    result = CliRunner().invoke(verb, [str(word) for word in words], standalone_mode=False)
    if result.exception:
        raise result.exception
    return json.loads(result.stdout) if "--json" in words else result.stdout


def test_a_skill_being_made_is_trained_by_name_and_then_merged(base: Path, home: Path, tmp_path: Path) -> None:
    making(home / "making" / "book-table")
    words = ("--method", "lora", "--rank", 8, "--steps", 3, "--batch-tokens", 128, "--base", base, "--json")
    card = ran(train, "book-table", *words)
    assert (card["skill"], card["steps"], card["plan"]["rank"], card["plan"]["patience"]) == ("book-table", 3, 8, 4)
    made = home / "making" / "book-table"
    assert load_skill(made).weights is not None
    told = ran(merge, made, "--base", base, "--out", tmp_path / "merged", "--json")
    assert told["relative"] < 0.02
    assert (tmp_path / "merged" / "model.safetensors").is_file()


def test_skills_in_folders_are_combined_into_one_being_made(base: Path, home: Path, tmp_path: Path) -> None:
    one, other = (skill(base, tmp_path / f"skill-{seed}", seed) for seed in (1, 2))
    told = ran(combine, one.folder, other.folder, "--as", "both", "--how", "svd", "--weights", "0.6,0.4", "--json")
    assert told["folder"] == str(home / "making" / "both")
    found = load_skill(home / "making" / "both")
    assert found.card["combined"]["weights"] == [0.6, 0.4]
    assert "kept" in ran(combine, one.folder, other.folder, "--as", "linear", "--how", "linear")


def test_wrong_words_are_usage_errors(base: Path, home: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="being made"):
        ran(train, "nothing-here")
    with pytest.raises(SkillNotFound):
        ran(merge, "nothing-here", "--out", tmp_path / "x")
    making(home / "making" / "book-table")
    with pytest.raises(UsageError, match="magic"):
        ran(train, "book-table", "--method", "magic", "--base", base)
    folder = skill(base, tmp_path / "skill-1", 1).folder
    with pytest.raises(UsageError, match="weights"):
        ran(combine, folder, folder, "--as", "both", "--weights", "a lot")
