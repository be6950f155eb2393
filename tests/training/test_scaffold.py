"""What `quiver skill new` makes is valid as it stands, and what a person gives is read before anything is made."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from adapters.admission import check_skill
from router import jsonl
from router.cli.app import quiver
from router.errors import QuiverError, SkillBroken, UsageError
from training.making import Making
from training.scaffold import scaffold

SCHEMA: dict[str, Any] = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("QUIVER_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def test_without_a_contract_of_ones_own_there_is_one_to_replace(tmp_path: Path) -> None:
    making = scaffold("repair-ticket")
    assert len(making.seeds) >= 3
    assert all(seed.answered for seed in making.seeds)
    assert check_skill(making.folder, tmp_path).passed
    assert making.manifest.licence == "Apache-2.0"


def _given(folder: Path, rows: list[Any], contract: Any = SCHEMA) -> dict[str, Path]:
    folder.joinpath("contract.json").write_text(json.dumps(contract))
    jsonl.write(folder / "rows.jsonl", rows)
    return {"examples": folder / "rows.jsonl"}


def test_ones_own_schema_and_examples(tmp_path: Path) -> None:
    given = _given(tmp_path, [{"request": "count: three", "output": {"n": 3}}])
    description = 'Count: "things" # and more'
    made = scaffold("counter", schema=tmp_path / "contract.json", description=description, **given)
    assert (made.schema, made.manifest.description) == (SCHEMA, description)


WRONG: dict[str, tuple[list[Any], Any, type[QuiverError], str]] = {
    "an example that breaks the schema": ([{"request": "x", "output": {"n": "3"}}], SCHEMA, SkillBroken, "Line 1"),
    "no example with an output": ([{"request": "x"}], SCHEMA, UsageError, "no example has an output"),
    "a schema no grammar holds": ([{"request": "x", "output": {}}], {"if": {}, "type": "object"}, UsageError, "if"),
    "no JSON object": ([{"request": "x", "output": {}}], [], SkillBroken, "not a JSON object"),
}


@pytest.mark.parametrize(("rows", "contract", "error", "told"), WRONG.values(), ids=WRONG)
def test_nothing_is_made_of_what_does_not_hold(
    tmp_path: Path, own_home: Path, rows: list[Any], contract: Any, error: type[QuiverError], told: str
) -> None:
    given = _given(tmp_path, rows, contract)
    with pytest.raises(error, match=told):
        scaffold("counter", schema=tmp_path / "contract.json", **given)
    assert list((own_home / "making").iterdir()) == []


def test_words_that_contradict_each_other(tmp_path: Path) -> None:
    given = _given(tmp_path, [{"request": "x", "output": {"n": 3}}])
    with pytest.raises(UsageError, match="not both"):
        scaffold("counter", schema=tmp_path / "contract.json", tools=tmp_path / "contract.json", **given)
    with pytest.raises(UsageError, match="examples of the contract"):
        scaffold("counter", schema=tmp_path / "contract.json")
    scaffold("counter", schema=tmp_path / "contract.json", **given)
    with pytest.raises(UsageError, match="being made already"):
        scaffold("counter")
    with pytest.raises(SkillBroken):
        scaffold("../counter")


def test_the_command_prints_the_next_three(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        quiver.main(["skill", "new", "repair-ticket"])
    assert left.value.code == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 3
    assert str(Making.named("repair-ticket").folder) in lines[0]
    assert all("quiver skill add repair-ticket" in line for line in lines[1:])


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["add", "nobody", "--teacher", "http://localhost/v1"], 2, "quiver skill new nobody"),
        (["add", "repair-ticket"], 2, "--teacher"),
        (["publish", "nobody"], 2, "quiver skill new nobody"),
        (["rollback", "nobody"], 2, "never published"),
        (["remove", "nobody"], 2, "not published"),
        (["publish", "repair-ticket"], 2, "quiver skill train repair-ticket"),
        (["export", "repair-ticket", "--for", "trl"], 2, "no rows yet"),
        (["add", "repair-ticket", "--teacher", "http://localhost/v1", "--model", "m", "--method", "ia3"], 2, "IA3"),
    ],
)
def test_every_wrong_word_is_told_with_what_to_do(
    capsys: pytest.CaptureFixture[str], words: list[str], code: int, told: str
) -> None:
    scaffold("repair-ticket")
    with pytest.raises(SystemExit) as left:
        quiver.main(["skill", *words, "--json"])
    error = json.loads(capsys.readouterr().out)["error"]
    assert left.value.code == code
    assert told in error["message"] + error["hint"]
