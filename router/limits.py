"""When an agent stops although it is not done: steps, time, tokens, the same call again. Counts, decides nothing."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field

from router.conversation import ToolCall
from router.errors import TaskFailed


@dataclass(frozen=True)
class Limits:
    """`repairs`: how often one skill is asked again about one output. `repeats`: how often the same call may run.
    `retries`: how often another call may be tried in a clause whose call failed."""

    steps: int = 16
    seconds: float = 300.0
    tokens: int = 20_000
    repairs: int = 3
    repeats: int = 1
    retries: int = 2


@dataclass
class Spent:
    """What one run has used so far."""

    limits: Limits
    steps: int = 0
    tokens: int = 0
    began: float = field(default_factory=time.monotonic)
    calls: dict[str, int] = field(default_factory=dict)

    def step(self, tokens: int) -> None:
        self.steps += 1
        self.tokens += tokens

    def require_room(self) -> None:
        """Raises `TaskFailed`, naming the limit that was reached."""
        seconds = time.monotonic() - self.began
        for what, used, limit in (
            ("steps", self.steps, self.limits.steps),
            ("generated tokens", self.tokens, self.limits.tokens),
            ("seconds", seconds, self.limits.seconds),
        ):
            if used >= limit:
                raise TaskFailed(
                    f"The task was stopped after {limit:g} {what} without an end.",
                    hint="Say it in smaller parts, or raise --max-steps.",
                )

    def repeated(self, call: ToolCall) -> bool:
        """Counts the call; True when it has been made too often already."""
        key = json.dumps([call.name, dict(call.arguments)], sort_keys=True, default=str)
        self.calls[key] = self.calls.get(key, 0) + 1
        return self.calls[key] > self.limits.repeats
