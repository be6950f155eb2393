"""A task for the agent and what must be true afterwards. Reading and judging; running is `evals.agent.outcome`'s.

One JSON object a line:
  {"id", "task", "files": {path: text}, "databases": {path: SQL that makes it}, "schema": JSON Schema or absent,
   "expect": {"status": "ok" | "declined", "says": [text, …], "silent": [text, …], "tools": [name, …],
              "no_tools": true, "files": {path: [text, …]}, "json": value, "skills": [name, …]}}

`says`: each must stand in the answer, case and thousands separators aside; a list within it holds alternatives.
`silent`: none may. `tools`: each was called and succeeded. `no_tools`: nothing was called with success.
`files`: each exists and holds the texts. `json`: the answer is this value.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from router.errors import UsageError
from router.record import RunRecord

BUNDLED = Path(__file__).with_name("tasks.jsonl")
_EXPECTATIONS = frozenset({"status", "says", "silent", "tools", "no_tools", "files", "json", "skills"})


@dataclass(frozen=True)
class Task:
    id: str
    task: str
    expect: Mapping[str, Any]
    files: Mapping[str, str] = field(default_factory=dict)
    databases: Mapping[str, str] = field(default_factory=dict)
    schema: Mapping[str, Any] | None = None

    def prepare(self, folder: Path) -> None:
        """Writes the task's files and databases under `folder`."""
        for name, text in self.files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        for name, script in self.databases.items():
            with closing(sqlite3.connect(folder / name)) as database:
                database.executescript(script)

    def judge(self, run: RunRecord, folder: Path) -> str | None:
        """None when the task was done right, else the first thing that is wrong."""
        checks = (
            self._status(run),
            self._words(run.answer or ""),
            self._acts(run),
            self._json(run.answer or ""),
            self._files(folder),
        )
        return next((wrong for wrong in checks if wrong), None)

    def _status(self, run: RunRecord) -> str | None:
        wanted = self.expect.get("status", "ok")
        return None if run.status == wanted else f"status is {run.status}, not {wanted}"

    def _words(self, answer: str) -> str | None:
        for wanted in self.expect.get("says", ()):
            options = [wanted] if isinstance(wanted, str) else wanted
            if not any(plain(option) in plain(answer) for option in options):
                return f"the answer does not say {wanted!r}"
        said = [word for word in self.expect.get("silent", ()) if plain(word) in plain(answer)]
        return f"the answer says {said[0]!r}" if said else None

    def _acts(self, run: RunRecord) -> str | None:
        done = [step.tool for step in run.steps if step.tool and step.failure is None and step.observation is not None]
        missing = [name for name in self.expect.get("tools", ()) if name not in done]
        if missing:
            return f"{missing[0]} was not called with success"
        if self.expect.get("no_tools") and done:
            return f"{done[0]} was called"
        drawn = {step.skill for step in run.steps}
        undrawn = [name for name in self.expect.get("skills", ()) if name not in drawn]
        return f"the skill {undrawn[0]} was not drawn" if undrawn else None

    def _json(self, answer: str) -> str | None:
        if "json" not in self.expect:
            return None
        lines = [line for line in answer.splitlines() if line.startswith("{")]
        try:
            value = json.loads(lines[-1]) if lines else None
        except ValueError:
            value = None
        return None if value == self.expect["json"] else f"the JSON is {value!r}"

    def _files(self, folder: Path) -> str | None:
        for name, texts in self.expect.get("files", {}).items():
            path = folder / name
            if not path.is_file():
                return f"there is no {name}"
            held = plain(path.read_text(encoding="utf-8"))
            missing = [text for text in texts if plain(text) not in held]
            if missing:
                return f"{name} does not hold {missing[0]!r}"
        return None


def plain(text: str) -> str:
    """Lower case, one kind of space, no thousands separators: what two writers of the same answer agree on."""
    return re.sub(r"(?<=\d),(?=\d{3})", "", " ".join(text.casefold().split()))


def read_tasks(path: Path = BUNDLED) -> list[Task]:
    """Raises UsageError, naming the line, for a file that holds no tasks."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise UsageError(f"the tasks {path} cannot be read: {error.strerror}", hint="check the path") from error
    tasks = [_task(line, f"{path}:{number}") for number, line in enumerate(lines, 1) if line.strip()]
    if not tasks:
        raise UsageError(f"{path} holds no task", hint="one JSON object a line; see evals/agent/tasks.jsonl")
    return tasks


def _task(line: str, where: str) -> Task:
    try:
        row = json.loads(line)
        task = Task(**row)
    except (ValueError, TypeError) as error:
        raise UsageError(f"{where}: not a task: {error}", hint="see evals/agent/tasks.jsonl for the form") from error
    unknown = set(task.expect) - _EXPECTATIONS
    if unknown:
        raise UsageError(f"{where}: cannot expect {sorted(unknown)}", hint=f"known: {sorted(_EXPECTATIONS)}")
    return task
