"""The whole loop once: a session is open, a skill is added from twenty examples beside it, the session draws it.

    whole(Loop(out, base, rows=500), address)      figures, as plain data

Every step is the command a person would type, in a process of its own, and is written to transcript.txt. What is there
already (the teacher's answers, finished stages) is not made again. Measured on held-out requests of evals.loop.domain:
the teacher as it is asked for data, the skill as an agent asks it, and the skill made of the same answers unfiltered.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evals.intervals import Share
from evals.loop import domain
from evals.loop.teachers import Address
from router import jsonl
from router.cache import write_atomically
from router.errors import TaskFailed
from training.making import Making

TASK = "fire the ribbed teapot in porcelain to 1245 degrees in reduction, hold 25 minutes"
OTHERS = ("what is 12 times 7", "read notes.txt", "how many miles are 5 kilometres", "is this message a scam?")
SAYABLE = ("parse", "known-name", "required", "undeclared", "type", "enum", "range", "contract")
"""Filters without which a row's output is none that the skill's grammar lets be said: nobody could train on it."""
Say = Callable[[str], object]


@dataclass(frozen=True)
class Loop:
    """`cases`: held-out requests; `min_exact`: admission's gate; `steps`: updates of the student at most, by `method`
    or the usual one."""

    out: Path
    base: Path
    rows: int = 500
    cases: int = 100
    samples: int = 1
    min_exact: float = 0.6
    steps: int = 400
    ablate: bool = True
    method: str | None = None

    @property
    def home(self) -> Path:
        return self.out / "home"

    @property
    def how(self) -> list[str]:
        return ["--method", self.method] if self.method else []

    @property
    def making(self) -> Making:
        return Making(self.home / "making" / domain.NAME)


def begin(loop: Loop, say: Say) -> Making:
    """`quiver skill new` from a schema and the seeds; the held-out requests beside them."""
    given = loop.out / "given"
    given.mkdir(parents=True, exist_ok=True)
    (given / "schema.json").write_text(json.dumps(domain.SCHEMA, indent=1), encoding="utf-8")
    seeds = domain.seeds()
    jsonl.write(given / "examples.jsonl", seeds)
    if not loop.making.folder.is_dir():
        words = ["--schema", str(given / "schema.json"), "--examples", str(given / "examples.jsonl")]
        quiver(loop, loop.home, "skill", "new", domain.NAME, *words, "--description", domain.DESCRIPTION, say=say)
        seen = [row["request"] for row in seeds]
        jsonl.write(loop.making.folder / "held-out.jsonl", domain.held_out(loop.cases, seen))
    return loop.making


def whole(loop: Loop, teacher: Address, say: Say = lambda text: None) -> dict[str, Any]:
    """Everything after `begin`. Raises TaskFailed when a command fails."""
    from router.engines.local import LocalEngine

    engine = LocalEngine(loop.base)
    try:
        figures = _kept(loop.out / "added.json", lambda: _looped(loop, teacher, engine, say))
        if loop.ablate:
            path = loop.out / "unfiltered.json"
            figures["unfiltered"] = _kept(path, lambda: _unfiltered(loop, teacher, engine, say))
    finally:
        engine.close()
    return figures


def _kept(path: Path, made: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """What was measured before, or is now: an addition can be timed, and met by a session, only once."""
    if not path.is_file():
        write_atomically(path, json.dumps(made(), ensure_ascii=False, indent=1).encode())
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def _looped(loop: Loop, teacher: Address, engine: Any, say: Say) -> dict[str, Any]:
    from router.options import Options
    from router.session import Session

    figures: dict[str, Any] = {"teacher": {"by": teacher.by, **_teacher(loop, teacher, say)}}
    workdir = loop.out / "work"
    workdir.mkdir(exist_ok=True)
    with Session.open(Options(base=str(loop.base), workdir=workdir), engine=engine) as session:
        before = session.run(TASK)
        figures["added"] = _add(loop, teacher, say)
        after = session.run(TASK)
        figures["student"] = _student(loop, engine, loop.making)
        figures["routed"] = _routed(session.router, loop)
        figures["agent"] = {"before": _step(before), "after": _step(after)}
    return figures


def quiver(loop: Loop, home: Path, *words: str, say: Say) -> str:
    """One command, its words and what it said kept in transcript.txt; its standard output."""
    shown = " ".join(f'"{word}"' if " " in word else word for word in words)
    say(f"$ quiver {shown}")
    ended = subprocess.run(
        [sys.executable, "-m", "router", *words], capture_output=True, text=True, check=False,
        env={**os.environ, "QUIVER_HOME": str(home)}, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    with (loop.out / "transcript.txt").open("a", encoding="utf-8") as file:
        file.write(f"$ quiver {shown}\n{ended.stderr}{ended.stdout}\n")
    if ended.returncode:
        raise TaskFailed(
            f"quiver {words[0]} {words[1]} ended with {ended.returncode}: {(ended.stderr + ended.stdout)[-400:]}"
        )
    return ended.stdout


# --- the skill -------------------------------------------------------------------------------------------------------


def _asked(loop: Loop, teacher: Address) -> list[str]:
    words = {"--teacher": teacher.url, "--model": teacher.model, "--rows": loop.rows, "--samples": loop.samples}
    return [str(word) for pair in words.items() for word in pair]


def _add(loop: Loop, teacher: Address, say: Say) -> dict[str, Any]:
    limits = ["--base", str(loop.base), "--min-exact", str(loop.min_exact), "--steps", str(loop.steps), *loop.how]
    words = [*_asked(loop, teacher), *limits, "--json"]
    began = time.monotonic()
    told = json.loads(quiver(loop, loop.home, "skill", "add", domain.NAME, *words, say=say))
    return {
        "version": told["version"],
        "seconds": round(time.monotonic() - began, 1),
        "figures": told["figures"],
        "rows": _rows(loop.making),
    }


def _rows(making: Making) -> dict[str, Any]:
    """How many, and how many of those that the domain's rules can read are right."""
    from training import rows

    kept = [row for row in rows.read(making.rows) if row.source != "seed"]
    read = [(row, domain.truth(str(row.messages[-1]["content"]))) for row in kept]
    known = [(row, said) for row, said in read if said is not None]
    return {
        "kept": len(kept),
        "dropped": sum(1 for _ in jsonl.read(making.dropped)),
        "readable": len(known),
        "right": sum(row.output == said for row, said in known),
    }


def _student(loop: Loop, engine: Any, making: Making) -> dict[str, Any]:
    """Held-out requests exactly right: as an agent asks, held by the grammar; and by what it says first, unheld."""
    from adapters.held_out import Case, answered
    from adapters.skill import load_skill
    from router.conversation import Message
    from router.engines.engine import Request

    skill = load_skill(making.folder)
    cases = [Case((Message("user", seed.request),), seed.output) for seed in making.held_out]
    held = answered(engine, skill, skill, cases)
    base = answered(engine, None, skill, cases)
    free = [engine.generate(Request(case.messages, skill=skill, max_tokens=96)).text for case in cases]
    right = [making.contract.dump(case.output) == text for case, text in zip(cases, free, strict=True)]
    return {"exact": sum(held), "unheld": sum(right), "base": sum(base), "of": len(cases), "wrong": _wrong(held)}


def _wrong(right: Sequence[bool]) -> list[int]:
    return [at for at, each in enumerate(right) if not each]


def _routed(router: Any, loop: Loop) -> dict[str, int]:
    from router.routing import State

    drawn = [router.route(State(seed.request)).skill == domain.NAME for seed in loop.making.held_out]
    astray = [router.route(State(text)).skill == domain.NAME for text in OTHERS]
    return {"drawn": sum(drawn), "of": len(drawn), "others_drawn": sum(astray), "others": len(astray)}


def _step(record: Any) -> dict[str, Any]:
    steps = [{"skill": each.skill, "valid": each.valid, "output": each.output} for each in record.steps]
    return {"status": record.status, "steps": steps}


def _unfiltered(loop: Loop, teacher: Address, engine: Any, say: Say) -> dict[str, Any]:
    """The same seeds and answers, no filter but those without which a row could not be learned; the same training."""
    home = loop.out / "home-unfiltered"
    making = Making(home / "making" / domain.NAME)
    if not making.folder.is_dir():
        making.folder.mkdir(parents=True)
        for name in ("SKILL.md", "schema.json", "examples.jsonl", "held-out.jsonl"):
            shutil.copy2(loop.making.folder / name, making.folder / name)
        making.responses.parent.mkdir()
        shutil.copy2(loop.making.responses, making.responses)
    quiver(loop, home, "skill", "distill", domain.NAME, *_asked(loop, teacher), *_without(), say=say)
    words = ["--base", str(loop.base), "--steps", str(loop.steps), *loop.how, "--seed", "1"]
    quiver(loop, home, "skill", "train", domain.NAME, *words, say=say)
    return {**_student(loop, engine, making), "rows": _rows(making)}


def _without() -> list[str]:
    from training.filters import FILTERS

    return [word for name in FILTERS if name not in SAYABLE for word in ("--without", name)]


# --- the teacher -----------------------------------------------------------------------------------------------------


def _teacher(loop: Loop, address: Address, say: Say) -> dict[str, Any]:
    """Held-out requests it answers exactly right, asked as it is asked for data."""
    from training.candidates import read_output
    from training.prompts import answer_prompt
    from training.responses import Responses
    from training.teacher import OpenAITeacher

    making = loop.making
    say(f"the teacher, {address.by}, on {len(making.held_out)} held-out requests")
    with Responses(loop.out / "teacher-held-out.jsonl") as responses:
        teacher = OpenAITeacher(address.url, address.model, responses)
        try:
            replies = list(teacher.ask(answer_prompt(making, seed.request, 0, 0.0, 128) for seed in making.held_out))
        finally:
            teacher.close()
    right = [
        reply.answer is not None and _value(reply.answer, read_output) == seed.output
        for reply, seed in zip(replies, making.held_out, strict=True)
    ]
    return {"exact": sum(right), "of": len(right), "wrong": _wrong(right)}


def _value(answer: Any, read: Callable[[Any, bool], Any]) -> Any:
    from router.strict_json import ContractViolation

    try:
        return read(answer, False)
    except ContractViolation:
        return None


# --- what is told ----------------------------------------------------------------------------------------------------


def told(figures: Mapping[str, Any]) -> str:
    """A table for a person."""
    teacher, student, added = figures["teacher"], figures["student"], figures["added"]
    lines = [f"held-out requests exactly right, of {student['of']} ({teacher['by']})"]
    named = {"the teacher": teacher["exact"], "the skill, held by its grammar": student["exact"],
             "the skill, unheld": student["unheld"], "the base, held by the grammar": student["base"]}  # fmt: skip
    if "unfiltered" in figures:
        named["the skill from unfiltered rows"] = figures["unfiltered"]["exact"]
        named["the same, unheld"] = figures["unfiltered"]["unheld"]
    for name, exact in named.items():
        low, high = Share(exact, student["of"]).interval
        lines.append(f"  {name:<34}{exact:>4}   ({low:.0%}–{high:.0%})")
    lines.append(f"rows  {_share(added['rows'])}")
    if "unfiltered" in figures:
        lines.append(f"  unfiltered: {_share(figures['unfiltered']['rows'])}")
    routed, step = figures["routed"], figures["agent"]["after"]
    lines += [
        f"added in {added['seconds']:.0f} s: {added['version']}",
        f"the router draws it for {routed['drawn']} of {routed['of']} held-out requests, "
        f"{routed['others_drawn']} of {routed['others']} others",
        f"the open session: {json.dumps(step['steps'])}",
    ]
    return "\n".join(lines)


def _share(rows: Mapping[str, int]) -> str:
    right = f"{rows['right']} of {rows['readable']} that the domain's rules can read are right"
    return f"{rows['kept']} kept, {rows['dropped']} dropped; {right}"


def missed(figures: Mapping[str, Any], seconds: float) -> list[str]:
    """What it should have shown and did not."""
    steps = figures["agent"]["after"]["steps"]
    checks = {
        "the skill is less often right than its teacher": figures["student"]["exact"] >= figures["teacher"]["exact"],
        "the open session did not use the skill": any(s["skill"] == domain.NAME and s["valid"] for s in steps),
        "the session knew the skill before": all(
            step["skill"] != domain.NAME for step in figures["agent"]["before"]["steps"]
        ),
        f"it took {figures['added']['seconds']:.0f} s": figures["added"]["seconds"] <= seconds,
    }
    return [what for what, holds in checks.items() if not holds]
