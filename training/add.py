"""The whole loop in one call: teacher → rows → filters → weights → admission → published; every stage resumable.

    outline(making, choices)   what it will do and cost, nothing asked yet
    add(making, choices)       does it; the version that serves afterwards

Each stage's configuration, digest and figures are in the workspace's plan.json; a stage whose digest is the one that
was finished is not run again. The stages themselves are in training.distill, training.train_making, adapters.admission
and adapters.publish; a router that runs takes the skill in at its next task (`router.opening.renewed`).
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from adapters.admission import Gate, Report, check_skill
from adapters.publish import publish, replaced
from adapters.registry import open_versions
from adapters.skill import Skill
from adapters.verdicts import required
from router.errors import AdmissionFailed, QuiverError, UsageError
from training import distill, release
from training.budget import Budget
from training.making import Making, Stage
from training.train import Plan as TrainingPlan

if TYPE_CHECKING:
    from router.engines.engine import Engine

Say = Callable[[str], object]
STAGES: tuple[Stage, ...] = ("distill", "train", "check", "publish")
_PER_PARAMETER = 4  # floating-point operations a token: forward twice, backward through frozen weights twice
_USED = 0.25  # of what a plain product of matrices reaches, small batches being what they are


@dataclass(frozen=True)
class Choices:
    """What a person decides. `data` None: the rows are there already. `min_exact`: the least share of held-out requests
    that must be answered exactly right."""

    data: distill.Plan | None
    training: TrainingPlan
    base: Path
    min_exact: float | None = None
    budget: Budget = field(default_factory=Budget)
    concurrency: int = 8


@dataclass(frozen=True)
class Added:
    skill: Skill
    report: Report
    figures: Mapping[str, Any]
    seconds: float


# --- before ----------------------------------------------------------------------------------------------------------


def outline(making: Making, choices: Choices) -> dict[str, Any]:
    """Rows, requests and tokens of the teacher, seconds and bytes of training, what is done already and what is to do.

    Raises what a stage would raise for words that do not hold: before anything is asked.
    """
    from training import memory, methods
    from training.shapes import read_shape

    plan = choices.training.resolved()
    shape, method = read_shape(str(choices.base)), methods.method(plan.method)
    if method.leaves not in ("as is", "converted"):
        raise UsageError(
            f"{method.title} leaves no skill to publish: {method.why}", hint="choose another: quiver plan --method all"
        )
    size = method.size(shape, plan.rank, plan.targets)
    parts = memory.training(method.job(shape, size, max(1, plan.batch_tokens // 128), 128))
    return {
        "skill": making.name,
        "folder": str(making.folder),
        "seeds": len(making.seeds),
        "stages": {stage: "done" if _is_done(making, stage, choices) else "to do" for stage in STAGES[:2]},
        "teacher": _teacher_cost(making, choices),
        "training": {
            "method": plan.method,
            "rank": plan.rank,
            "trainable": method.trainable(shape, size),
            "tokens": plan.steps * plan.batch_tokens if plan.steps else None,
            "seconds": _seconds(plan, shape.parameters),
            "bytes": sum(parts.values()),
        },
        "min_exact": choices.min_exact,
        "replaces": (before.version if (before := replaced(making.name, open_versions())) else None),
    }


def told(outlined: Mapping[str, Any]) -> list[str]:
    """The outline for a person."""
    teacher, training = outlined["teacher"], outlined["training"]
    about, stages = training["seconds"], outlined["stages"]
    lines = [f"{outlined['skill']}: {outlined['seeds']} examples in {outlined['folder']}"]
    if teacher is None or stages["distill"] == "done":
        lines.append("rows      they are there already")
    else:
        lines += [
            f"rows      {teacher['rows']} from {teacher['model'] or teacher['teacher']}",
            f"teacher   {teacher['requests']} requests, {teacher['tokens']:,} tokens at most",
        ]
    done = ", done already" if stages["train"] == "done" else f", about {about / 60:.1f} min at most"
    lines += [
        f"training  {training['method']}, rank {training['rank']}, {training['trainable']:,} parameters{done}",
        f"memory    {training['bytes'] / 1e9:.2f} GB",
        f"gate      {_gate(outlined)}",
    ]
    return lines


def _gate(outlined: Mapping[str, Any]) -> str:
    least, before = outlined["min_exact"], outlined["replaces"]
    asked = f"at least {least:.0%} of held-out requests exact" if least is not None else "no share asked for"
    return asked + (f", and no worse than {before}" if before else "")


def _teacher_cost(making: Making, choices: Choices) -> dict[str, Any] | None:
    plan = choices.data
    if plan is None:
        return None
    asked = distill.cost(making, plan)
    requests = asked.query_requests + asked.answer_requests
    about = {"teacher": plan.teacher, "model": plan.model, "rows": plan.rows, "samples": plan.samples}
    return {**about, "requests": requests, "tokens": asked.tokens, "concurrency": choices.concurrency}


def _seconds(plan: TrainingPlan, parameters: int) -> float:
    """At most: early stopping ends most runs sooner. From a product of matrices timed here, so a rough figure."""
    if not plan.steps:
        return plan.minutes * 60
    import torch

    side = 768
    with torch.inference_mode():
        left, right = torch.ones(side, side), torch.ones(side, side)
        best = min(_timed(lambda: left @ right) for _ in range(6))
    speed = 2 * side**3 / best
    return plan.steps * plan.batch_tokens * parameters * _PER_PARAMETER / (speed * _USED)


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


# --- the stages ------------------------------------------------------------------------------------------------------


def add(making: Making, choices: Choices, *, engine: Engine | None = None, say: Say = lambda told: None) -> Added:
    """Raises AdmissionFailed when the skill may not serve, TeacherUnreachable, and what the stages raise; whatever ends
    it, the next call goes on there. `engine`: runs the base, where one is loaded already."""
    began = time.monotonic()
    if choices.data is not None:
        _distil(making, choices, choices.data, say)
    card = _train(making, choices, say)
    report = required(check(making, choices.base, choices.min_exact, engine=engine, say=say))
    skill = publish_made(making, say=say)
    figures = {"distill": _figures(making, "distill"), "train": card.get("held_out"), "check": _exact(report)}
    return Added(skill, report, figures, time.monotonic() - began)


def _is_done(making: Making, stage: Stage, choices: Choices) -> bool:
    if stage == "distill":
        data = choices.data
        return making.rows.is_file() and (data is None or making.is_done("distill", data.to_json()))
    from training.train_making import is_trained

    return is_trained(making, choices.training, choices.base)


def _distil(making: Making, choices: Choices, plan: distill.Plan, say: Say) -> None:
    from training.responses import Responses
    from training.teacher import TeacherLimits, open_teacher

    if making.is_done("distill", plan.to_json()) and making.rows.is_file():
        say("rows: made already")
        return
    with Responses(making.responses) as responses:
        limits = TeacherLimits(concurrency=choices.concurrency)
        teacher = open_teacher(plan.teacher, plan.model, responses, limits, choices.budget)
        try:
            counts = distill.distil(making, teacher, plan, lambda what, number: _tell_often(say, what, number))
        finally:
            teacher.close()
    say(f"rows: {counts.rows} kept, {counts.dropped} dropped; see {making.report}")
    if not counts.complete:
        made = counts.rows - counts.seeds
        hint = f"quiver skill add {making.name} --resume --budget-requests MORE"
        raise QuiverError(f"the teacher's budget ended at {made} of {plan.rows} rows", hint=hint)


def _tell_often(say: Say, what: str, number: int) -> None:
    if what != "answers" or number % 25 == 0:
        say(f"rows: {number} {what}")


def _train(making: Making, choices: Choices, say: Say) -> dict[str, Any]:
    from training.train_making import train_making

    def report(record: dict[str, Any]) -> None:
        say("training: " + ", ".join(f"{k} {v}" for k, v in record.items() if not isinstance(v, dict | list)))

    card = train_making(making, choices.training, choices.base, say=report)
    held = card["held_out"]
    say(f"training: {held['exact']} of {held['rows']} held-out rows exact, {held['exact_base']} without the skill")
    return card


def check(
    making: Making, base: Path, min_exact: float | None, *, engine: Engine | None = None, say: Say = lambda told: None
) -> Report:
    """Admission of what was made, on the requests kept apart; noted, whatever it comes to."""
    from router.engines.loading import base_digest
    from router.opening import open_engine
    from router.options import Options

    folder, before, asked = release.assemble(making), replaced(making.name, open_versions()), release.cases(making)
    making.begin(
        "check",
        {
            "base": base_digest(base),
            "min_exact": min_exact,
            "rows": hashlib.sha256(making.rows.read_bytes()).hexdigest() if making.rows.is_file() else "",
            "replaces": before.version if before else None,
        },
    )
    say(f"admission: {len(asked)} held-out requests")
    opened = engine or open_engine(Options(base=str(base)))
    try:
        report = check_skill(folder, base, opened, Gate(asked, min_exact, before))
    finally:
        if engine is None:
            opened.close()
    making.finish("check", report.to_json())
    return report


def publish_made(making: Making, *, say: Say = lambda told: None) -> Skill:
    """Publishes what was put together for the check, which it must have passed. Raises AdmissionFailed."""
    state = making.state("check")
    if state is None or not (state.figures or {}).get("passed") or state.digest != making.digest("check", state.config):
        raise AdmissionFailed(
            f"{making.name} has not passed admission as it is now.", hint=f"quiver skill check {making.name}"
        )
    making.begin("publish", {})
    skill = publish(making.folder / "release" / making.name, open_versions())
    making.finish("publish", {"version": skill.version, "folder": str(skill.folder)})
    say(f"published: {skill.version}")
    return skill


def _figures(making: Making, stage: Stage) -> Mapping[str, Any] | None:
    state = making.state(stage)
    return state.figures if state else None


def _exact(report: Report) -> str | None:
    return next((each.why for each in report.checks if each.name == "held-out"), None)
