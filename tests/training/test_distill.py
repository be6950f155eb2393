"""A data set asked of a teacher over HTTP: what it holds, and that its plan alone decides it, whatever goes wrong."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from router import jsonl
from router.cli.app import quiver
from router.errors import TeacherUnreachable
from tests.training.teacher_server import FAULTS, SEEDS, TOOLS, TeacherServer, teaching, truth, write_making
from training import rows
from training.budget import Budget
from training.distill import Counts, Plan, cost, distil
from training.filters import FILTERS, Rules
from training.making import Making
from training.responses import Responses
from training.teacher import OpenAITeacher, TeacherLimits

ROOT = Path(__file__).parents[2]
PLAN = Plan(model="wise", rows=10, samples=2, batch=4)
LIMITS = TeacherLimits(concurrency=4, tries=4, first_wait_s=0.001, read_s=20)
MADE = ("rows.jsonl", "dropped.jsonl", "report.json", "report.txt", "report.html")


def draw(
    making: Making,
    server: TeacherServer,
    plan: Plan = PLAN,
    limits: TeacherLimits = LIMITS,
    budget: Budget | None = None,
) -> Counts:
    with teaching(server) as url, Responses(making.responses) as responses:
        teacher = OpenAITeacher(url, plan.model, responses, limits=limits, budget=budget)
        try:
            return distil(making, teacher, plan)
        finally:
            teacher.close()


def made(making: Making) -> dict[str, bytes]:
    return {name: (making.folder / name).read_bytes() for name in MADE}


def without_faults(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """What must be the same however the line was; the report counts faults."""
    return {name: files[name] for name in ("rows.jsonl", "dropped.jsonl")}


@pytest.fixture
def making(tmp_path: Path) -> Making:
    return Making(write_making(tmp_path))


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Making, Counts, TeacherServer]:
    """One data set drawn in one sitting."""
    making, server = Making(write_making(tmp_path_factory.mktemp("whole"))), TeacherServer()
    return making, draw(making, server), server


# --- what it holds ---------------------------------------------------------------------------------------------------


def test_the_rows_are_what_a_trainer_reads(whole: tuple[Making, Counts, TeacherServer]) -> None:
    making, counts, _ = whole
    examples = rows.read(making.rows)
    assert len(examples) == counts.rows >= PLAN.rows + counts.seeds
    assert len(rows.read(making.rows, "train")) == counts.train
    assert len(rows.read(making.rows, "held-out")) == counts.held_out > 0
    for example in examples:
        assert making.contract.dump(making.contract.parse(making.contract.dump(example.output)))
        assert example.calls
        offered = [tool["name"] for tool in (*example.tools, *example.alternatives)]
        assert sorted(offered) == ["renew_loan", "reserve_book"]
        if example.output is not None:
            assert [tool["name"] for tool in example.tools] == [example.output["name"]]
    assert {example.source for example in examples} == {"seed", "teacher wise"}
    assert {example.licence for example in examples} == {"CC0-1.0"}
    assert {example.output and example.output["name"] for example in examples} == {"renew_loan", "reserve_book", None}


def test_keys_are_in_the_schemas_order_though_the_teachers_are_not(whole: tuple[Making, Counts, TeacherServer]) -> None:
    renewals = [e.output for e in rows.read(whole[0].rows) if e.output and e.output["name"] == "renew_loan"]
    assert renewals
    assert {tuple(output["arguments"]) for output in renewals} == {("title", "weeks")}


def test_seeds_come_first_are_trained_on_and_a_route_only_seed_is_no_row(
    whole: tuple[Making, Counts, TeacherServer],
) -> None:
    said = [(e.messages[0]["content"], e.output) for e in rows.read(whole[0].rows, "train")]
    assert said[:3] == [(seed["request"], seed["output"]) for seed in SEEDS[:3]]
    assert SEEDS[3]["request"] not in [request for request, _ in said]


def test_the_report_accounts_for_every_request(whole: tuple[Making, Counts, TeacherServer]) -> None:
    making, counts, server = whole
    report = json.loads(making.report.read_text())
    filters = {each["name"]: each for each in report["filters"]}
    assert list(filters) == list(FILTERS)
    assert filters["length"]["seen"] == counts.requests + counts.seeds
    assert (
        filters["refusal-share"]["kept"] + counts.seeds == counts.rows
        or filters["refusal-share"]["kept"] == counts.rows
    )
    assert sum(each["dropped"] for each in filters.values()) == counts.dropped == len(list(jsonl.read(making.dropped)))
    assert report["counts"]["rows"] == counts.rows
    assert sum(server.asked.values()) == len(server.asked) == len(list(jsonl.read(making.responses)))
    assert "refusal-share" in (making.folder / "report.txt").read_text()


def test_the_page_shows_every_filter_and_runs_nothing_that_a_teacher_wrote(tmp_path: Path) -> None:
    making = Making(write_making(tmp_path))
    draw(
        making, TeacherServer(answers=lambda words, seed: "<script>alert(1)</script>"), replace(PLAN, rows=4, rounds=1)
    )
    html = (making.folder / "report.html").read_text()
    assert "<script" not in html
    assert "http" not in html
    assert all(f"<th>{name}<br>" in html for name in FILTERS)
    assert "This is not JSON" in html


def test_a_json_skill_is_distilled_alike_and_never_asked_to_decline(tmp_path: Path) -> None:
    folder = tmp_path / "card-reader"
    folder.mkdir()
    schema = {
        "type": "object",
        "properties": {"title": {"type": "string"}, "weeks": {"type": "integer"}},
        "required": ["title"],
    }
    front = "name: card-reader\ndescription: Read a renewal card.\nmetadata:\n  contract: schema\n"
    (folder / "SKILL.md").write_text(f"---\n{front}---\n\nRead it.\n")
    (folder / "schema.json").write_text(json.dumps(schema))
    (folder / "examples.jsonl").write_text('{"request": "Winter Harvest", "output": {"title": "Winter Harvest"}}\n')
    server = TeacherServer(answers=lambda words, seed: json.dumps((truth(words) or {})["arguments"]))
    counts = draw(Making(folder), server, Plan(model="wise", rows=4, batch=4))
    examples = rows.read(folder / "rows.jsonl")
    assert counts.rows == len(examples) >= 5
    assert all(set(e.output or {}) <= {"title", "weeks"} and not e.calls and not e.alternatives for e in examples)
    asked = [e.body["messages"][-1]["content"] for e in server.seen]
    assert not any("leaves out a value" in words or "nothing described above" in words for words in asked)


def test_what_a_person_keeps_apart_is_in_no_row(tmp_path: Path, whole: tuple[Making, Counts, TeacherServer]) -> None:
    making = Making(write_making(tmp_path))
    known = [e for e in rows.read(whole[0].rows) if e.source != "seed"][:3]
    kept_apart = [{"request": e.messages[0]["content"].upper(), "output": e.output} for e in known]
    (making.folder / "held-out.jsonl").write_text("".join(json.dumps(each) + "\n" for each in kept_apart))
    draw(making, TeacherServer())
    said = {e.messages[0]["content"].upper() for e in rows.read(making.rows)}
    assert not said & {each["request"] for each in kept_apart}
    leaked = [each["request"].upper() for each in jsonl.read(making.dropped) if each["filter"] == "leakage"]
    assert {each["request"] for each in kept_apart} <= set(leaked)


def careless(words: str, seed: int) -> str:
    """A third of the answers invent a title, a fifth forget the weeks, a seventh call a tool that is not there."""
    said, kind = truth(words), sum(map(ord, words))
    if said is None:
        return "null"
    if kind % 3 == 0:
        said["arguments"]["title"] = "Invented Nonsense"
    elif kind % 5 == 0:
        said["arguments"].pop("weeks", None)
    elif kind % 7 == 0:
        said["name"] = "burn_book"
    return json.dumps(said)


def test_a_careless_teachers_mistakes_are_learned_only_without_the_filters(tmp_path: Path) -> None:
    def wrong(making: Making) -> int:
        made = [example for example in rows.read(making.rows) if example.source != "seed"]
        return sum(example.output != truth(str(example.messages[0]["content"])) for example in made)

    plan = Plan(model="wise", rows=12, batch=6)
    strict, loose = Making(write_making(tmp_path / "a")), Making(write_making(tmp_path / "b"))
    draw(strict, TeacherServer(answers=careless), plan)
    draw(loose, TeacherServer(answers=careless), replace(plan, rules=Rules(without=("all",))))
    assert wrong(strict) == 0
    assert wrong(loose) > 0
    assert "grounding" in {each["filter"] for each in jsonl.read(strict.dropped)}


# --- stopped, and begun again ----------------------------------------------------------------------------------------


def test_done_again_it_asks_nothing_and_is_the_same(whole: tuple[Making, Counts, TeacherServer]) -> None:
    making, counts, _ = whole
    before, silent = made(making), TeacherServer()
    assert making.is_done("distill", PLAN.to_json())
    assert draw(making, silent) == counts
    assert made(making) == before
    assert not silent.seen


def command(url: str, *words: str) -> list[str]:
    named = ["--teacher", url, "--model", "wise", "--rows", str(PLAN.rows), "--samples", "2", "--concurrency", "2"]
    return [sys.executable, "-m", "router", "skill", "distill", "library-desk", *(words or named)]


@pytest.mark.timeout(600)  # three starts of the command, on a machine that may have much else to do
def test_killed_at_any_moment_it_ends_with_the_same_data_set_and_loses_no_answer(tmp_path: Path) -> None:
    home, other = tmp_path / "home", tmp_path / "other"
    making, undisturbed = Making(write_making(home)), Making(write_making(other))
    server = TeacherServer(delay_s=0.02)
    with teaching(server) as url:
        plan = Plan(teacher=url, model="wise", rows=PLAN.rows, samples=2)
        for killed_at in (2, 16):
            process = subprocess.Popen(
                command(url),
                cwd=ROOT,
                env={**os.environ, "QUIVER_HOME": str(home)},
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            while len(server.seen) < killed_at and process.poll() is None:
                time.sleep(0.002)
            assert process.poll() is None, "it ended before it could be killed"
            process.send_signal(signal.SIGKILL)
            process.wait()
            time.sleep(0.2)
        kept = len(list(jsonl.read(making.responses)))
        assert not making.is_done("distill", plan.to_json())
        finished = subprocess.run(
            command(url, "--resume"), cwd=ROOT, env={**os.environ, "QUIVER_HOME": str(home)}, capture_output=True
        )
        assert finished.returncode == 0, finished.stderr.decode()
        with Responses(undisturbed.responses) as responses:
            distil(undisturbed, OpenAITeacher(url, "wise", responses, limits=LIMITS), plan)
    assert made(making) == made(undisturbed)
    assert kept >= 12
    asked_by_both = sum(server.asked.values()) - len(server.asked)
    assert asked_by_both <= len(server.asked) + 2 * 2  # the second making's own, and two under way at each kill
    assert making.is_done("distill", plan.to_json())


def test_a_log_cut_anywhere_ends_in_the_same_data_set(
    tmp_path: Path, whole: tuple[Making, Counts, TeacherServer]
) -> None:
    log = whole[0].responses.read_bytes()
    for share in (0.05, 0.5, 0.97):
        making = Making(write_making(tmp_path / str(share)))
        making.responses.parent.mkdir()
        making.responses.write_bytes(log[: int(len(log) * share)])
        draw(making, TeacherServer())
        assert made(making) == made(whole[0])


@pytest.mark.parametrize("fault", [each for each in FAULTS if each != "slow"])
def test_a_line_that_fails_half_the_requests_once_gives_the_same_data_set(
    making: Making, whole: tuple[Making, Counts, TeacherServer], fault: str
) -> None:
    def failing(number: int) -> str | None:
        content = json.dumps(server.seen[number].body, sort_keys=True)
        return fault if len(content) % 2 and server.asked[content] == 1 else None

    server = TeacherServer(fault=failing)
    draw(making, server)
    assert len(server.seen) > len(server.asked)
    assert made(making) == made(whole[0])


def test_a_teacher_that_goes_away_is_an_error_and_coming_back_it_is_asked_for_the_rest(
    making: Making, whole: tuple[Making, Counts, TeacherServer]
) -> None:
    with pytest.raises(TeacherUnreachable):
        draw(making, TeacherServer(fault=lambda number: "500" if number >= 10 else None))
    assert not making.is_done("distill", PLAN.to_json())
    kept = len(list(jsonl.read(making.responses)))
    back = TeacherServer()
    draw(making, back)
    assert made(making) == made(whole[0])
    assert len(back.seen) == len(whole[2].seen) - kept


def test_a_budget_ends_it_with_what_there_is_and_a_larger_one_goes_on(
    making: Making, whole: tuple[Making, Counts, TeacherServer]
) -> None:
    counts = draw(making, TeacherServer(), budget=Budget(requests=12))
    assert not counts.complete
    assert not making.is_done("distill", PLAN.to_json())
    assert 3 <= len(rows.read(making.rows)) < whole[1].rows
    assert draw(making, TeacherServer(), budget=Budget(requests=500)).complete
    assert without_faults(made(making)) == without_faults(made(whole[0]))


def test_another_seed_is_another_data_set(making: Making, whole: tuple[Making, Counts, TeacherServer]) -> None:
    draw(making, TeacherServer(), replace(PLAN, seed=7))
    ours = {e.messages[0]["content"] for e in rows.read(making.rows) if e.source != "seed"}
    theirs = {e.messages[0]["content"] for e in rows.read(whole[0].rows) if e.source != "seed"}
    assert ours.isdisjoint(theirs)


def test_a_cost_is_an_upper_bound(making: Making, whole: tuple[Making, Counts, TeacherServer]) -> None:
    asked = cost(making, PLAN)
    in_one_round = asked.query_requests + asked.answer_requests
    assert len(whole[2].seen) <= 1.3 * in_one_round
    assert asked.tokens > 50 * in_one_round


# --- the command -----------------------------------------------------------------------------------------------------


def run(*words: str) -> tuple[int, str, str]:
    done = CliRunner().invoke(quiver, ["skill", "distill", *words])
    return done.exit_code, done.stdout, done.stderr


def test_the_command_draws_shows_and_resumes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUIVER_HOME", str(tmp_path))
    making, server = Making(write_making(tmp_path)), TeacherServer()
    with teaching(server) as url:
        words = ["library-desk", "--teacher", url, "--model", "wise", "--rows", "6"]
        code, planned, _ = run(*words, "--dry-run", "--json")
        assert (code, server.seen) == (0, [])
        assert json.loads(planned)["cost"]["answer_requests"] == 8
        code, out, err = run(*words)
        assert code == 0, err
        assert "grounding" in out
        before, asked = made(making), len(server.seen)
        code, out, err = run("library-desk", "--resume", "--json")
        assert code == 0, err
        assert json.loads(out)["counts"]["rows"] == len(rows.read(making.rows))
        assert "made already" in err
        assert (made(making), len(server.seen)) == (before, asked)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nothing-here", "--teacher", "http://x/v1"], "quiver skill new nothing-here"),
        (["../etc", "--teacher", "http://x/v1"], "is not a skill's name"),
        (["library-desk"], "no teacher is named"),
        (["library-desk", "--resume"], "no data set of library-desk was begun"),
        (["library-desk", "--resume", "--rows", "9"], "--rows names another"),
        (["library-desk", "--teacher", "http://x/v1", "--without", "luck"], "there is no filter 'luck'"),
        (["library-desk", "--teacher", "http://x/v1"], "model is not named"),
        (["library-desk", "--teacher", "x", "--model", "m"], "is not a web address"),
    ],
)
def test_a_mistake_is_told_in_a_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], said: str
) -> None:
    monkeypatch.setenv("QUIVER_HOME", str(tmp_path))
    write_making(tmp_path)
    code, out, err = run(*words)
    assert (code, out) == (2, "")
    assert said in err


# --- the workspace ---------------------------------------------------------------------------------------------------


def test_a_stage_is_done_until_what_it_reads_or_is_told_changes(making: Making) -> None:
    assert making.state("distill") is None
    making.begin("distill", {"rows": 3})
    assert not making.is_done("distill", {"rows": 3})
    making.finish("distill", {"rows": 3})
    making.begin("train", {})
    assert making.is_done("distill", {"rows": 3})
    assert not making.is_done("distill", {"rows": 4})
    (making.folder / "tools.json").write_text(json.dumps(TOOLS[:1]))
    assert not making.is_done("distill", {"rows": 3})


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("tools.json", "[]", "not a list of tools"),
        ("tools.json", "{", "not JSON"),
        ("tools.json", '[{"description": "x"}]', "Tool 1"),
        ("examples.jsonl", '{"output": null}\n', "Line 1 of examples.jsonl has no request"),
        ("examples.jsonl", '{"request": "x", "output": null}\n{"request": "x", "output": {"name": "y"}}\n', "Line 2"),
        (
            "examples.jsonl",
            '{"request": "x", "output": {"name": "renew_loan", "arguments": {"title": "x"}}}\n',
            "`arguments.weeks` is missing",
        ),
        ("held-out.jsonl", '{"request": "x", "output": []}\n', "held-out.jsonl"),
    ],
)
def test_what_a_person_left_that_cannot_be_used_is_named(making: Making, name: str, content: str, said: str) -> None:
    from router.errors import UsageError

    (making.folder / name).write_text(content)
    with pytest.raises(UsageError) as caught:
        draw(making, TeacherServer())
    assert said in caught.value.message
    assert caught.value.hint


def test_tools_in_openais_form_are_the_same_tools(making: Making) -> None:
    plain = making.tools
    (making.folder / "tools.json").write_text(json.dumps([{"type": "function", "function": each} for each in TOOLS]))
    assert Making(making.folder).tools == plain


def test_rows_come_back_as_they_were(tmp_path: Path, making: Making) -> None:
    output: dict[str, Any] = {"name": "renew_loan", "arguments": {"title": "é", "weeks": 2}}
    examples = [making.example("renew é", output, "seed"), making.example("hm", None, "seed", "reserve_book")]
    rows.write(tmp_path / "rows.jsonl", [(examples[0], "train"), (examples[1], "held-out")])
    assert rows.read(tmp_path / "rows.jsonl") == examples
    assert rows.read(tmp_path / "rows.jsonl", "held-out") == examples[1:]
