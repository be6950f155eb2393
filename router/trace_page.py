"""A run drawn as one self-contained page: a lane per skill, then every step with what it cost. No script, no network.

Everything that came from a model, a tool or a user is escaped; a content security policy forbids the rest. The look is
in `trace_page.css`, which the page carries inside itself.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from importlib.resources import files
from itertools import accumulate, groupby, pairwise
from typing import Any

from router.record import GenerationRecord, StepRecord
from router.trace import Trace

BASE = "base"
LANE_COLOURS = 6

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{title}</title>
<style>
{style}</style>
</head>
<body>
{header}
<main>
{lanes}
{clauses}
</main>
<footer>{footer}</footer>
</body>
</html>
"""


def page(trace: Trace) -> str:
    """The whole HTML document."""
    colours = lane_colours(trace.steps)
    return _PAGE.format(
        title=escape(f"{trace.task[:60]} · Quiver"),
        style=files("router").joinpath("trace_page.css").read_text("utf-8"),
        header=_header(trace),
        lanes=_lanes(trace.steps, colours) if trace.steps else "",
        clauses=_clauses(trace, colours),
        footer=f"Trace <code>{escape(trace.id)}</code>, recorded by Quiver; secrets were hidden as it was written.",
    )


def lane_colours(steps: Iterable[StepRecord]) -> dict[str, str]:
    """The lanes, in the order in which their skills first acted, with their colours; the base's lane is grey."""
    names = dict.fromkeys(_lane(step) for step in steps)
    skills = [name for name in names if name != BASE]
    colours = {name: f"var(--lane-{place % LANE_COLOURS})" for place, name in enumerate(skills)}
    return {name: colours.get(name, "var(--base)") for name in names}


def _lane(step: StepRecord) -> str:
    return step.skill or BASE


def _spent(step: StepRecord) -> float:
    """Milliseconds of the whole step."""
    return float(sum(step.ms.values()))


# --- the head: task, answer, figures ----------------------------------------------------------------------------------


def _header(trace: Trace) -> str:
    base = trace.options.get("base")
    name = base.get("name") if isinstance(base, Mapping) else base
    facts = [
        escape(_when(trace.started)),
        f"base {escape(str(name))}" if name else "",
        f"<code>{escape(trace.id)}</code>",
    ]
    status = f'<span class="status {escape(trace.status)}">{escape(trace.status)}</span>'
    eyebrow = "".join(f"<span>{fact}</span>" for fact in facts if fact)
    return (
        f'<header><div class="eyebrow">{status}{eyebrow}</div>'
        f"<h1>{escape(trace.task)}</h1>{_answer(trace)}{_figures(trace.steps)}</header>"
    )


def _when(moment: str) -> str:
    """2031-03-05T12:30:00.123Z → 2031-03-05 12:30:00 UTC"""
    return moment[:19].replace("T", " ") + " UTC"


def _answer(trace: Trace) -> str:
    if trace.error:
        said = f"<p>{escape(trace.error.get('message', ''))}</p><small>{escape(trace.error.get('hint', ''))}</small>"
        return f'<div class="answer missing">{said}</div>'
    if trace.answer is None:
        return f'<div class="answer missing"><p>No answer: the run is {escape(trace.status)}.</p></div>'
    return f'<div class="answer {escape(trace.status)}"><p>{escape(trace.answer)}</p></div>'


def _figures(steps: Sequence[StepRecord]) -> str:
    total = {kind: sum(step.tokens[kind] for step in steps) for kind in ("prompt", "reused", "generated", "forced")}
    switches = sum(before.skill != after.skill for before, after in pairwise(steps))
    figures = [
        ("Steps", str(len(steps)), f"{switches} switches of skill" if switches != 1 else "1 switch of skill"),
        ("Time in steps", _duration(sum(map(_spent, steps))), ""),
        ("Prompt tokens", f"{total['prompt']:,}", f"{_share(total['reused'], total['prompt'])} reused"),
        ("Generated tokens", f"{total['generated']:,}", f"{_share(total['forced'], total['generated'])} forced"),
    ]
    cells = (f"<div><dt>{name}</dt><dd>{value} <small>{note}</small></dd></div>" for name, value, note in figures)
    return f'<dl class="figures">{"".join(cells)}</dl>'


def _duration(ms: float) -> str:
    return f"{ms / 1000:.2f} s" if ms >= 1000 else f"{ms:.0f} ms" if ms >= 10 else f"{ms:.1f} ms"


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.0%}" if whole else "0%"


# --- the lanes --------------------------------------------------------------------------------------------------------


def _lanes(steps: Sequence[StepRecord], colours: Mapping[str, str]) -> str:
    """A row for each skill, a bar for each step, as long as the step took; a thread leads from bar to bar."""
    names = list(colours)
    edges = [0.0, *accumulate(max(_spent(step), 0.001) for step in steps)]
    edges = [100 * edge / edges[-1] for edge in edges]
    tracks: dict[str, list[str]] = {name: [] for name in names}
    for number, step in enumerate(steps, start=1):
        tracks[_lane(step)].append(_bar(number, step, edges[number - 1], edges[number]))
    rows = "".join(f'<div class="track" style="--c:{colours[name]}">{"".join(tracks[name])}</div>' for name in names)
    heads = "".join(f'<span style="--c:{colours[name]}">{escape(name)}</span>' for name in names)
    total = sum(map(_spent, steps))
    axis = "".join(f"<span>{_duration(total * quarter / 4) if quarter else 0}</span>" for quarter in range(5))
    return (
        f'<section class="lanes" aria-label="Steps in time, a lane for each skill"><div class="chart">'
        f'<div class="names">{heads}</div><div class="tracks">{rows}{_thread(steps, names, edges)}</div>'
        f'<div class="axis">{axis}</div></div>'
        f'<p class="key">A bar is a step, as long as it took; its hatched part is the tool at work. '
        f"An outlined bar gave nothing valid.</p></section>"
    )


def _bar(number: int, step: StepRecord, left: float, right: float) -> str:
    spent = _spent(step)
    label = escape(f"step {number}: {_lane(step)}, {_duration(spent)}", quote=True)
    tool = f'<i style="width:{100 * step.ms["tool"] / spent:.1f}%"></i>' if spent and step.ms["tool"] else ""
    wide_enough = f"<b>{number}</b>" if right - left > 2.5 else ""
    return (
        f'<a class="bar{"" if step.valid else " failed"}" href="#step-{number}" title="{label}" aria-label="{label}"'
        f' style="left:{left:.3f}%;width:{right - left:.3f}%">{tool}{wide_enough}</a>'
    )


def _thread(steps: Sequence[StepRecord], names: Sequence[str], edges: Sequence[float]) -> str:
    """Vertical strokes where one lane hands over to another, in a box of 100 by the number of lanes."""
    rows = [names.index(_lane(step)) + 0.5 for step in steps]
    pairs = zip(edges[1:], pairwise(rows), strict=False)
    path = "".join(f"M{edge:.3f} {before}V{after}" for edge, (before, after) in pairs if before != after)
    box = f'viewBox="0 0 100 {len(names)}" preserveAspectRatio="none"'
    return f'<svg {box} aria-hidden="true"><path d="{path}"/></svg>'


# --- the steps --------------------------------------------------------------------------------------------------------


def _clauses(trace: Trace, colours: Mapping[str, str]) -> str:
    """The steps in time order, under the clause of the task that they served."""
    spoken = [*trace.generations, *[()] * len(trace.steps)]
    numbered = list(enumerate(zip(trace.steps, spoken, strict=False), start=1))
    parts = []
    for place, (clause, group) in enumerate(groupby(numbered, key=lambda each: each[1][0].clause), start=1):
        heading = f'<h2><span class="ordinal">{place}</span><span>{escape(clause)}</span></h2>' if clause else ""
        cards = (_step(number, step, said, colours[_lane(step)]) for number, (step, said) in group)
        parts.append(f"<section>{heading}{''.join(cards)}</section>")
    return "\n".join(parts)


def _step(number: int, step: StepRecord, said: Sequence[GenerationRecord], colour: str) -> str:
    return (
        f'<article class="step" id="step-{number}" style="--c:{colour}">'
        f"{_drawn(number, step)}{_did(step)}{_costs(step)}{_more(step, said)}</article>\n"
    )


def _drawn(number: int, step: StepRecord) -> str:
    probability = dict(step.ranked).get(step.runner_up or "")
    second = (
        f"then {escape(step.runner_up)}{'' if probability is None else f' {probability:.0%}'}" if step.runner_up else ""
    )
    sure = f'<span class="sure">{_meter(step.confidence)}{step.confidence:.0%}</span>' if step.skill else ""
    tags = [f'<span class="tag">asked again {step.repairs}×</span>'] if step.repairs else []
    tags += [f'<span class="tag">handed on by {escape(name)}</span>' for name in step.escalated_from]
    tags += [f'<span class="tag bad">{escape(step.failure)}</span>'] if step.failure else []
    return (
        f'<div class="drawn"><span class="number">{number}</span><span class="skill">{escape(_lane(step))}</span>'
        f"{sure}"
        f'<span class="second">{second}</span>{"".join(tags)}<span class="time">{_duration(_spent(step))}</span></div>'
    )


def _meter(share: float) -> str:
    return f'<span class="meter"><i style="width:{min(max(share, 0.0), 1.0):.1%}"></i></span>'


def _did(step: StepRecord) -> str:
    """The call and what came back, or what was said."""
    if step.tool:
        saw = (
            ""
            if step.observation is None
            else f'<div class="saw"><h3>Observed</h3><pre>{escape(step.observation)}</pre></div>'
        )
        return f'<div class="call"><code>{_call(step.tool, step.arguments or {})}</code></div>{saw}'
    if step.valid and step.output is None:
        return '<p class="said">Declined: no tool serves this.</p>'
    if isinstance(step.output, Mapping) and list(step.output) == ["answer"]:
        return f'<p class="said">{escape(str(step.output["answer"]))}</p>'
    text = step.output if isinstance(step.output, str) else json.dumps(step.output, ensure_ascii=False, indent=2)
    return f'<div class="saw"><pre>{escape(text)}</pre></div>'


def _call(tool: str, arguments: Mapping[str, Any]) -> str:
    listed = (
        f"<span>{escape(name)}=</span>{escape(json.dumps(value, ensure_ascii=False))}"
        for name, value in arguments.items()
    )
    return f"<b>{escape(tool)}</b>({', '.join(listed)})"


def _costs(step: StepRecord) -> str:
    tokens = step.tokens
    read = [("reused", tokens["reused"]), ("prompt, new", max(0, tokens["prompt"] - tokens["reused"]))]
    wrote = [("forced", tokens["forced"]), ("chosen", max(0, tokens["generated"] - tokens["forced"]))]
    times = [(part, round(spent, 1)) for part, spent in step.ms.items()]
    return f'<div class="costs">{_stack("Tokens", [*read, *wrote], "")}{_stack("Milliseconds", times, " ms")}</div>'


def _stack(title: str, parts: Sequence[tuple[str, float]], unit: str) -> str:
    """Parts of a whole as one bar, with every part named and counted below it."""
    segments = "".join(f'<i class="p{place}" style="flex:{size}"></i>' for place, (_, size) in enumerate(parts) if size)
    named = "".join(
        f'<li><i class="p{place}"></i>{name} {size:,}{unit}</li>'
        for place, (name, size) in enumerate(parts)
        if size or not unit
    )
    return f'<div><h3>{title}</h3><div class="stack">{segments}</div><ul class="parts">{named}</ul></div>'


def _more(step: StepRecord, said: Sequence[GenerationRecord]) -> str:
    """Why this skill and these tools, and the engine's own words, folded away."""
    parts = [_ranking("Skills ranked", step.ranked), _ranking("Tools shortlisted", step.shortlist)]
    words = "\n\n".join(generation.text for generation in said if generation.text)
    parts += [f'<div class="wide"><h3>Generated, word for word</h3><pre>{escape(words)}</pre></div>'] if words else []
    parts += [f'<div class="wide"><h3>Served as</h3><code>{escape(step.version)}</code></div>'] if step.version else []
    return (
        f"<details><summary>Why, and word for word</summary><div>{''.join(parts)}</div></details>" if any(parts) else ""
    )


def _ranking(title: str, ranked: Sequence[tuple[str, float]]) -> str:
    rows = (
        f"<li><span>{escape(name)}</span>{_meter(share)}<output>{share:.1%}</output></li>" for name, share in ranked[:8]
    )
    return f'<div><h3>{title}</h3><ul class="ranking">{"".join(rows)}</ul></div>' if ranked else ""
