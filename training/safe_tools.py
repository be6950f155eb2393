"""Tries a call where that can do no harm: tools in the box that compute, and touch no file, note, database or network.

A skill's tools are known by their names and schemas alone. Only one that is to the letter a tool of the box is run; of
all others nothing is said.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from router.conversation import ToolCall, ToolSpec

if TYPE_CHECKING:
    from tools.tool import Tool

HARMLESS = ("calculate", "convert_unit", "current_time", "shift_date", "days_between", "day_of_week")


class SafeTools:
    """`run` gives the reason why a call fails, or None: because it works, or because it may not be tried."""

    def __init__(self, specs: Sequence[ToolSpec]) -> None:
        from tools.toolbox import Toolbox

        self._folder = tempfile.TemporaryDirectory(prefix="quiver-")
        known = _same([spec for spec in specs if spec.name in HARMLESS], Path(self._folder.name))
        self.names = frozenset(tool.spec.name for tool in known)
        self._toolbox = Toolbox(known, Path(self._folder.name), timeout_s=5.0)

    def run(self, call: ToolCall) -> str | None:
        if call.name not in self.names:
            return None
        observation = self._toolbox.call(call)
        return None if observation.ok else f"{call.name} fails: {observation.text}"[:200]

    def close(self) -> None:
        self._folder.cleanup()

    def __enter__(self) -> SafeTools:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()


def _same(specs: Sequence[ToolSpec], folder: Path) -> list[Tool]:
    """The tools of the box that take what these specifications say they take."""
    if not specs:
        return []
    from tools.builtin import builtin_tools

    box = {tool.spec.name: tool for tool in builtin_tools(folder)}
    return [box[spec.name] for spec in specs if _takes(box[spec.name].spec) == _takes(spec)]


def _takes(spec: ToolSpec) -> tuple[dict[str, object], frozenset[str]]:
    """Parameter names with their types, and the required ones."""
    properties = spec.parameters.get("properties", {})
    types = {name: each.get("type") for name, each in properties.items()}
    return types, frozenset(spec.parameters.get("required", ()))
