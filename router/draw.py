"""What a drawing decides with and what it comes to: who ranks skills and tools, the thresholds, one step's draw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from router.conversation import ToolSpec

if TYPE_CHECKING:
    from router.routing import Decision, State


class Routes(Protocol):
    def route(self, state: State) -> Decision: ...


class Shortlists(Protocol):
    def rank(self, request: str, tools: Sequence[ToolSpec]) -> list[tuple[ToolSpec, float]]: ...


@dataclass(frozen=True)
class Thresholds:
    """Probabilities of the shortlist, chosen on generated rows and SGD's development split (training/LOG.md).

    serves: a tool this probable has the skill that calls tools drawn, whatever the words alone look like, unless the
    router is certain of another; one that only lacked words to be filled with is tried again when they have come.
    sure: another skill is drawn before anything was called only when the router is this sure of it, and the surer the
    likelier a tool is, because calling can still decline and the others cannot. needed: after one call, another tool
    this probable is tried as well. fits: below it a tool is not shown at all. certain: above it the skill may not
    decline. named: above it a tool is shown where none fits, if the request names what it needs. clear: a tool this
    many times as probable as the next is not disputed. surer: nor is one whose odds are this many times the next's.
    untold: nats that a disputed tool loses where the conversation does not tell all that it must be given. other:
    after a call, a skill that does not simply say what came of it is drawn only when the router is this sure.
    """

    serves: float = 0.3
    sure: float = 0.9
    needed: float = 0.8
    fits: float = 0.12
    certain: float = 0.9
    named: float = 0.02
    clear: float = 2.0
    surer: float = 20.0
    untold: float = 2.0
    other: float = 0.5

    def is_surer(self, confidence: float, tool: float) -> bool:
        """Whether a skill that calls nothing is drawn with this `confidence` where the best tool has the probability
        `tool`: its odds must be those of `sure`, divided by the chance that the tool is not meant."""
        return confidence * (1 - self.sure) * (1 - tool) >= self.sure * (1 - confidence)


@dataclass(frozen=True)
class Draw:
    """The router's word on one step. `skill` None: the base acts. `ranked`: every skill, best first; `able`: those
    of them that can act in this state; `waiting`: tools that would serve, had the conversation what they need.
    `brings`: the first of the tools reads what others are to work on. `ms`: time it took."""

    skill: str | None
    confidence: float = 0.0
    ranked: Sequence[tuple[str, float]] = ()
    shortlist: Sequence[tuple[str, float]] = ()
    tools: Sequence[ToolSpec] = ()
    able: Sequence[str] = ()
    waiting: Sequence[str] = ()
    brings: bool = False
    ms: float = 0.0

    @property
    def runner_up(self) -> str | None:
        others = [name for name, _ in self.ranked if name != self.skill]
        return others[0] if others else None
