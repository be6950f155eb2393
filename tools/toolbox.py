"""The tools of one agent: find, validate, ask, run with a time limit, and turn whatever happens into an observation.

Nothing a model writes as a call raises here: unknown names, bad arguments, refusals, exceptions and hangs are
observations. Configuration mistakes (two tools of one name, a schema that is none) raise `ToolBroken` at once.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Collection, Iterable
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError, ValidationError, best_match
from referencing import Registry
from referencing.exceptions import Unresolvable

from router.conversation import ToolCall, ToolSpec
from router.errors import ToolBroken
from router.narrowing import Finders
from tools.observation import Kind, Observation, clean, readable
from tools.tool import Tool, ToolFailed, ToolRefused

Approve = Callable[[ToolCall, ToolSpec], bool]

_MAX_ABANDONED = 8
_CANNOT: dict[Kind, str] = {"refused": "Refused", "failed": "Failed", "invalid": "Invalid arguments"}


class Toolbox:
    """Tools by name, in the order given.

    `approve` is asked before every tool that writes or uses the network; without it the answer is no. `timeout_s`
    bounds one call in seconds, `max_output` an observation in characters. The path of `workdir` is cut from
    observations, so that neither model nor trace learns where on the machine it lies. `reserved`: control tokens of
    the base's tokenizer beyond the families `tools.observation` knows.

    The time limit is kept by running each call on its own daemon thread and leaving it behind when time is up. That
    frees the agent but cannot stop the work: the tool may still finish what it began, and one that computes keeps
    using a core. A process could be killed, but tools hold open connections and closures that do not travel to one,
    and forking a process that has loaded torch can deadlock. So the built-in tools bound their own work, an MCP
    server is a process of its own, and after 8 abandoned calls still running no further call is started. A tool
    that never releases the interpreter lock in native code stops everything; do not register one.

    Errors: `ToolBroken` for two tools of one name and for parameters that are not JSON Schema."""

    def __init__(
        self,
        tools: Iterable[Tool],
        workdir: Path,
        approve: Approve | None = None,
        timeout_s: float = 15.0,
        max_output: int = 4000,
        reserved: Collection[str] = (),
    ) -> None:
        self._tools: dict[str, Tool] = {}
        self._validators: dict[str, Draft202012Validator] = {}
        for tool in tools:
            self._add(tool)
        self._place = _place(workdir)
        self._approve = approve
        self._timeout_s = timeout_s
        self._max_output = max_output
        self._reserved = reserved
        self._abandoned: list[threading.Thread] = []

    def _add(self, tool: Tool) -> None:
        name = tool.spec.name
        if name in self._tools:
            raise ToolBroken(f"There are two tools named '{name}'.", hint="Rename one, or leave one out.")
        self._tools[name] = tool
        self._validators[name] = validator(tool.spec)

    def specs(self) -> list[ToolSpec]:
        return [tool.spec for tool in self._tools.values()]

    def candidates(self, name: str) -> Finders:
        """What could fill the parameters of a tool; see `Tool.candidates`."""
        tool = self._tools.get(name)
        return tool.candidates if tool else {}

    def call(self, call: ToolCall) -> Observation:
        """Do what the call asks, if it may be done. Never raises for what the call or the tool does wrong; what
        `approve` raises (an interrupt, say) passes through."""
        tool = self._tools.get(call.name)
        if tool is None:
            names = ", ".join(self._tools) or "none"
            return self._observe("unknown", f"There is no tool '{call.name[:64]}'. The tools are: {names}.")
        if problem := argument_problem(self._validators[call.name], call.arguments):
            return self._observe("invalid", problem)
        if not self._may(tool.spec, call):
            return self._observe("refused", f"{call.name} needs approval ({tool.spec.effect}), and it was not given.")
        return self._run(tool, call)

    def _may(self, spec: ToolSpec, call: ToolCall) -> bool:
        if spec.effect == "read":
            return True
        return self._approve is not None and self._approve(call, spec)

    def _run(self, tool: Tool, call: ToolCall) -> Observation:
        self._abandoned = [thread for thread in self._abandoned if thread.is_alive()]
        if len(self._abandoned) >= _MAX_ABANDONED:
            return self._observe("timeout", "Too many earlier calls are still running; none was started.")
        outcome: SimpleQueue[tuple[Kind, str]] = SimpleQueue()
        thread = threading.Thread(target=lambda: outcome.put(attempt(tool, call.arguments)), daemon=True)
        started = time.perf_counter()
        thread.start()
        try:
            kind, text = outcome.get(timeout=self._timeout_s)
        except Empty:
            self._abandoned.append(thread)
            kind, text = "timeout", f"{call.name} gave no result in {self._timeout_s:g} seconds; it was left behind."
        return self._observe(kind, text, ms=(time.perf_counter() - started) * 1000)

    def _observe(self, kind: Kind, text: str, ms: float = 0.0) -> Observation:
        text = f"{_CANNOT[kind]}: {text}" if kind in _CANNOT else text
        text = self._place.sub(lambda found: "" if found[0].endswith("/") else "the work folder", text)
        return Observation(clean(text, self._max_output, self._reserved), kind, ms)


def _place(workdir: Path) -> re.Pattern[str]:
    """Matches the absolute path of the work folder, with the slash after it where there is one."""
    places = {str(workdir.absolute()), str(workdir.resolve())} - {workdir.anchor, "/"}
    if not places:
        return re.compile(r"(?!)")
    either = "|".join(re.escape(place) for place in sorted(places, key=len, reverse=True))
    return re.compile(rf"(?:{either})(?:/|(?![\w.-]))")


def attempt(tool: Tool, arguments: Any) -> tuple[Kind, str]:
    """Run a tool here and now: how it ended and what it said. Every exception is an ending, `SystemExit` too."""
    try:
        return "ok", readable(tool.run(**arguments))
    except ToolRefused as refusal:
        return "refused", str(refusal)
    except ToolFailed as failure:
        return "failed", str(failure)
    except TimeoutError as late:
        return "timeout", str(late) or f"{tool.spec.name} gave up waiting."
    except OSError as trouble:
        about = f": {trouble.filename}" if trouble.filename else ""
        return "failed", f"{trouble.strerror or type(trouble).__name__}{about}"
    except BaseException as error:  # a stranger's code: whatever it throws must not leave this thread
        said = " ".join(str(error).split())
        return "failed", f"{type(error).__name__}: {said}" if said else type(error).__name__


def validator(spec: ToolSpec) -> Draft202012Validator:
    """Errors: `ToolBroken` when the parameters are not a JSON Schema of an object.

    The empty registry keeps a `$ref` from fetching anything from the network."""
    try:
        Draft202012Validator.check_schema(spec.parameters)
    except SchemaError as error:
        raise ToolBroken(
            f"The parameters of tool '{spec.name}' are not a JSON Schema: {error.message[:200]}",
            hint="Correct the schema, or leave the tool out.",
        ) from error
    if spec.parameters.get("type") != "object":
        raise ToolBroken(
            f"The parameters of tool '{spec.name}' are not an object.",
            hint='Describe them as {"type": "object", "properties": {…}}.',
        )
    return Draft202012Validator(spec.parameters, registry=Registry())


def argument_problem(check: Draft202012Validator, arguments: Any) -> str:
    """What is wrong with the arguments, for a model to read; empty when nothing is."""
    try:
        error = best_match(check.iter_errors(arguments))
    except Unresolvable as unresolvable:
        return f"the schema refers to {unresolvable.ref!r}, which is not here"
    return _explain(error) if error else ""


def _explain(error: ValidationError) -> str:
    message = error.message if len(error.message) <= 200 else f"{error.message[:160]} … {error.message[-30:]}"
    where = ".".join(str(part) for part in error.absolute_path)
    return f"{where}: {message}" if where else message
