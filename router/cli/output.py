"""Printing: data to stdout, everything else to stderr, colour only on a terminal, never a stray control character."""

from __future__ import annotations

import json
import os
import sys
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any

import click


def print_json(value: Any) -> None:
    """The one object of `--json`. ASCII escapes only where the terminal's encoding cannot take the characters."""
    text = json.dumps(value, ensure_ascii=False)
    try:
        text.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        text = json.dumps(value)
    click.echo(text)


def print_data(text: str) -> None:
    """Text from anywhere, as it is but for control characters."""
    click.echo(printable(text))


def print_verdict(verdict: str, colour: str, name: str, why: str, fix: str = "") -> None:
    """One line of a list of checks, and below it what to do."""
    stdout_colour = None if not os.environ.get("NO_COLOR") else False
    click.echo(f"{click.style(f'{verdict:4}', fg=colour, bold=True)}  {name:22}  {printable(why)}", color=stdout_colour)
    if fix:
        click.echo(f"      → {printable(fix)}")


def to_stderr(text: str = "", *, newline: bool = True) -> None:
    click.echo(text, err=True, nl=newline, color=None if has_colour() else False)


def tell_problems(problems: Iterable[str]) -> None:
    """What does not work, and does not stop a run."""
    for problem in problems:
        to_stderr(f"{click.style('quiver:', fg='yellow', bold=True)} {printable(problem)}")


def has_colour() -> bool:
    """Colour is for a terminal whose user did not decline it (no-color.org)."""
    return sys.stderr.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def printable(text: str) -> str:
    """Without the control characters that could rewrite a terminal; lines and tabs stay."""
    return "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in {"Cc", "Cs"})


def one_line(text: str, width: int) -> str:
    """At most `width` characters on one line: line ends shown as a space, the rest cut with an ellipsis."""
    flat = " ".join(printable(text).split())
    return flat if len(flat) <= width else flat[: max(0, width - 1)] + "…"


def columns(rows: Iterable[Sequence[str]]) -> list[str]:
    """Rows as aligned lines, two spaces between columns."""
    table = [list(map(printable, row)) for row in rows]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in table]
