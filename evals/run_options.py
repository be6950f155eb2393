"""The options that `quiver eval calls|routing|json|agent` share, what a run's configuration is made of, and its end.

Every command reads: choose the cases, resolve the configuration, open the run, run the cases, `conclude`.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from evals.runs import Case, Run
from router.errors import UsageError

if TYPE_CHECKING:
    from adapters.skill import Skill
    from router.engines.engine import Engine

ROOT = Path(__file__).parents[1]
ROOMS = ("router", "adapters", "tools", "evals")
NOT_MEASURED = ("evals/report", "evals/compare", "router/cli/")  # changing these changes no figure
SHOWN_IDS = 8

C = TypeVar("C", bound=Case)
Command = Callable[..., int]


@dataclass(frozen=True)
class RunOptions:
    """What was asked for. `limit`, `only`: which cases; they belong to the configuration, the rest does not."""

    out: Path | None = None
    limit: int | None = None
    only: tuple[str, ...] = ()
    jobs: int = 1
    as_json: bool = False
    min_accuracy: float = 0.0
    fresh: bool = False

    def choose(self, cases: Iterable[C]) -> list[C]:
        """The cases whose id matches one of `only` (shell patterns), at most `limit`. UsageError when none does."""
        known = list(cases)
        chosen = [case for case in known if not self.only or any(fnmatchcase(case.id, each) for each in self.only)]
        if not chosen:
            some = ", ".join(case.id for case in known[:SHOWN_IDS]) or "none at all"
            raise UsageError(f"no case is called {', '.join(self.only)}", hint=f"there are: {some}")
        return chosen[: self.limit]

    def selection(self) -> dict[str, Any]:
        """What of it belongs to the configuration."""
        return {"limit": self.limit, "only": list(self.only)}


_OPTIONS = (
    click.option("--out", type=click.Path(path_type=Path, file_okay=False), metavar="FOLDER",
                 help="The run's folder: configuration, records, summary, report. An unfinished run goes on."),
    click.option("--limit", type=click.IntRange(1), help="At most so many cases."),
    click.option("--only", multiple=True, metavar="ID", help="Cases of this id, or pattern; may be given again."),
    click.option("--jobs", type=click.IntRange(1, 256), default=1, show_default=True, help="Cases at a time."),
    click.option("--fresh", is_flag=True, help="Drop the records of an earlier run of the same configuration."),
    click.option("--json", "as_json", is_flag=True, help="Print one JSON object."),
    click.option("--min-accuracy", type=click.FloatRange(0, 1), default=0.0, metavar="SHARE",
                 help="Exit 1 when less is right."),
)  # fmt: skip


def run_options(command: Command) -> Command:
    """Adds the options; the command gets them as one argument, `how`."""

    @functools.wraps(command)
    def collected(*, out: Path | None, limit: int | None, only: Sequence[str], jobs: int, fresh: bool, as_json: bool,
                  min_accuracy: float, **own: Any) -> int:  # fmt: skip
        return command(how=RunOptions(out, limit, tuple(only), jobs, as_json, min_accuracy, fresh), **own)

    wrapped: Command = collected
    for option in reversed(_OPTIONS):
        wrapped = option(wrapped)
    return wrapped


def resolve(
    options: Mapping[str, Any],
    how: RunOptions,
    *,
    engine: Engine | None = None,
    skills: Iterable[Skill] = (),
    data: Iterable[Path] = (),
) -> dict[str, Any]:
    """All that a figure depends on: give it to `open_run`.

    `options`: the command's own, as JSON values and without paths; files go in `data` and are known by their SHA-256.
    The digest of Quiver's own source is part of it: a run is never resumed by another program than began it.
    """
    return {
        "options": {**options, **how.selection()},
        "base": {"name": engine.base.name, "digest": engine.base.digest} if engine is not None else None,
        "skills": {skill.name: skill.digest for skill in sorted(skills, key=lambda skill: skill.name)},
        "data": digests(data),
        "source": source_digest(),
    }


def digests(files: Iterable[Path]) -> dict[str, str]:
    """Name → SHA-256; two files of one name are told apart by their folders."""
    from router.cache import sha256_of

    found: dict[str, str] = {}
    for path in files:
        parts = path.parts
        name = next((n for k in range(1, len(parts) + 1) if (n := "/".join(parts[-k:])) not in found), str(path))
        found[name] = sha256_of(path)
    return found


def source_digest(root: Path = ROOT) -> str:
    """SHA-256 over the program: its Python files, the page and plot code left out, and the router's trained heads."""
    files = [path for room in ROOMS for path in (root / room).rglob("*.py")]
    files += sorted((root / "adapters" / "router").glob("*.*"))
    whole = hashlib.sha256()
    for name, path in sorted((path.relative_to(root).as_posix(), path) for path in files):
        if not name.startswith(NOT_MEASURED):
            whole.update(name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return whole.hexdigest()


def conclude(
    run: Run, figures: Mapping[str, Any], how: RunOptions, accuracy: float, text: Sequence[str] | None = None
) -> int:
    """Writes summary and report, prints the figures, and says whether the gate is passed: the exit code.

    `text`: the figures as lines, where an evaluation has a better way to show them than one a line."""
    from router.cli.output import print_data, print_json, to_stderr

    report = run.finish(figures)
    about = {"folder": str(run.folder), "report": str(report), "kind": run.kind, "digest": run.digest,
             "version": run.version, "cases": len(run.done), "resumed": run.resumed}  # fmt: skip
    missed = accuracy < how.min_accuracy
    if how.as_json:
        print_json({**figures, "run": about, "gate": {"accuracy": accuracy, "min": how.min_accuracy, "ok": not missed}})
    else:
        print_data("\n".join(lines(figures) if text is None else text))
        to_stderr(f"report: {report}")
    if missed:
        to_stderr(f"accuracy {accuracy:.1%} is below --min-accuracy {how.min_accuracy:.1%}")
    return 1 if missed else 0


def tell_resumed(run: Run, total: int) -> None:
    """So that nobody takes kept results for new ones."""
    from router.cli.output import to_stderr

    if run.resumed:
        to_stderr(f"{min(run.resumed, total)} of {total} cases were done already in {run.folder}; again: --fresh")


def lines(figures: Mapping[str, Any], indent: str = "") -> list[str]:
    """The figures as lines: name, value, and the interval where there is one."""
    found = []
    for name, value in figures.items():
        title = f"{indent}{str(name).replace('_', ' ')}"
        if isinstance(value, Mapping) and not ("low" in value and "high" in value):
            found += [title, *lines(value, indent + "  ")] if value else []
        else:
            found.append(f"{title:28} {shown(value)}")
    return found


def shown(value: Any) -> str:
    """A figure in words; a measured one with its interval and n."""
    if isinstance(value, Mapping):
        if "share" in value:
            return f"{value['share']:.1%} ({value['low']:.1%}–{value['high']:.1%}, n={value['n']})"
        if value["mean"] is None:
            return "not measured"
        return f"{value['mean']:.4g} ({value['low']:.4g}–{value['high']:.4g}, n={value['n']})"
    return f"{value:.4g}" if isinstance(value, float) else str(value)
