"""Everything that can be wrong with a request, as OpenAI's clients read it: a status, a type, a code, a parameter.

    {"error": {"message", "type", "param", "code", "hint"}}

A client's own faults are raised as `Fault`; errors of the run time become one here. Whose fault it is decides the
status: what the client can change is 4xx, what only the server's owner can is 5xx. Knows no web framework.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from router.errors import (
    ContextOverflow,
    ContractFailed,
    EngineAnswerBroken,
    EngineUnreachable,
    Interrupted,
    QuiverError,
    SchemaRefused,
    SkillNotFound,
    TaskFailed,
    UsageError,
    WeightsRefused,
)

RETRY_S = 2  # what a client is told to wait for an engine that is starting again

_TYPES = {
    400: "invalid_request_error",
    401: "authentication_error",
    404: "not_found_error",
    422: "contract_error",
    429: "rate_limit_error",
    499: "cancelled_error",
}


@dataclass
class Fault(Exception):
    """`code` is the stable word programs match on; `param` where in the request; `retry_s` when to come back."""

    status: int
    code: str
    message: str
    param: str | None = None
    hint: str = ""
    retry_s: int | None = None
    allow: str = ""

    @property
    def type(self) -> str:
        return _TYPES.get(self.status, "invalid_request_error" if self.status < 500 else "server_error")

    def headers(self) -> dict[str, str]:
        headers = {}
        if self.retry_s is not None:
            headers["Retry-After"] = str(self.retry_s)
        if self.status == 401:
            headers["WWW-Authenticate"] = "Bearer"
        if self.allow:
            headers["Allow"] = self.allow
        return headers

    def to_json(self) -> dict[str, Any]:
        error = {"message": self.message, "type": self.type, "param": self.param, "code": self.code}
        return {"error": {**error, "hint": self.hint} if self.hint else error}


def bad(code: str, message: str, param: str | None = None, hint: str = "") -> Fault:
    """The client's request cannot be served as it is."""
    return Fault(400, code, message, param, hint)


def fault_of(error: BaseException) -> Fault:
    """The fault an error of the run time is to a client. What we did not foresee is not told in detail."""
    if isinstance(error, Fault):
        return error
    if not isinstance(error, QuiverError):
        return Fault(500, "internal_error", "The gateway failed; its log has the request's id.")
    for kind, status, code, retry in _MEANINGS:
        if isinstance(error, kind):
            return Fault(status, code, error.message, hint=_own_hint(error, status), retry_s=retry)
    return Fault(500, "internal_error", error.message)


def _own_hint(error: QuiverError, status: int) -> str:
    """Hints name commands of whoever runs the server; a client is told those about its own request only."""
    return error.hint if status in (400, 404) else ""


_MEANINGS: tuple[tuple[type[QuiverError], int, str, int | None], ...] = (
    (ContextOverflow, 400, "context_length_exceeded", None),
    (SchemaRefused, 400, "schema_refused", None),
    (SkillNotFound, 404, "model_not_found", None),
    (ContractFailed, 422, "contract_failed", None),
    (TaskFailed, 422, "task_failed", None),
    (EngineAnswerBroken, 502, "engine_answer_broken", None),
    (EngineUnreachable, 503, "engine_unreachable", RETRY_S),
    (WeightsRefused, 503, "skill_not_servable", None),
    (Interrupted, 499, "cancelled", None),
    (UsageError, 502, "engine_refused", None),
)
