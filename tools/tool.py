"""A typed Python function → a tool a model can call. Does not validate calls, ask for approval or limit time: see
`tools.toolbox`.

    @tool(effect="network")
    def weather(city: str) -> str:
        \"\"\"Today's weather in a city.

        Args:
            city: Name of the city, such as Lisbon.
        \"\"\"
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, get_args

from router.conversation import Effect, ToolSpec
from router.errors import ToolBroken
from router.narrowing import Finders
from tools.signature import convert_arguments, parameters_schema, read_docstring, type_hints

_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")


class ToolFailed(Exception):
    """Raised inside a tool when it cannot do what was asked. The message goes to the model: short, plain, and if
    possible what would work instead."""


class ToolRefused(ToolFailed):
    """Raised inside a tool when what was asked is not allowed, such as a path outside the work folder."""


@dataclass(frozen=True)
class Tool:
    """`spec` is what a model sees; `run(**arguments)` does it, with arguments already valid under `spec.parameters`.
    What it returns becomes text: a string as it is, anything else as JSON. `candidates`: for a parameter, the parts of
    a text that could fill it, so that a small base chooses among those.

    Errors on construction: `ToolBroken` for a bad name, effect or an empty description."""

    spec: ToolSpec
    run: Callable[..., Any]
    candidates: Finders = field(default_factory=dict)

    def __post_init__(self) -> None:
        check_tool_name(self.spec.name)
        if self.spec.effect not in get_args(Effect):
            raise ToolBroken(
                f"Tool '{self.spec.name}' declares the effect {self.spec.effect!r}.",
                hint="Declare one of: read, write, network.",
            )
        if not self.spec.description.strip():
            raise ToolBroken(
                f"Tool '{self.spec.name}' has no description.",
                hint="Write a docstring: its first sentence is all a model knows of the tool.",
            )

    @classmethod
    def from_function(
        cls,
        function: Callable[..., Any],
        *,
        effect: Effect = "read",
        name: str = "",
        candidates: Finders | None = None,
    ) -> Tool:
        """Register a function or bound method under its own name, or under `name`.

        Errors: `ToolBroken` for an async function, for anything missing in its annotations or docstring, and for
        candidates of a parameter that is not there."""
        name = name or function.__name__
        if inspect.iscoroutinefunction(function):
            raise ToolBroken(f"Tool '{name}' is an async function.", hint="Write it as a plain function.")
        parameters = parameters_schema(function, name)
        spec = ToolSpec(name, read_docstring(function).description, parameters, effect)
        hints = type_hints(function, name)
        for unknown in (candidates or {}).keys() - parameters["properties"].keys():
            raise ToolBroken(f"Tool '{name}' has no parameter '{unknown}' to name candidates for.", hint="Rename it.")

        def run(**arguments: Any) -> Any:
            return function(**convert_arguments(hints, arguments))

        return cls(spec, run, candidates or {})


def tool(
    *, effect: Effect = "read", name: str = "", candidates: Finders | None = None
) -> Callable[[Callable[..., Any]], Tool]:
    """Decorator form of `Tool.from_function`: the decorated name becomes a Tool."""
    return lambda function: Tool.from_function(function, effect=effect, name=name, candidates=candidates)


def check_tool_name(name: str) -> None:
    """Errors: `ToolBroken` unless the whole name is `[A-Za-z0-9_-]{1,64}`, before it is looked up or sent anywhere."""
    if not _NAME.fullmatch(name):
        raise ToolBroken(
            f"{name[:80]!r} is not a tool name.",
            hint="Use 1 to 64 letters, digits, underscores and hyphens.",
        )
