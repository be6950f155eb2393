"""Whether another skill is worth what it would have to read again, where every adapter keeps a cache of its own.

A server that takes plain LoRA only computes a conversation anew for each adapter that has not read it. What that costs
is not assumed: each answer tells how much of its prompt came from the cache, and the estimate follows those counts. On
a server that shares what was read, or counts nothing, the router's word stands unchanged. It draws no skill of its own
and talks to no server.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from adapters.skill import Skill
    from router.conversation import Message
    from router.draw import Routes
    from router.engines.engine import Tokens
    from router.routing import Decision, State

WORTH = 20_000  # tokens that certainty is worth: as many as a whole run may generate
RIVAL = 2.0  # a skill stays only where the best one is less than this many times as probable
_TELLING = 256  # tokens; less may be lost to the size of a cache's blocks and tells nothing
_FOLLOW = 0.3  # of the way to each new count
_PLACES = 4096  # of conversations that are remembered; the oldest are forgotten


class Readers:
    """Which adapter has read how much of which conversation on one server, by the server's own counts.

    `kept`: what share of its own earlier prompt an adapter finds again. `shared`: what share of others' prompts an
    adapter finds that reads a conversation for the first time. Both are estimates, from 0 to 1. An adapter is named as
    the server has it; the base is the empty name. Safe to use from several threads; forgets the oldest places.
    """

    def __init__(self, shared: float = 0.0) -> None:
        self.kept, self.shared = 1.0, shared
        self._places: OrderedDict[bytes, dict[str, int]] = OrderedDict()
        self._lock = Lock()

    def note(self, messages: Sequence[Message], reader: str, tokens: Tokens) -> None:
        """`reader` has answered `messages`, at this cost."""
        places = list(_places(messages))
        with self._lock:
            own, others = self._read(places, reader)
            if own >= _TELLING:
                self.kept = _nearer(self.kept, tokens.reused / own)
            elif not own and others >= _TELLING:
                self.shared = _nearer(self.shared, tokens.reused / others)
            found = self._places.setdefault(places[-1], {})
            found[reader] = max(tokens.prompt, found.pop(reader, 0))  # the last one to act stands last
            self._places.move_to_end(places[-1])
            while len(self._places) > _PLACES:
                self._places.popitem(last=False)

    def expected(self, messages: Sequence[Message], readers: Sequence[str]) -> dict[str, float]:
        """For each of `readers`: how many tokens of the conversation it will probably find computed."""
        places = list(_places(messages))
        with self._lock:
            counts = {reader: self._read(places, reader) for reader in readers}
            return {name: self.kept * own if own else self.shared * others for name, (own, others) in counts.items()}

    def of(self, messages: Sequence[Message]) -> list[str]:
        """Who has acted when the conversation stood exactly here, the last one first."""
        *_, place = _places(messages)
        with self._lock:
            return list(reversed(self._places.get(place, {})))

    def _read(self, places: Sequence[bytes], reader: str) -> tuple[int, int]:
        """The most that `reader`, and that any other, has read of the conversation."""
        found = [self._places[place] for place in places if place in self._places]
        own = max((each.get(reader, 0) for each in found), default=0)
        others = (count for each in found for name, count in each.items() if name != reader)
        return own, max(others, default=0)


class Staying:
    """A router that leaves the conversation to a skill that has read it, where a likelier one would not be worth its
    reading: a switch must gain a point of probability for every `worth` / 100 tokens it costs, unless the best skill
    is `RIVAL` times as probable. A call that is still open stays with the skill that made it.

    `messages`: the conversation as it stands. `skills`: by name.
    """

    def __init__(
        self,
        router: Routes,
        readers: Readers,
        messages: Callable[[], Sequence[Message]],
        skills: Callable[[], Mapping[str, Skill]],
        worth: float = WORTH,
    ) -> None:
        self._router, self._readers, self._messages, self._skills = router, readers, messages, skills
        self._worth = worth

    def route(self, state: State) -> Decision:
        decision = self._router.route(state)
        messages = self._messages()
        if decision.skill not in dict(decision.ranked) or not messages:
            return decision
        at = open_call(messages)
        holder = self._caller(messages[:at]) if at is not None else None
        return _led_by(holder or self._cheapest(decision, messages), decision)

    def _caller(self, messages: Sequence[Message]) -> str | None:
        """The skill that made the call after `messages`; None where nobody is known to have."""
        callers = {skill.version: name for name, skill in self._skills().items() if skill.contract == "tools"}
        return next((callers[reader] for reader in self._readers.of(messages) if reader in callers), None)

    def _cheapest(self, decision: Decision, messages: Sequence[Message]) -> str:
        """The skill of the highest probability, in tokens, and tokens found computed; of those that are rivals."""
        skills, best = self._skills(), max(p for name, p in decision.ranked if name == decision.skill)
        rivals = [(name, p) for name, p in decision.ranked if p * RIVAL > best or name == decision.skill]
        names = {name: skills[name].version for name, _ in rivals if name in skills}
        found = self._readers.expected(messages, list(names.values()))
        worths = {name: p * self._worth + found.get(names.get(name, ""), 0.0) for name, p in rivals}
        return max(worths, key=lambda name: (worths[name], name == decision.skill))


def staying(
    router: Routes,
    engine: object,
    messages: Callable[[], Sequence[Message]],
    skills: Callable[[], Mapping[str, Skill]],
) -> Routes:
    """`router`; over an engine that tells what each adapter has read, one that counts what a switch would cost."""
    readers = getattr(engine, "readers", None)
    return Staying(router, readers, messages, skills) if isinstance(readers, Readers) else router


def open_call(messages: Sequence[Message]) -> int | None:
    """Where in the conversation the calls stand that are not all answered yet; None where none is open."""
    at = next((at for at in range(len(messages) - 1, -1, -1) if messages[at].calls), None)
    if at is None or sum(message.role == "tool" for message in messages[at + 1 :]) >= len(messages[at].calls):
        return None
    return at


def _led_by(name: str, decision: Decision) -> Decision:
    """The decision for `name`, everything else in its order."""
    ranked = dict(decision.ranked)
    if name == decision.skill or name not in ranked:
        return decision
    order = [(name, ranked[name]), *(pair for pair in decision.ranked if pair[0] != name)]
    return replace(decision, skill=name, confidence=ranked[name], ranked=order)


def _places(messages: Sequence[Message]) -> Iterator[bytes]:
    """A digest of the conversation's beginning, up to and with each of its messages; one of nothing for none."""
    running = hashlib.blake2b(digest_size=16)
    if not messages:
        yield running.digest()
    for message in messages:
        running.update(repr(message).encode("utf-8", "surrogatepass"))
        yield running.digest()


def _nearer(estimate: float, seen: float) -> float:
    return estimate + _FOLLOW * (min(1.0, seen) - estimate)
