"""Asking a person before a tool writes or uses the network. Without a terminal the answer is no."""

from __future__ import annotations

import sys
from collections.abc import Callable

import click

from router.cli.output import one_line, to_stderr
from router.conversation import ToolCall, ToolSpec

EFFECTS = {"write": "changes something here", "network": "uses the network"}


class Approval:
    """`yes` approves everything unasked (`--yes`). "Always" holds for that tool until this object goes: one run."""

    def __init__(self, *, yes: bool = False, ask: Callable[[], str] | None = None) -> None:
        self._yes = yes
        self._ask = ask if ask is not None else _ask_terminal if _has_terminal() else None
        self._always: set[str] = set()

    def __call__(self, call: ToolCall, spec: ToolSpec) -> bool:
        if self._yes or call.name in self._always:
            return True
        if self._ask is None:
            to_stderr(f"  no terminal to ask on, so {call.name} was not run (--yes approves)")
            return False
        to_stderr(f"  {call.name} {EFFECTS[spec.effect]}:")
        for name, value in call.arguments.items():
            to_stderr(f"    {name}: {one_line(str(value), 200)}")
        return self._answer(call.name)

    def _answer(self, name: str) -> bool:
        while True:
            assert self._ask is not None
            word = self._ask().strip().lower()
            if word in ("a", "always"):
                self._always.add(name)
            if word in ("y", "yes", "a", "always"):
                return True
            if word in ("n", "no", ""):
                return False


def _has_terminal() -> bool:
    return sys.stdin.isatty() and sys.stderr.isatty()


def _ask_terminal() -> str:
    """One line from the terminal; the end of input is a no."""
    to_stderr(f"  run it? {click.style('[y]es / [n]o / [a]lways this run', bold=True)} ", newline=False)
    return sys.stdin.readline()
