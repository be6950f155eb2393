"""A skill being made is trained from its rows: once, into a folder that can be served, and not from rows that lie."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from adapters.skill import load_skill
from adapters.weights import read_weights
from router.engines.loading import base_digest
from router.errors import ContractFailed, UsageError
from tests.router.tiny import make_base
from training import fit, rows
from training.example import Example
from training.making import Making
from training.rows import Split
from training.train_making import default_plan, read_rows, train_making

SCHEMA = {
    "type": "object",
    "properties": {"city": {"type": "string"}, "guests": {"type": "integer"}},
    "required": ["city"],
    "additionalProperties": False,
}
TOOLS = [
    {"name": "book_table", "description": "Books a table.", "parameters": SCHEMA},
    {"name": "cancel", "description": "Cancels it.", "parameters": {"type": "object", "properties": {}}},
]
CITIES = ("Wien", "Rome", "Oslo", "Bern", "Paris", "Lima")
WORDS: Mapping[str, Any] = {"steps": 4, "batch_tokens": 128, "look_every": 2, "patience": 2, "rank": 8}


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_base(tmp_path_factory.mktemp("base") / "base", "opt")


def making(folder: Path, contract: str = "schema") -> Making:
    folder.mkdir(parents=True)
    front = f"name: {folder.name}\ndescription: Books a table.\nlicense: CC0-1.0\nmetadata:\n  contract: {contract}\n"
    (folder / "SKILL.md").write_text(f"---\n{front}---\n", encoding="utf-8")
    (folder / "schema.json").write_text(json.dumps(SCHEMA), encoding="utf-8")
    (folder / "tools.json").write_text(json.dumps(TOOLS), encoding="utf-8")
    seed = {"request": "a table in Wien", "output": output(contract, {"city": "Wien"})}
    (folder / "examples.jsonl").write_text(json.dumps(seed) + "\n", encoding="utf-8")
    made = Making(folder)
    found: list[tuple[Example, Split]] = []
    for number, city in enumerate(CITIES):
        value = output(contract, {"guests": number, "city": city})
        row = made.example(f"a table for {number} in {city}", value, "test")
        found.append((row, "held-out" if number > 3 else "train"))
    rows.write(made.rows, found)
    return made


def output(contract: str, arguments: dict[str, Any]) -> dict[str, Any]:
    return {"name": "book_table", "arguments": arguments} if contract == "tools" else arguments


def test_rows_become_a_skill_and_a_finished_run_is_not_run_again(
    base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = making(tmp_path / "book-table")
    plan = default_plan(made.name, **WORDS)
    card = train_making(made, plan, base, say=lambda _: None)
    skill = load_skill(made.folder)
    assert skill.card == json.loads(json.dumps(card))
    assert card["base"]["digest"] == base_digest(base)
    assert (card["steps"], card["rows"], card["held_out"]["rows"]) == (4, 4, 2)
    assert card["data"] == {"test": {"licence": "CC0-1.0", "share": 1.0}}
    assert read_weights(made.weights).invocation_tokens == (4,)

    def never(*given: Any, **named: Any) -> None:
        raise AssertionError("trained again")

    monkeypatch.setattr(fit, "fit", never)
    assert train_making(made, plan, base, say=lambda _: None) == json.loads(json.dumps(card))
    with pytest.raises(AssertionError, match="trained again"):
        train_making(made, default_plan(made.name, **{**WORDS, "seed": 2}), base, say=lambda _: None)


def test_tools_are_called_and_their_arguments_come_in_order(base: Path, tmp_path: Path) -> None:
    made = making(tmp_path / "book-table", "tools")
    learned, held_out = read_rows(made)
    assert (len(learned), len(held_out)) == (4, 2)
    card = train_making(made, default_plan(made.name, **{**WORDS, "method": "lora"}), base, say=lambda _: None)
    assert card["method"] == "LoRA"
    assert read_weights(made.weights).invocation_tokens == ()


def test_keys_take_the_order_of_the_schema(tmp_path: Path) -> None:
    learned, _ = read_rows(making(tmp_path / "book-table"))
    assert all(list(row.output or {}) == ["city", "guests"] for row in learned)


def test_a_row_that_could_never_be_said_ends_it_before_anything_is_trained(base: Path, tmp_path: Path) -> None:
    made = making(tmp_path / "book-table")
    row = made.example("a table", {"city": "Wien", "day": "Monday"}, "test")
    rows.write(made.rows, [(row, "train")])
    with pytest.raises(ContractFailed):
        train_making(made, default_plan(made.name, **WORDS), base)
    assert not made.weights.exists()


def test_what_no_engine_serves_is_only_measured_when_asked(base: Path, tmp_path: Path) -> None:
    made = making(tmp_path / "book-table")
    plan = default_plan(made.name, **{**WORDS, "method": "prefix"})
    with pytest.raises(UsageError, match="served"):
        train_making(made, plan, base)
    card = train_making(made, default_plan(made.name, **{**WORDS, "method": "prefix", "measure": True}), base,
                        say=lambda _: None)  # fmt: skip
    assert card["left"]["form"] == "nothing"
    assert not made.weights.exists()
