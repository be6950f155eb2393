"""Every error Quiver raises on purpose, one tree, each with its exit code and the next command to type.

A model's mistake is not here: it is a `router.contract.ContractViolation`, recorded in its step, and the loop goes on.

    QuiverError                  1   the task failed, or a gate was missed
    ├── TaskFailed               1
    ├── AdmissionFailed          1   a skill that may not serve
    ├── UsageError               2   wrong words, wrong configuration
    │   ├── SkillNotFound        2
    │   ├── SkillBroken          2   a skill folder that cannot be read as one
    │   ├── SchemaRefused        2   a schema the grammar cannot hold
    │   ├── WeightsRefused       2   wrong base, wrong format, corrupt
    │   ├── ToolBroken           2   a function that cannot be registered as a tool
    │   ├── TraceNotFound        2
    │   ├── TraceBroken          2   a file that cannot be read as a trace
    │   └── ContextOverflow      2   the conversation does not fit the base
    ├── EngineUnreachable        3
    │   └── EngineAnswerBroken   3   a server answers, but not as its protocol says
    ├── TeacherUnreachable       3   a teacher that stopped answering; what it answered is kept
    ├── TracesUnreachable        3   the traces' database does not answer; what is recorded waits on disk
    ├── ContractFailed           4   every skill and the base were tried; nothing valid came out
    └── Interrupted            130
"""

from __future__ import annotations

import re


class QuiverError(Exception):
    """Something a person can act on: `message` says what and why, `hint` the next command."""

    exit_code = 1

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    @property
    def type(self) -> str:
        """The class name in kebab-case: the stable word other programs match on."""
        return re.sub(r"(?<!^)(?=[A-Z])", "-", type(self).__name__).lower()

    def to_json(self) -> dict[str, dict[str, str]]:
        return {"error": {"type": self.type, "message": self.message, "hint": self.hint}}


class TaskFailed(QuiverError):
    pass


class AdmissionFailed(QuiverError):
    pass


class UsageError(QuiverError):
    exit_code = 2


class SkillNotFound(UsageError):
    pass


class SkillBroken(UsageError):
    pass


class SchemaRefused(UsageError):
    pass


class WeightsRefused(UsageError):
    pass


class ToolBroken(UsageError):
    pass


class TraceNotFound(UsageError):
    pass


class TraceBroken(UsageError):
    pass


class ContextOverflow(UsageError):
    pass


class EngineUnreachable(QuiverError):
    exit_code = 3


class EngineAnswerBroken(EngineUnreachable):
    pass


class TeacherUnreachable(QuiverError):
    exit_code = 3


class TracesUnreachable(QuiverError):
    exit_code = 3


class ContractFailed(QuiverError):
    exit_code = 4


class Interrupted(QuiverError):
    exit_code = 130


def exit_code_of(type: str) -> int:
    """The exit code of an error of which only the type is left, as in a trace; 1 for a type that is not known."""
    below = [QuiverError]
    while below:
        kind = below.pop()
        if kind("").type == type:
            return kind.exit_code
        below.extend(kind.__subclasses__())
    return QuiverError.exit_code
