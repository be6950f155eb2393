"""The one interface of an engine: generate under a contract with a skill active, and score given texts.

An engine keeps no conversation of its own: every request carries all of it, and what was computed before is reused
when the beginning is the same. It does not route, check or repair.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Event
from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol

from router.conversation import Message, ToolSpec

if TYPE_CHECKING:
    from adapters.skill import Skill
    from router.contract import Contract


class Quote(NamedTuple):
    """The words of an observation that may be the best answer as they stand, or `surely` are."""

    words: str
    surely: bool = False


@dataclass(frozen=True)
class Request:
    """One generation. `tools` are the signatures shown for this step, placed after the conversation. `quote`: what of
    an observation may be the answer, where there is such. `afresh`: the same asked without what went before, where a
    small base that declines may only think that all was done already."""

    messages: Sequence[Message]
    tools: Sequence[ToolSpec] = ()
    skill: Skill | None = None
    contract: Contract | None = None
    max_tokens: int = 256
    temperature: float = 0.0
    seed: int = 0
    quote: Quote | None = None
    afresh: Request | None = None


@dataclass(frozen=True)
class Tokens:
    """prompt: tokens in; reused: of those, not computed again; generated: out; forced: of those, the grammar's."""

    prompt: int = 0
    reused: int = 0
    generated: int = 0
    forced: int = 0


@dataclass(frozen=True)
class Completion:
    """`text` is exactly what was generated, end token left out; `logprob`: nats, over the tokens the model chose."""

    text: str
    finish: Literal["stop", "length", "cancelled"]
    tokens: Tokens = Tokens()
    logprob: float = 0.0


@dataclass(frozen=True)
class BaseInfo:
    """What the run time must know of a base. `tools_shown`: how many tools one step may show; `reads_whole_task`:
    False for a base so small that a task is better given to it one clause at a time."""

    name: str
    digest: str
    context: int
    tools_shown: int
    reads_whole_task: bool


class Engine(Protocol):
    """Errors: `ContextOverflow` when the prompt leaves no room, `WeightsRefused` for a skill of another base,
    `EngineUnreachable` when the model cannot be had."""

    @property
    def base(self) -> BaseInfo: ...

    def generate(
        self,
        request: Request,
        *,
        on_text: Callable[[str], None] | None = None,
        cancel: Event | None = None,
    ) -> Completion: ...

    def score(self, request: Request, candidates: Sequence[str]) -> list[float]:
        """Log-probability (nats, summed over tokens) of each candidate as the output of `request`."""
        ...

    def close(self) -> None: ...
