"""From twenty examples and a teacher over HTTP to a skill that a session, open all the while, draws and uses."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from adapters.registry import open_versions
from router import jsonl
from router.cli.app import quiver
from router.engines.local import LocalEngine
from router.errors import AdmissionFailed, QuiverError
from router.options import Options
from router.session import Session
from tests.training import hive_teacher
from training import convert, release, rows
from training.making import Making
from training.tokenizer import as_pretrained, train_tokenizer

NAME = "hive-note"
DESCRIPTION = "Note the inspection of a beehive: hive, frames of brood, mood, queen. Use for reports from an apiary."
TASK = "hive 12 has 77 frames of brood and the bees are nervous"
QUICK = ["--rows", "40", "--steps", "6", "--batch-tokens", "256", "--rank", "8", "--concurrency", "2"]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A base of the bundled one's shape with one layer and words of its own."""
    import torch

    from training.pretrain import TEMPLATE, export

    rng = random.Random(0)
    texts = [hive_teacher.request(rng) + json.dumps(hive_teacher.SCHEMA) for _ in range(60)]
    tokenizer = as_pretrained(train_tokenizer(texts, 500), TEMPLATE.read_text(encoding="utf-8"))
    torch.manual_seed(0)
    folder = tmp_path_factory.mktemp("base")
    export(convert.fresh_model(len(tokenizer), layers=1, end_id=tokenizer.eos_token_id), tokenizer, folder)
    card = {"name": "tiny", "tools_shown": 2, "reads_whole_task": False}
    (folder / "card.json").write_text(json.dumps(card), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def made(base: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Everything once, as a person does it: a session is open, and in another window a skill is added."""
    home = tmp_path_factory.mktemp("home")
    given = tmp_path_factory.mktemp("given")
    (given / "schema.json").write_text(json.dumps(hive_teacher.SCHEMA))
    jsonl.write(given / "seeds.jsonl", hive_teacher.seeds(20))
    with pytest.MonkeyPatch.context() as patch, hive_teacher.running() as teacher:
        patch.setenv("QUIVER_HOME", str(home))
        options = Options(base=str(base), workdir=given)
        with Session.open(options, engine=LocalEngine(base)) as session:
            before = session.run(TASK)
            begin = ["--schema", f"{given}/schema.json", "--examples", f"{given}/seeds.jsonl"]
            assert call("skill", "new", NAME, *begin, "--description", DESCRIPTION) == 0
            add = ["skill", "add", NAME, "--teacher", teacher.url, "--model", "bees", "--base", str(base), *QUICK]
            assert call(*add, "--dry-run") == 0
            asked_by_a_dry_run = len(teacher.asked)
            assert call(*add) == 0
            after = session.run(TASK)
            yield SimpleNamespace(
                session=session, before=before, after=after, making=Making.named(NAME), teacher=teacher, add=add,
                asked_by_a_dry_run=asked_by_a_dry_run, base=base,
            )  # fmt: skip


def call(*words: str) -> int:
    with pytest.raises(SystemExit) as left:
        quiver.main(list(words))
    return int(left.value.code or 0)


def test_a_session_that_runs_draws_the_new_skill_and_uses_it(made: Any) -> None:
    assert NAME not in [step.skill for step in made.before.steps]
    [step] = made.after.steps
    assert (step.skill, step.valid, made.after.status) == (NAME, True, "ok")
    assert step.version == open_versions().pointer(NAME).current
    assert set(step.output) >= {"hive", "frames", "mood"}
    assert step.output["mood"] in hive_teacher.SCHEMA["properties"]["mood"]["enum"]
    assert step.confidence > 0.5


def test_requests_of_the_domain_are_drawn_and_others_are_not(made: Any) -> None:
    from router.routing import State

    router, rng = made.session.router, random.Random(99)
    fresh = [hive_teacher.request(rng) for _ in range(20)]
    drawn = [router.route(State(text)).skill for text in fresh]
    assert drawn.count(NAME) >= 18
    others = ["what is 12 times 7", "read notes.txt", "How many miles are 5 kilometres?"]
    assert NAME not in [router.route(State(text)).skill for text in others]


def test_a_dry_run_asks_nobody(made: Any) -> None:
    assert made.asked_by_a_dry_run == 0
    assert made.teacher.asked


def test_no_wrong_answer_of_the_teacher_is_learned(made: Any) -> None:
    kept = rows.read(made.making.rows)
    assert len(kept) > 40
    assert all(row.output == hive_teacher.truth(row.messages[-1]["content"]) for row in kept)
    reasons = {row["filter"] for row in jsonl.read(made.making.dropped)}
    assert len(reasons) >= 2, "the teacher's slips are of several kinds"


def test_every_stage_is_noted_and_a_second_call_does_nothing_twice(made: Any) -> None:
    plan = json.loads((made.making.folder / "plan.json").read_text())
    assert set(plan) == {"distill", "train", "check", "publish"}
    assert all(stage["digest"] and stage["figures"] for stage in plan.values())
    asked, weights = len(made.teacher.asked), (made.making.weights / "adapter_model.safetensors").stat().st_mtime_ns
    pointer = open_versions().pointer(NAME)
    assert call(*made.add, "--resume") == 0
    assert len(made.teacher.asked) == asked
    assert (made.making.weights / "adapter_model.safetensors").stat().st_mtime_ns == weights
    assert open_versions().pointer(NAME) == pointer


def test_the_router_learns_it_from_seeds_and_accepted_requests(made: Any) -> None:
    found = release.examples(made.making)
    assert found[:20] == [{**row, "observed": False, "output": row["output"]} for row in hive_teacher.seeds(20)]
    held_out = {case.messages[-1].content for case in release.cases(made.making)}
    assert held_out
    assert not held_out & {row["request"] for row in found}


def test_a_gate_that_is_missed_publishes_nothing(made: Any, capsys: pytest.CaptureFixture[str]) -> None:
    pointer = open_versions().pointer(NAME)
    assert call("skill", "publish", NAME, "--base", str(made.base), "--min-exact", "1", "--json") == 1
    error = json.loads(capsys.readouterr().out)["error"]
    assert (error["type"], "held-out" in error["message"]) == ("admission-failed", True)
    assert error["hint"] == f"See what was dropped and why, add rows, and train again: quiver skill add {NAME} --resume"
    assert open_versions().pointer(NAME) == pointer


def test_what_changed_since_the_check_is_not_published(made: Any) -> None:
    from training import add

    assert add.check(made.making, made.base, None).passed
    seeds = made.making.folder / "examples.jsonl"
    said = seeds.read_bytes()
    try:
        seeds.write_bytes(said + b'{"request": "one more hive to note"}\n')
        with pytest.raises(AdmissionFailed, match="as it is now"):
            add.publish_made(Making.named(NAME))
    finally:
        seeds.write_bytes(said)


def test_removed_and_brought_back_while_the_session_runs(made: Any) -> None:
    assert call("skill", "remove", NAME) == 0
    made.session.renew()
    assert NAME not in made.session.router.skills
    assert call("skill", "rollback", NAME) == 0
    made.session.renew()
    assert NAME in made.session.router.skills


def test_a_budget_that_ends_stops_before_training_and_goes_on(made: Any, tmp_path: Path) -> None:
    name = "hive-budget"
    jsonl.write(tmp_path / "seeds.jsonl", hive_teacher.seeds(5))
    (tmp_path / "schema.json").write_text(json.dumps(hive_teacher.SCHEMA))
    begin = ["--schema", f"{tmp_path}/schema.json", "--examples", f"{tmp_path}/seeds.jsonl"]
    assert call("skill", "new", name, *begin) == 0
    add = ["skill", "add", name, "--teacher", made.teacher.url, "--model", "bees", "--base", str(made.base), *QUICK]
    assert call(*add, "--budget-requests", "6") == QuiverError.exit_code
    assert not Making.named(name).weights.exists()
