"""One request answered: a skill drawn or forced, a call or a text, checked against what it must satisfy.

As the agent's step, but for the acting: a call goes back to the client, who runs it and asks again with what it saw.
The whole conversation comes with every request and nothing is kept between two. Knows nothing of HTTP.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from threading import Event
from typing import TYPE_CHECKING, Any

from router.attempt import Attempt, attempt, total
from router.contract import CALL, Contract
from router.conversation import ToolCall, ToolSpec, text_of
from router.draw import Draw, Routes
from router.drawing import Drawing
from router.engines.engine import BaseInfo, Completion, Engine, Request, Tokens
from router.engines.rendering import EXTRACT
from router.errors import Interrupted, SkillNotFound
from router.gateway.asking import Ask
from router.gateway.faults import bad
from router.gateway.offering import ROUTER, Offer
from router.limits import Limits
from router.routing import Decision, State
from router.strict_json import write
from router.switching import staying

if TYPE_CHECKING:
    from adapters.skill import Skill

OnText = Callable[[str], None]
BASE = "base"
FREE_TOKENS = 512  # of an answer without a contract, where the client names no limit


@dataclass(frozen=True)
class Outcome:
    """What is sent back. `text` None: a call was made. `finish`: as OpenAI says it. `abstained`: the router knew no
    skill for it. `declined`: a tool could have been called, and none was."""

    text: str | None
    call: ToolCall | None = None
    finish: str = "stop"
    skill: Skill | None = None
    confidence: float | None = None
    runner_up: str | None = None
    repairs: int = 0
    escalated_from: tuple[str, ...] = ()
    tokens: Tokens = Tokens()
    abstained: bool = False
    declined: bool = False


@dataclass
class Tally:
    """What one request cost, kept whatever becomes of it. Of each skill by name, and of `base`: `asked`: generations;
    `failed`: those of them that were asked again or given up."""

    asked: Counter[str] = field(default_factory=Counter)
    failed: Counter[str] = field(default_factory=Counter)
    tokens: Tokens = Tokens()


def answer(offer: Offer, ask: Ask, on_text: OnText, cancel: Event, tally: Tally) -> Outcome:
    """`on_text` gets the base's free text as it comes; what is held to a contract is told by the outcome alone.

    Raises Fault for what does not go together, SkillNotFound for a model that is not served, Interrupted once `cancel`
    is set, ContractFailed, and what engines raise.
    """
    if cancel.is_set():
        raise _cancelled()
    step = _Step(offer, ask, Lent(offer.engine, ask, on_text, tally), cancel, tally)
    if ask.model == ROUTER:
        return step.routed()
    if ask.model == offer.engine.base.name:
        return step.base_alone()
    return step.forced(find(offer, ask.model))


def find(offer: Offer, model: str) -> Skill:
    """The skill of that name, or of that immutable name while it is the one served. Raises SkillNotFound."""
    skill = offer.skills.get(model.partition("@")[0])
    if skill is not None and model in (skill.name, skill.version):
        return skill
    shown = ", ".join(offer.models[:12])
    raise SkillNotFound(f"There is no model {model[:80]!r}. There are: {shown}.", hint="GET /v1/models")


class _CutOff(Exception):
    """The output reached the client's own limit: asked again it would be cut again."""


class Lent:
    """The engine, lent to one request with that request's wishes; keeps how the last generation ended."""

    def __init__(self, engine: Engine, ask: Ask, on_text: OnText, tally: Tally) -> None:
        self._engine, self._ask, self._on_text, self._tally = engine, ask, on_text, tally
        self.last: Completion | None = None

    @property
    def base(self) -> BaseInfo:
        return self._engine.base

    def generate(self, request: Request, *, on_text: OnText | None = None, cancel: Event | None = None) -> Completion:
        free = request.contract is None
        heard = self._on_text if free and not self._ask.stop else None
        self._tally.asked[request.skill.name if request.skill else BASE] += 1
        self.last = self._engine.generate(self._wished(request, free), on_text=heard, cancel=cancel)
        self._tally.tokens = total(self._tally.tokens, self.last.tokens)
        if self.cut and not free:
            raise _CutOff
        return self.last

    @property
    def cut(self) -> bool:
        """Whether the last output ended at the limit the client set."""
        return bool(self._ask.max_tokens) and self.last is not None and self.last.finish == "length"

    def score(self, request: Request, candidates: Sequence[str]) -> list[float]:
        return self._engine.score(request, candidates)

    def close(self) -> None:
        """Nothing: what was lent is not closed here."""

    def _wished(self, request: Request, free: bool) -> Request:
        """What is asked again is asked at least as warmly as `attempt` has it, or the same would be said again."""
        ask = self._ask
        room = ask.max_tokens or (FREE_TOKENS if free else request.max_tokens)
        warmth = max(request.temperature, ask.temperature or 0.0)
        seed = request.seed + ask.seed
        return replace(request, max_tokens=min(room, self.base.context), temperature=warmth, seed=seed)


@dataclass
class _Step:
    offer: Offer
    ask: Ask
    engine: Lent
    cancel: Event
    tally: Tally

    # --- the three ways to be asked ------------------------------------------------------------------------------

    def routed(self) -> Outcome:
        """Who declines to call leaves the word to whoever answers when nothing more is to be called."""
        return self._drawn(served=False) or self._drawn(served=True) or self._base_text()

    def forced(self, skill: Skill) -> Outcome:
        """The skill's output is sent as its contract has it. Nobody stands in for it."""
        self._check_fits(skill)
        drawing = self._drawing(_Always(skill.name))
        draw = Draw(skill.name, 1.0, ranked=((skill.name, 1.0),), able=(skill.name,))
        if skill.contract == "tools":
            draw = self._offered(drawing, draw)
        requests = islice(drawing.requests(draw, self.ask.messages, bool(self.ask.called)), 1)
        return self._outcome(self._made(requests), draw, plain=False)

    def base_alone(self) -> Outcome:
        """No skill acts. A call where tools are offered, or a text; under a contract only where the client has one."""
        return self._base_call() or self._base_text()

    # --- one generation each -------------------------------------------------------------------------------------

    def _drawn(self, served: bool) -> Outcome | None:
        """None where a call was declined. `served`: nothing more is to be called."""
        ask = self.ask
        skills = self.offer.skills
        suitable = _Suitable(self.offer.router, skills, ask.schema is not None)
        drawing = self._drawing(staying(suitable, self.offer.engine, lambda: ask.messages, lambda: skills))
        state = State(ask.clause, served or ask.observed)
        draw = drawing.draw(state, ask.messages, ask.called, served=served)
        if ask.choice == "required":
            draw = self._calling(drawing, draw)
        if draw.skill is None and (self.engine.base.reads_whole_task or not draw.able):
            outcome = self._base_text() if served else self.base_alone()
            return replace(outcome, abstained=True, confidence=draw.confidence, runner_up=draw.runner_up)
        made = self._made(drawing.requests(draw, ask.messages, bool(ask.called)))
        if made.valid and made.calls_tools and made.value is None and not served:
            return None
        return self._outcome(made, draw, plain=ask.schema is None)

    def _base_call(self) -> Outcome | None:
        ask = self.ask
        if not ask.tools or ask.choice == "none":
            return None
        shown = [tool for tool, _ in self.offer.shortlist.rank(ask.clause, ask.tools)][: self.engine.base.tools_shown]
        contract = Contract.for_tools(shown, ask.choice != "required", source=self._source, clause=ask.clause)
        made = self._made([Request(ask.messages, shown, contract=contract)])
        return None if made.valid and made.value is None else self._outcome(made, Draw(None), plain=False)

    def _base_text(self) -> Outcome:
        request = Request(self.ask.messages)
        if self.ask.schema is not None:
            contract = Contract.for_schema(self.ask.schema, source=self._source)
            request = Request(self.ask.messages, (ToolSpec(EXTRACT, "", self.ask.schema),), contract=contract)
        return self._outcome(self._made([request]), Draw(None), plain=False)

    @property
    def _source(self) -> str | None:
        return None if self.engine.base.reads_whole_task else text_of(self.ask.messages)

    # --- drawing -------------------------------------------------------------------------------------------------

    def _drawing(self, router: Routes) -> Drawing:
        ask, offer = self.ask, self.offer
        tools = () if ask.choice == "none" else ask.tools
        return Drawing(
            self.engine, router, offer.shortlist, offer.skills, tools=tools, schema=ask.schema, reading=offer.reading
        )

    def _calling(self, drawing: Drawing, draw: Draw) -> Draw:
        """The client wants a call, whatever the router thinks. Raises Fault where no skill makes any."""
        calls = [name for name, _ in draw.ranked if self.offer.skills[name].contract == "tools"]
        if not calls:
            raise bad("invalid_value", "No skill that calls tools is served.", "tool_choice")
        return self._offered(drawing, replace(draw, skill=calls[0], able=calls))

    def _offered(self, drawing: Drawing, draw: Draw) -> Draw:
        """All the client's tools, as the shortlist ranks them: that they are offered is enough."""
        least = drawing.thresholds.fits
        ranked = [(tool, max(p, least)) for tool, p in self.offer.shortlist.rank(self.ask.clause, drawing.tools)]
        return replace(draw, tools=[tool for tool, _ in ranked], shortlist=[(tool.name, p) for tool, p in ranked])

    def _check_fits(self, skill: Skill) -> None:
        ask = self.ask
        if skill.contract == "tools" and (not ask.tools or ask.choice == "none"):
            raise bad("invalid_value", f"{skill.name} calls tools, and none is offered.", "tools")
        if skill.contract != "tools" and ask.choice == "required":
            raise bad("invalid_value", f"{skill.name} calls no tools.", "tool_choice")
        if skill.contract == "given" and ask.schema is None:
            raise bad("invalid_value", f"{skill.name} needs a schema to fill.", "response_format")
        if skill.contract == "schema" and ask.schema not in (None, skill.schema, {"type": "object"}):
            message = f"{skill.name} answers in a form of its own, and not in the one given."
            raise bad("invalid_value", message, "response_format", hint=f"Use the model {ROUTER}, or give no schema.")

    # --- generating ----------------------------------------------------------------------------------------------

    def _made(self, requests: Iterable[Request]) -> Attempt:
        """Raises Interrupted. What was cut off at the client's own limit is sent as it is, and marked so."""
        if self.ask.choice == "required":
            requests = _must_call(requests)
        before = Counter(self.tally.asked)
        try:
            made = attempt(self.engine, requests, repairs=Limits.repairs, cancel=self.cancel)
            valid = Counter([made.skill.name if made.skill else BASE] if made.valid else [])
            self.tally.failed += self.tally.asked - before - valid
        except _CutOff:
            said = self.engine.last.text if self.engine.last else ""
            made = Attempt(text="" if self.ask.choice == "required" or CALL in said else said)
        if self.cancel.is_set():
            raise _cancelled()
        return made

    def _outcome(self, made: Attempt, draw: Draw, plain: bool) -> Outcome:
        """`plain`: a sentence in an envelope of one key is sent as the sentence."""
        if not self.engine.cut:
            made.require_valid()
        call = made.value if made.valid and isinstance(made.value, ToolCall) else None
        skill = made.skill.name if made.skill else None
        return Outcome(
            text=None if call else self._text(made, plain),
            call=call,
            finish="tool_calls" if call else "length" if self.engine.cut else "stop",
            skill=made.skill,
            confidence=dict(draw.ranked).get(skill) if skill else None,
            runner_up=draw.runner_up,
            repairs=made.repairs,
            escalated_from=tuple(made.escalated_from),
            tokens=self.tally.tokens,
            abstained=draw.skill is None and self.ask.model == ROUTER,
            declined=made.calls_tools and call is None,
        )

    def _text(self, made: Attempt, plain: bool) -> str:
        if made.calls_tools:
            return ""
        if not made.valid or made.request is None or made.request.contract is None:
            return cut_at(made.text, self.ask.stop)
        value = made.value
        if plain and isinstance(value, Mapping) and set(value) == {"answer"} and isinstance(value["answer"], str):
            return cut_at(value["answer"], self.ask.stop)
        return write(value)


def cut_at(text: str, stops: Sequence[str]) -> str:
    """Up to the first of the texts that are to stop it."""
    return text[: min((at for at in map(text.find, stops) if at >= 0), default=len(text))]


def _must_call(requests: Iterable[Request]) -> Iterator[Request]:
    for request in requests:
        contract = request.contract
        yield replace(request, contract=replace(contract, may_decline=False)) if contract else request


def _cancelled() -> Interrupted:
    return Interrupted("The request was cancelled.")


class _Always:
    """A router that knows one skill."""

    def __init__(self, name: str) -> None:
        self._decision = Decision(name, 1.0, [(name, 1.0)])

    def route(self, state: State) -> Decision:
        return self._decision


class _Suitable:
    """A router's word without the skills that cannot answer under the client's schema."""

    def __init__(self, router: Routes, skills: Mapping[str, Any], given: bool) -> None:
        self._router, self._skills, self._given = router, skills, given

    def route(self, state: State) -> Decision:
        decision = self._router.route(state)
        if not self._given:
            return decision
        ranked = [(name, p) for name, p in decision.ranked if self._skills[name].contract != "schema"]
        return Decision(decision.skill, decision.confidence, ranked)
