"""How steps appear on stderr as they happen: what was drawn, what was called, what came back, what it cost.

On a terminal a step is a few coloured lines; elsewhere it is one plain line, made to be searched with grep.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from typing import Any

import click

from router.cli.output import has_colour, one_line, to_stderr
from router.record import StepRecord

STARTED = time.perf_counter()
"""When this module was imported: some hundredths of a second after the command was typed."""

BASE = "base"
"""What stands where a skill's name would: the step was the base's own."""


class StepPrinter:
    """Call `show` with every step as it ends. `explain` adds why: what was ranked, shortlisted, forced and checked."""

    def __init__(self, *, explain: bool = False, quiet: bool = False) -> None:
        self._explain = explain
        self._quiet = quiet
        self._pretty = has_colour()
        self._clause = ""
        self._count = 0
        self._first_text: float | None = None

    def hear(self, text: str) -> None:
        """Notes when the first piece of text was generated, which `explain` tells once."""
        if self._first_text is None:
            self._first_text = time.perf_counter()
            if self._explain and not self._quiet:
                to_stderr(
                    click.style(f"      first token {self._first_text - STARTED:.1f} s after the start", dim=True)
                )

    def show(self, step: StepRecord) -> None:
        self._count += 1
        if self._quiet:
            return
        for line in self._pretty_lines(step) if self._pretty else [plain(self._count, step)]:
            to_stderr(line)
        for line in why(step) if self._explain else []:
            to_stderr(click.style(f"      {line}", dim=True))
        self._clause = step.clause

    def _pretty_lines(self, step: StepRecord) -> list[str]:
        lines = []
        if step.clause and step.clause != self._clause:
            lines.append(click.style(f"› {one_line(step.clause, 100)}", bold=True))
        mark = click.style("●", fg="green" if step.valid and step.failure is None else "red")
        drawn = click.style(step.skill or BASE, fg="cyan", bold=True)
        second = click.style(f"  then {step.runner_up}", dim=True) if step.runner_up else ""
        lines.append(f"  {mark} {drawn} {step.confidence:.0%}{second}  {done(step)}")
        if step.observation is not None:
            lines.append(click.style(f"    ← {one_line(step.observation, 100)}", fg="yellow"))
        return [*lines, click.style(f"    {costs(step)}", dim=True)]


def plain(number: int, step: StepRecord) -> str:
    second = f" (then {step.runner_up})" if step.runner_up else ""
    result = "" if step.observation is None else f" -> {one_line(step.observation, 160)}"
    return f"step {number}: {step.skill or BASE} {step.confidence:.2f}{second}: {done(step)}{result} [{costs(step)}]"


def done(step: StepRecord) -> str:
    """What the step did, in a few words: the call, the output, or what went wrong."""
    if step.tool:
        said = call(step.tool, step.arguments or {})
    elif step.valid:
        said = "declined: no tool serves this" if step.output is None else value(step.output)
    else:
        said = one_line(str(step.output or ""), 100)
    return f"{said} ({step.failure})" if step.failure else said


def call(tool: str, arguments: Mapping[str, Any]) -> str:
    """The call as one would write it: read_file(path="notes.txt")."""
    listed = (f"{name}={one_line(json.dumps(given, ensure_ascii=False), 80)}" for name, given in arguments.items())
    return f"{tool}({', '.join(listed)})"


def value(output: Any) -> str:
    answer = output.get("answer") if isinstance(output, Mapping) else None
    return one_line(answer if isinstance(answer, str) else json.dumps(output, ensure_ascii=False), 160)


def costs(step: StepRecord) -> str:
    """Milliseconds, tokens reused of those in the prompt, and what was asked again or handed on."""
    tokens = step.tokens
    parts = [f"{sum(step.ms.values()):.0f} ms", f"{tokens['reused']} of {tokens['prompt']} tokens reused"]
    if step.repairs:
        parts.append(f"asked again {step.repairs}×")
    if step.escalated_from:
        parts.append(f"handed on by {', '.join(step.escalated_from)}")
    return " · ".join(parts)


def why(step: StepRecord) -> list[str]:
    """`--explain`: why this skill, these tools, and how much of the output was the grammar's."""
    tokens, ms = step.tokens, step.ms
    lines = [f"skills   {_ranking(step.ranked)}"] if step.ranked else []
    lines += [f"tools    {_ranking(step.shortlist)}"] if step.shortlist else []
    chosen = tokens["generated"] - tokens["forced"]
    lines.append(f"grammar  {tokens['forced']} of {tokens['generated']} tokens forced, {chosen} chosen by the model")
    verdict = "passed" if step.valid else f"did not pass ({step.failure})"
    again = f", asked again {step.repairs}×" if step.repairs else ""
    lines.append(f"checks   parse, schema and the skill's own: {verdict}{again}")
    lines.append("time     " + ", ".join(f"{part} {spent:.0f} ms" for part, spent in ms.items()))
    return lines


def _ranking(ranked: Sequence[tuple[str, float]], shown: int = 5) -> str:
    return ", ".join(f"{name} {probability:.2f}" for name, probability in ranked[:shown])
