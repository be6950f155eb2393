"""Every adapter beside the base: what is asked of whom, what counts as right, what a run that goes on asks again."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event

import pytest

from adapters.skill import Skill
from evals import adapters, routing_oracle
from evals.adapters import Asked, answer, asked, case_of, figures, measure, rows_of
from evals.runs import RECORDS, open_run
from router.contract import Contract
from router.conversation import ToolSpec
from router.engines.engine import BaseInfo, Completion, Request, Tokens
from router.engines.scripted import SCRIPTED_BASE
from router.errors import UsageError
from router.opening import open_registry

SKILLS: dict[str, Skill] = {skill.name: skill for skill in open_registry().all()}
STEPS = routing_oracle.steps(10, seed=3)


@dataclass
class Knowing:
    """An engine whose skills know the step they are for; the base and all others say nothing of use."""

    base: BaseInfo = SCRIPTED_BASE
    asked: int = 0

    def generate(
        self, request: Request, *, on_text: Callable[[str], None] | None = None, cancel: Event | None = None
    ) -> Completion:
        self.asked += 1
        said = request.messages[-1].content, [message.content for message in request.messages]
        step = next(step for step in STEPS if [m.get("content") or "" for m in step.row.messages] == said[1])
        name = request.skill.name if request.skill else None
        text = _right(step) if name == step.row.skill else "{}"
        return Completion(text, "stop", Tokens(prompt=1, generated=len(text)))


def _right(step: routing_oracle.Step) -> str:
    row = step.row
    output = routing_oracle.plain(row.output)
    if row.skill == "tool-call":
        tools = [ToolSpec(tool["name"], tool["description"], tool["parameters"]) for tool in row.tools]
        return Contract.for_tools(tools).dump(output)
    return json.dumps(output, ensure_ascii=False)


def test_each_step_is_for_the_base_and_its_own_skill_or_for_all() -> None:
    cases = asked(STEPS, list(SKILLS), crossed=False)
    assert len(cases) == 2 * len(STEPS)
    assert {case.model for case in cases} == {"base", *SKILLS}
    crossed = asked(STEPS, list(SKILLS), crossed=True)
    assert len(crossed) == (1 + len(SKILLS)) * len(STEPS)
    assert len({case.id for case in crossed}) == len(crossed)
    assert {case.step.row.skill for case in asked(STEPS, ["answer"], crossed=False)} == {"answer"}


def test_a_skill_that_knows_gains_all_over_a_base_that_does_not() -> None:
    engine = Knowing()
    records = [answer(engine, SKILLS, case) for case in asked(STEPS, list(SKILLS), crossed=False)]  # type: ignore[arg-type]
    found = figures(records)["skills"]
    for name, row in found.items():
        assert row["own_exact"]["share"] == 1.0, (name, [r.reason for r in records if r.slice["model"] == "own"])
        assert row["base_exact"]["share"] == 0.0
        assert row["gained"]["mean"] == 1.0
    assert adapters.least_exact({"skills": found}) == 1.0


def test_rows_for_workers_hold_the_whole_case() -> None:
    cases = asked(STEPS, list(SKILLS), crossed=True)
    again = [case_of(row) for row in rows_of(cases)]
    assert [(case.id, case.model, case.step.state) for case in again] == [
        (case.id, case.model, case.step.state) for case in cases
    ]
    for case, copy in zip(cases, again, strict=True):
        assert json.loads(json.dumps(copy.step.row.messages)) == json.loads(json.dumps(case.step.row.messages))
        assert routing_oracle.plain(copy.step.row.output) == routing_oracle.plain(case.step.row.output)


def test_a_run_that_goes_on_asks_only_what_is_left(tmp_path: Path) -> None:
    cases, engine = asked(STEPS, list(SKILLS), crossed=False), Knowing()
    with open_run("skills", {}, tmp_path) as run:
        measure(run, cases[:7], engine, SKILLS, None)  # type: ignore[arg-type]
    with open_run("skills", {}, tmp_path) as run:
        records = measure(run, cases, engine, SKILLS, None)  # type: ignore[arg-type]
    assert engine.asked == len(cases) == len(records)


def test_killed_at_every_byte_of_its_last_record_the_figures_are_those_of_a_run_never_killed(tmp_path: Path) -> None:
    cases = asked(STEPS[:5], list(SKILLS), crossed=False)
    with open_run("skills", {}, tmp_path) as run:
        whole = figures(measure(run, cases, Knowing(), SKILLS, None))  # type: ignore[arg-type]
    path = tmp_path / RECORDS
    written = path.read_bytes()
    begin = written[:-1].rfind(b"\n") + 1
    for end in range(begin, len(written) + 1):
        path.write_bytes(written[:end])
        engine = Knowing()
        with open_run("skills", {}, tmp_path) as run:
            again = measure(run, cases, engine, SKILLS, None)  # type: ignore[arg-type]
            assert engine.asked == (0 if end >= len(written) - 1 else 1)
            assert [record.case for record in run.records()] == [case.id for case in cases]
        assert figures(again) == whole


def test_an_output_of_another_form_is_wrong_and_says_why() -> None:
    case = next(case for case in asked(STEPS, list(SKILLS), crossed=False) if case.model == "base")
    record = answer(Knowing(), SKILLS, replace(case, model="base"))  # type: ignore[arg-type]
    assert (record.right, record.scores["valid"], record.failure) == (False, 0.0, "invalid")
    assert record.reason


def test_without_ray_the_remedy_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    from evals.ray_pass import one_pass

    monkeypatch.setitem(sys.modules, "ray", None)
    case: Asked = asked(STEPS, list(SKILLS), crossed=False)[0]
    with pytest.raises(UsageError) as raised:
        list(one_pass([case], engine="local", base=None, workers=1))
    assert "quiver-agent[ray]" in raised.value.hint


@pytest.mark.model
def test_rays_workers_say_what_the_engine_here_says(tmp_path: Path) -> None:
    """Base and all adapters in one pass over two processes; killed in the middle, it goes on."""
    pytest.importorskip("ray", reason="the extra `ray` is not installed")
    from router.opening import open_engine
    from router.options import Options

    cases = asked(STEPS[:5], list(SKILLS), crossed=False)
    engine = open_engine(Options())
    here = {case.id: answer(engine, SKILLS, case) for case in cases}
    with open_run("skills", {}, tmp_path) as run:
        run.add(here[cases[0].id])
        records = measure(run, cases, engine, SKILLS, {"engine": "local", "base": None, "workers": 2})
    engine.close()
    assert [record.case for record in records] == [case.id for case in cases]
    assert [record.output for record in records] == [here[case.id].output for case in cases]
