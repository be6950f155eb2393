"""`quiver eval report`: a run drawn as one self-contained page: figures, breakdowns, plots, and every failure to read.

Everything that came from a model, a data set or a user is escaped; the page may load nothing, and runs no script but
the one it carries, which a content security policy knows by its digest. Counting is `evals.breakdown`'s.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import Any

import click

from evals import breakdown, report_plots
from evals.breakdown import Calibration, Confusion
from evals.report_tables import plain, tables, title_of
from evals.runs import Record, Run, read_figures, read_run

TITLES = {
    "calls": "Function calls", "routing": "Routing", "json": "JSON under a schema", "agent": "Agent tasks",
    "skills": "Skills beside the base",
}  # fmt: skip
MOST_FACETS = 8  # more small plots than a page can hold say nothing
MOST_VALUES = 40  # of a slice
MOST_CLASSES = 20  # of a heat map
CONFUSIONS = 15
SHORT_JSON = 60  # characters

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{known}'">
<title>{title}</title>
<style>
{style}</style>
</head>
<body>
{body}
<script>{script}</script>
</body>
</html>
"""  # noqa: E501


def page(run: Run, figures: Mapping[str, Any]) -> str:
    """The whole HTML document."""
    records = run.records()
    script = files("evals").joinpath("report_page.js").read_text("utf-8")
    sections = (
        _section("figures", "Figures", tables(figures)),
        _section("slices", "By slice", _slices(records)),
        _section("calibration", "Confidence", _calibration(records)),
        _section("confusion", "Confusion", _confusion(records)),
        _section("time", "Time and tokens", _time(records)),
        _section("failures", "What went wrong", _failures(records)),
        _section("configuration", "Configuration", _configuration(run)),
    )
    kept = [(name, drawn) for name, drawn in sections if drawn]
    links = "".join(f'<a href="#{name}">{title}</a>' for name, title in _CONTENTS.items() if name in dict(kept))
    return _PAGE.format(
        known=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
        title=escape(f"{TITLES.get(run.kind, run.kind)} · Quiver"),
        style=files("evals").joinpath("report_page.css").read_text("utf-8"),
        body=f"{_header(run, records)}<nav>{links}</nav><main>{''.join(drawn for _, drawn in kept)}</main>",
        script=script,
    )


_CONTENTS = {
    "figures": "Figures", "slices": "Slices", "calibration": "Confidence", "confusion": "Confusion",
    "time": "Time", "failures": "Failures", "configuration": "Configuration",
}  # fmt: skip


def _section(name: str, title: str, content: str) -> tuple[str, str]:
    return name, f'<section id="{name}"><h2>{title}</h2>{content}</section>' if content else ""


# --- head -------------------------------------------------------------------------------------------------------------


def _header(run: Run, records: Sequence[Record]) -> str:
    base = run.config.get("base")
    name = base.get("name") if isinstance(base, Mapping) else None
    facts = [
        f"{len(records):,} {'record' if len(records) == 1 else 'records'}",
        f"base {escape(str(name))}" if name else "",
        f"Quiver {escape(run.version)}" if run.version != "source" else "Quiver, from its source",
        f"<code>{escape(run.digest[:12])}</code>",
    ]
    facets = breakdown.facets(records)
    unnamed = "right" if len(facets) == 1 else "all other checks"
    rows = [(facet or unnamed, breakdown.accuracy(each)) for facet, each in facets.items()]
    judged = [(facet, share) for facet, share in rows if share["n"]]
    return (
        f'<header><p class="eyebrow">Evaluation</p><h1>{escape(TITLES.get(run.kind, run.kind))}</h1>'
        f'<p class="facts">{"".join(f"<span>{fact}</span>" for fact in facts if fact)}</p>{_headline(judged)}</header>'
    )


def _headline(rows: Sequence[tuple[str, breakdown.Interval]]) -> str:
    """One share large, several as a list of bars."""
    if not rows:
        return ""
    if len(rows) > 1:
        return f'<div class="headline">{report_plots.shares(rows)}</div>'
    share = rows[0][1]
    low, high = 100 * float(share["low"]), 100 * float(share["high"])
    return (
        f'<div class="headline one"><p class="large">{100 * float(share["share"]):.1f}<span>%</span></p>'
        f"<p>right: {share['hits']:,} of {share['n']:,}<br>95% interval {low:.1f} to {high:.1f}%</p>"
        f"{report_plots.interval_bar(share)}</div>"
    )


# --- the sections -----------------------------------------------------------------------------------------------------


def _slices(records: Sequence[Record]) -> str:
    """A panel a dimension; where records must not be pooled, a table of what keeps them apart against its values."""
    judged = [record for record in records if record.right is not None]
    apart = breakdown.facets(judged)
    parts = []
    for name, values in breakdown.slices(judged).items():
        if len(apart) > 1 and name == breakdown.SET:
            continue
        if len(apart) > 1:
            crossed = {
                facet: {_word(value): breakdown.accuracy(some) for value, some in _shown(_by(held, name)).items()}
                for facet, held in apart.items()
            }
            drawn = tables({name: crossed})
        else:
            rows = [(_word(value), breakdown.accuracy(held)) for value, held in _shown(values).items()]
            title = title_of(name)
            drawn = f"<h3>{escape(title[:1].upper() + title[1:])}</h3>{report_plots.shares(rows)}"
        more = len(values) - MOST_VALUES
        note = f'<p class="note">The {MOST_VALUES} worst of {len(values)}.</p>' if more > 0 else ""
        parts.append(f'<div class="panel">{drawn}{note}</div>')
    return f'<div class="{"panels" if len(apart) < 2 else "stack"}">{"".join(parts)}</div>' if parts else ""


def _word(value: str) -> str:
    return {"True": "yes", "False": "no", "None": "–"}.get(value, value)


def _by(records: Sequence[Record], name: str) -> dict[str, list[Record]]:
    having = [record for record in records if name in record.slice]
    return breakdown.split_by(having, lambda record: str(record.slice[name]))


def _shown(values: Mapping[str, list[Record]]) -> dict[str, list[Record]]:
    """All, or the least right of them."""
    if len(values) <= MOST_VALUES:
        return dict(values)
    ranked = sorted(values.items(), key=lambda item: float(breakdown.accuracy(item[1])["share"]))
    return dict(ranked[:MOST_VALUES])


def _calibration(records: Sequence[Record]) -> str:
    figures = []
    for facet, held in _apart(records):
        found = Calibration.of(held)
        if found is None or len(set(found.confidence.tolist())) < 2:
            continue
        note = f"Expected calibration error {found.error:.3f}, n {len(found.right):,}"
        figures.append(
            f"<figure><figcaption>{_facet(facet)}Reliability<small>{note}</small></figcaption>"
            f"{report_plots.reliability(found)}</figure>"
            f"<figure><figcaption>{_facet(facet)}Risk and coverage<small>How many are wrong among the surest"
            f"</small></figcaption>{report_plots.risk_coverage(found)}</figure>"
        )
    return f'<div class="plots">{"".join(figures)}</div>' if figures else ""


def _apart(records: Sequence[Record]) -> list[tuple[str, list[Record]]]:
    """What is plotted apart; where that is more than a page can hold, those with the most records."""
    held = list(breakdown.facets(records).items())
    most = sorted(held, key=lambda item: -len(item[1]))[:MOST_FACETS]
    return [item for item in held if item in most]


def _facet(name: str) -> str:
    return f"<b>{escape(name)}</b> " if name else ""


def _confusion(records: Sequence[Record]) -> str:
    few, many = [], []
    for facet, held in _apart(records):
        found = Confusion.of(held)
        if found is None or len(found.classes) < 2:
            continue
        caption = f"<figcaption>{_facet(facet)}</figcaption>" if facet else ""
        if len(found.classes) <= MOST_CLASSES:
            few.append(f'<figure>{caption}<div class="scroll">{report_plots.heat_map(found)}</div></figure>')
        else:
            many.append(f"<figure>{caption}{_worst(found)}</figure>")
    told = "Rows: what is right. Columns: what was chosen. The stronger the colour, the larger the share of the row."
    drawn = f'<p class="note">{told}</p><div class="maps">{"".join(few)}</div>' if few else ""
    return drawn + (f'<div class="stack">{"".join(many)}</div>' if many else "")


def _worst(found: Confusion) -> str:
    """Too many classes for a picture: the most frequent confusions."""
    rows = "".join(
        f"<tr><td>{escape(gold)}</td><td>{escape(predicted)}</td><td>{count:,}</td>"
        f"<td>{count / found.of_gold(gold):.0%}</td></tr>"
        for gold, predicted, count in found.worst(CONFUSIONS)
    )
    head = "<thead><tr><th>right</th><th>chosen instead</th><th>times</th><th>of the right ones</th></tr></thead>"
    note = f'<p class="note">The most frequent confusions of {len(found.classes)} classes.</p>'
    return f'{note}<div class="scroll"><table class="matrix words">{head}{rows}</table></div>' if rows else ""


def _time(records: Sequence[Record]) -> str:
    parts = []
    apart = _apart(records)
    for facet, held in apart:
        spent = breakdown.milliseconds(held)
        if len(spent) > 1:
            caption = f"<figcaption>{_facet(facet)}Time a case<small>n {len(spent):,}</small></figcaption>"
            wide = report_plots.histogram(spent) if len(apart) == 1 else ""  # the page shows the one that fits
            parts.append(f"<figure>{caption}{wide}{report_plots.histogram(spent, wide=False)}</figure>")
    drawn = f'<div class="plots">{"".join(parts)}</div>' if parts else ""
    counted = {name or "all cases": breakdown.tokens(held) for name, held in breakdown.facets(records).items()}
    counted = {name: {kind: round(n, 1) for kind, n in held.items()} for name, held in counted.items() if held}
    return drawn + (
        tables({"tokens a case": counted if len(counted) > 1 else next(iter(counted.values()))}) if counted else ""
    )


# --- failures ---------------------------------------------------------------------------------------------------------


def _failures(records: Sequence[Record]) -> str:
    wrong = breakdown.wrong(records)
    if not wrong:
        return '<p class="note">Nothing.</p>' if any(record.right for record in records) else ""
    kinds = Counter(record.failure or "other" for record in wrong)
    chips = "".join(
        f'<button type="button" data-kind="{escape(kind)}" aria-pressed="false">{escape(kind)} '
        f"<b>{count:,}</b></button>"
        for kind, count in kinds.most_common()
    )
    tools = (
        '<form class="filter" role="search"><input type="search" placeholder="Search case, prompt, output" '
        f'aria-label="Search failures"><div class="chips">{chips}</div>'
        f"<output>{len(wrong):,} of {len(wrong):,}</output></form>"
    )
    return f'{tools}<div class="failures">{"".join(map(_failure, wrong))}</div>'


def _failure(record: Record) -> str:
    kind = record.failure or "other"
    facts = [f"{title_of(name)} {plain(value)}" for name, value in record.slice.items() if value != ""]
    facts += [f"confidence {record.confidence:.2f}"] if record.confidence is not None else []
    facts += [report_plots.duration(record.ms)] if record.ms is not None else []
    said = "".join(
        f'<div class="{name}"><h4>{title}</h4><pre>{escape(content)}</pre></div>'
        for name, title, content in _texts(record)
    )
    return (
        f'<details data-kind="{escape(kind)}"><summary><span class="id">{escape(record.case)}</span>'
        f'<span class="kind">{escape(kind)}</span><span class="reason">{escape(record.reason or "")}</span></summary>'
        f'<p class="note">{escape(" · ".join(facts))}</p><div class="said">{said}</div></details>'
    )


def _texts(record: Record) -> Iterable[tuple[str, str, str]]:
    yield "prompt", "Prompt", record.prompt
    yield "output", "Output", record.output
    if record.expected is not None:
        yield "expected", "Expected", record.expected if isinstance(record.expected, str) else _json(record.expected)
    if record.reason:
        yield "why", "Reason", record.reason


def _json(value: Any) -> str:
    """On one line where that is short, else a line a member: what has to be compared should be seen together."""
    whole = json.dumps(value, ensure_ascii=False)
    if len(whole) <= SHORT_JSON or not isinstance(value, (list, Mapping)):
        return whole
    if isinstance(value, list):
        return "[\n  " + ",\n  ".join(json.dumps(item, ensure_ascii=False) for item in value) + "\n]"
    members = (f"{json.dumps(str(name))}: {json.dumps(held, ensure_ascii=False)}" for name, held in value.items())
    return "{\n  " + ",\n  ".join(members) + "\n}"


def _configuration(run: Run) -> str:
    rows = [("digest", run.digest), ("version", run.version), *_leaves(run.config)]
    drawn = "".join(
        f'<tr><th scope="row">{escape(name)}</th><td>{escape(plain(value))}</td></tr>' for name, value in rows
    )
    return f'<table class="configuration">{drawn}</table>'


def _leaves(value: Mapping[str, Any], path: str = "") -> Iterable[tuple[str, Any]]:
    for name, below in value.items():
        if isinstance(below, Mapping):
            yield from _leaves(below, f"{path}{name} › ")
        else:
            yield f"{path}{name}", below


# --- the command ------------------------------------------------------------------------------------------------------


@click.command("report")
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--output", "-o", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="Write it there.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def command(folder: Path, output: Path | None, as_json: bool) -> int:
    """Draw the report of a run, finished or not, from its records."""
    from router.cache import write_atomically
    from router.cli.output import print_data, print_json
    from router.errors import UsageError

    run = read_run(folder)
    figures = read_figures(folder) or {"right": breakdown.accuracy(run.records())}
    path = output or folder / "report.html"
    try:
        write_atomically(path, page(run, figures).encode("utf-8", "backslashreplace"))
    except OSError as error:
        raise UsageError(f"cannot write {path}: {error.strerror}", hint="choose another file with -o") from error
    if as_json:
        print_json({"report": str(path), "cases": len(run.done), "figures": figures})
    else:
        print_data(str(path))
    return 0


def main(words: Sequence[str]) -> int:
    return int(command.main(list(words), standalone_mode=False) or 0)
