"""Which skills may answer a step, in what order, each under which contract and with which tools shown.

The router ranks the skills; the shortlist ranks the tools; this joins the two answers into requests. A step's best
request comes first, the next skills after it, the base last. Nothing is generated here but the likelihood that settles
a close call between two tools.
"""

from __future__ import annotations

import math
import re
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from router.contract import Contract
from router.conversation import Message, ToolCall, ToolSpec, goes_on, known_to, last_said, text_of, turns_of, unserved
from router.draw import Draw, Routes, Shortlists, Thresholds
from router.engines.engine import Engine, Quote, Request
from router.filling import filled, is_told
from router.narrowing import Finders, Here, brings, fillable, narrowed
from router.quantities import lacks
from router.reading import Focused, Reading, reckoned_with, sums_taken
from router.schema import PATH
from router.several import apart

if TYPE_CHECKING:
    from adapters.skill import Skill
    from router.routing import Decision, State


# Words of a clause that may stand for what was said in one before it.
_POINTS_BACK = re.compile(
    r"\b(?:it|its|that|this|these|those|them|they|there|then|he|him|his|she|her|their|same|again|too|instead|also|so"
    r"|other|another|back|both|one|ones)\b",
    re.IGNORECASE,
)


def _told(conversation: Sequence[Message]) -> Sequence[Message]:
    """What a clause may be filled from: without what was asked for before, unless it points back."""
    return conversation if _POINTS_BACK.search(last_said(conversation)) else unserved(conversation)


@dataclass
class Drawing:
    """`schema`: what the user wants the answer to satisfy. `forced`: draw this skill whenever it can act.
    `use_skills` False leaves every step to the base. `candidates`: a tool's name → what could fill its parameters.
    `reading`: how a small base is helped to read."""

    engine: Engine
    router: Routes
    shortlist: Shortlists
    skills: Mapping[str, Skill]
    tools: Sequence[ToolSpec] = ()
    schema: Mapping[str, Any] | None = None
    forced: str | None = None
    use_skills: bool = True
    thresholds: Thresholds = Thresholds()
    candidates: Callable[[str], Finders] = lambda tool: {}
    reading: Reading = Reading()

    def draw(
        self,
        state: State,
        conversation: Sequence[Message] = (),
        called: Collection[str] = (),
        waiting: Collection[str] = (),
        served: bool = False,
    ) -> Draw:
        """Rank skills and tools for the state. `called`: tools this clause has used; `waiting`: those that would have
        served before, had they had what they need; `served`: it needs no more."""
        began = time.perf_counter()
        decision = self.router.route(state)
        ranked = [] if served else self._ranked(state.text, self.tools, conversation)
        bringing = {tool.name for tool, p in ranked if self._brings(tool, p, conversation)}
        if called and any(tool.effect == "write" for tool, _ in ranked[:1]):
            bringing = set()  # what is to be written may have the name of a file that is there
        if not self.engine.base.reads_whole_task:
            ranked = [(tool, p) for tool, p in ranked if tool.name not in called or tool.name in bringing]
        awaited = {*waiting, *bringing}
        tools = [(tool, p) for tool, p in ranked if self._may_serve(tool, p, conversation, called, awaited)]
        if self.schema is not None and not self.engine.base.reads_whole_task:
            tools = [(tool, p) for tool, p in tools if self._may_fetch(tool, p, conversation)]
        bringing &= {tool.name for tool, _ in tools}
        tools.sort(key=lambda ranked: ranked[0].name not in bringing)
        shortlist = tuple((tool.name, p) for tool, p in tools)
        surest = max((p for _, p in tools), default=0.0)
        told = surest < self.thresholds.serves and self._is_answered(state.text, conversation)
        if told and not served:
            return self.draw(replace(state, observed=True), conversation, called, waiting, served=True)
        acting = bool(tools) or (bool(ranked) and not called)  # with nothing to call, a call can still be declined
        able = [(name, p) for name, p in decision.ranked if self._able(self.skills[name], acting)]
        first = self._first(decision, able, acting, bool(called), surest)
        if state.observed and not acting and self.schema is None and first != self.forced:
            first = self._closing(first, able, told)
        return Draw(
            skill=first,
            confidence=dict(able).get(first or "", decision.confidence),
            ranked=decision.ranked,
            shortlist=shortlist,
            tools=tuple(tool for tool, _ in tools),
            able=[name for name, _ in able],
            waiting=[t.name for t, p in ranked if p >= self.thresholds.serves and t.name not in dict(shortlist)],
            brings=bool(bringing),
            ms=(time.perf_counter() - began) * 1000,
        )

    def spread(self, clause: str) -> list[str]:
        """The requests that a clause makes of its likeliest tool, one for each of several things; the clause itself
        where it makes one, or where the tool has a word of its own to say about it."""
        if self.engine.base.reads_whole_task or self.reading.pointer is None:
            return [clause]
        if all(self.candidates(tool.name) for tool in self.tools):  # none is spread, so none need be ranked
            return [clause]
        tool, probability = self.shortlist.rank(clause, self.tools)[0]
        if probability < self.thresholds.serves or self.candidates(tool.name):
            return [clause]
        read = self.reading.pointer(tool.parameters, [clause])
        return apart(clause, read, tool.parameters.get("required", ()))

    def is_one_text(self, task: str) -> bool:
        """Whether a task of several sentences is surely one text for a skill that fills a schema of its own, which no
        clause of it would give whole."""
        from router.routing import State

        decision = self.router.route(State(task))
        skill = self.skills.get(decision.skill or "")
        return skill is not None and skill.contract == "schema" and decision.confidence >= self.thresholds.sure

    def requests(
        self, draw: Draw, conversation: Sequence[Message], on_called: bool, tried: Sequence[ToolCall] = ()
    ) -> Iterator[Request]:
        """The drawn skill's request, the other ranked skills' after it, the base's last; all of one step. Each is made
        when it is asked for, because choosing between two tools costs a pass of the model.

        `tried`: calls that have failed and are doubted when they are made again.

        Only skills whose output means the same to the agent stand in for one another: a call for a call."""
        names = [name for name in draw.able if name != draw.skill]
        order = [draw.skill, *names] if draw.skill else self._calling_first(names)
        if not order:
            yield Request(conversation)
            return
        kind = self.skills[order[0]].contract
        peers = [self.skills[name] for name in order if (self.skills[name].contract == "tools") == (kind == "tools")]
        if self.use_skills and draw.skill is not None:
            for skill in peers:
                yield self._request(skill, skill, draw, conversation, on_called, tried)
        yield self._request(peers[0], None, draw, conversation, on_called, tried)

    def _calling_first(self, names: Sequence[str]) -> list[str]:
        """Where no skill is drawn, the base is asked in the form that does the least harm: a call can be declined."""
        return sorted(names, key=lambda name: self.skills[name].contract != "tools")

    def guard(self, name: str, text: str) -> Request | None:
        """The request that has `text` read by the skill `name`, alone; None where there is no such skill."""
        skill = self.skills.get(name)
        if skill is None or skill.schema is None:
            return None
        conversation = [Message("user", text)]
        contract = Contract.for_schema(skill.schema, skill.checks, source=self._source(conversation))
        return Request(conversation, skill=skill, contract=contract)

    def _first(
        self, decision: Decision, able: Sequence[tuple[str, float]], acting: bool, called: bool, surest: float
    ) -> str | None:
        """The router's word, unless the user or the tools know better; None leaves the step to the base."""

        def of(contract: str) -> str | None:
            return next((name for name, _ in able if self.skills[name].contract == contract), None)

        if not able or any(name == self.forced for name, _ in able):
            return self.forced if able else None
        best, confidence = able[0]
        if self.schema is not None and not surest and of("given"):
            return of("given")
        sure = self.thresholds.is_surer(confidence, surest)
        if acting and of("tools") and (called or not sure) and decision.skill is not None:
            return of("tools")
        return best if decision.skill is not None or called else None

    def _closing(self, first: str | None, able: Sequence[tuple[str, float]], told: bool) -> str | None:
        """Nothing is left but to say what came of it: another skill than the one that does is drawn only where the
        router is surer of it, and never where what was observed is the answer (`told`)."""
        plain = next((name for name, _ in able if self._says(name)), None)
        unsure = dict(able).get(first or "", 0.0) < self.thresholds.other
        return plain if plain and (told or unsure) else first

    def _says(self, name: str) -> bool:
        """Whether a skill's output is one text and nothing beside it: a sentence for the user."""
        schema = self.skills[name].schema or {}
        fields = [schema.get("properties", {}).get(each, {}) for each in schema.get("required", ())]
        return self.skills[name].contract == "schema" and [field.get("type") for field in fields] == ["string"]

    def _ranked(
        self, text: str, offered: Sequence[ToolSpec], conversation: Sequence[Message]
    ) -> list[tuple[ToolSpec, float]]:
        """The shortlist's word, unless a sum of what was observed is surely wanted: a calculator then serves, though
        the request's words are about what it is a sum of."""
        ranked = self.shortlist.rank(text, offered)
        reckoning = {tool.name for tool, _ in ranked if sums_taken(tool)}
        if self.engine.base.reads_whole_task or not (reckoning and self.reading.sums(text, conversation)):
            return ranked
        surely = [(tool, max(p, self.thresholds.certain) if tool.name in reckoning else p) for tool, p in ranked]
        return sorted(surely, key=lambda one: one[1], reverse=True)

    def _is_answered(self, request: str, conversation: Sequence[Message]) -> bool:
        """Whether what was observed answers, as it stands, a request that no tool is for."""
        return not self.engine.base.reads_whole_task and self.reading.answers(request, conversation)

    def _may_serve(
        self,
        tool: ToolSpec,
        probability: float,
        conversation: Sequence[Message],
        called: Collection[str],
        waiting: Collection[str],
    ) -> bool:
        """A base that reads the whole task says itself when it has called enough. A small one is shown only tools that
        the conversation can fill, and a second one only where it is likely to be needed."""
        if self.engine.base.reads_whole_task:
            return True
        bar = self.thresholds.serves if tool.name in waiting else self.thresholds.needed
        if probability < (bar if called else self.thresholds.named):  # below, it is never shown: looking is spared
            return False
        finders = self.reading.finders(tool, self.candidates(tool.name), conversation)
        source, clause = text_of(conversation), last_said(conversation)
        if conversation and not finders and lacks(tool, source):
            return False
        return not conversation or fillable(tool, finders, source, clause, reckoned_with(conversation))

    def _brings(self, tool: ToolSpec, probability: float, conversation: Sequence[Message]) -> bool:
        """Whether a likely tool reads something the request names, which others can only use afterwards."""
        if self.engine.base.reads_whole_task or probability < self.thresholds.serves or tool.effect == "write":
            return False
        return brings(tool, self.candidates(tool.name), last_said(conversation), known_to(conversation))

    def _able(self, skill: Skill, acting: bool) -> bool:
        if skill.contract == "tools":
            return acting
        return skill.contract == "schema" or self.schema is not None

    def _request(
        self,
        form: Skill,
        skill: Skill | None,
        draw: Draw,
        conversation: Sequence[Message],
        on_called: bool,
        tried: Sequence[ToolCall],
    ) -> Request:
        """`form` gives the contract, `skill` the weights: the base answers in the form of whom it stands in for."""
        if form.contract == "tools":
            return self._call_request(skill, draw, conversation, on_called, tried)
        schema = self.schema if form.contract == "given" else form.schema
        assert schema is not None
        read = Focused(conversation)
        if form.contract != "given" and not self.engine.base.reads_whole_task:
            read = self.reading.focused(conversation, self.tools)
        contract = Contract.for_schema(schema, form.checks, source=self._source(read.conversation))
        shown = (ToolSpec("extract", "", schema),) if form.contract == "given" else ()
        quote = Quote(read.quote, read.surely) if read.quote else None
        return Request(read.conversation, tools=shown, skill=skill, contract=contract, quote=quote)

    def _call_request(
        self,
        skill: Skill | None,
        draw: Draw,
        conversation: Sequence[Message],
        on_called: bool,
        tried: Sequence[ToolCall],
    ) -> Request:
        """The few tools worth showing; where two are close, the model's own likelihood of their names decides."""
        probability = dict(draw.shortlist)
        base = self.engine.base
        shown = [tool for tool in draw.tools if base.reads_whole_task or probability[tool.name] >= self.thresholds.fits]
        if not shown:
            shown = [tool for tool in draw.tools if self._is_named(tool, probability[tool.name], conversation)]
        shown = shown[: 1 if draw.brings else base.tools_shown]
        if not base.reads_whole_task and shown:
            shown = [self._chosen(skill, shown, probability, conversation)]
        likely = probability[shown[0].name] if shown else 0.0
        sure = draw.brings if on_called else likely >= self.thresholds.certain
        if not on_called and likely >= self.thresholds.fits:
            sure = sure or self._is_told(shown[0], turns_of(_told(conversation)))
        certain = bool(shown) and not tried and sure
        contract = self._call_contract(shown, conversation, not certain, tried)
        request = Request(conversation, tools=shown, skill=skill, contract=contract)
        if certain or on_called or not shown or not self._stands_alone(shown[0], probability, conversation):
            return request
        turn = [message for message in conversation if message.role == "user"][-1:]
        return replace(
            request, afresh=replace(request, messages=turn, contract=self._call_contract(shown, turn, True, tried))
        )

    def _stands_alone(self, tool: ToolSpec, probability: Mapping[str, float], conversation: Sequence[Message]) -> bool:
        """Whether the last clause by itself names a tool and what it needs, after calls for other clauses."""
        if self.engine.base.reads_whole_task or probability[tool.name] < self.thresholds.serves:
            return False
        clause = last_said(conversation)
        before = any(message.role == "tool" for message in conversation)
        return before and fillable(tool, self.candidates(tool.name), clause, clause)

    def _may_fetch(self, tool: ToolSpec, probability: float, conversation: Sequence[Message]) -> bool:
        """Whether a tool may be needed before a text can be extracted from: to read the file the request names."""
        if tool.effect == "write" or probability >= self.thresholds.serves:
            return tool.effect != "write"
        reads_file = any(field.get("format") == PATH for field in tool.parameters.get("properties", {}).values())
        return reads_file and self._is_named(tool, probability, conversation)

    def _is_named(self, tool: ToolSpec, probability: float, conversation: Sequence[Message]) -> bool:
        """Whether the request itself names what the tool needs, a file for one that reads files, whatever its words; or
        goes on with one, and all that the tool needs has been told."""
        finders = self.candidates(tool.name)
        if not finders:
            likely = probability >= self.thresholds.named and goes_on(conversation)
            return likely and self._is_told(tool, turns_of(_told(conversation)))
        required = (finders.get(name) for name in tool.parameters.get("required", ()))
        known = any(finder is not None and not isinstance(finder, Here) for finder in required)
        return (
            known
            and probability >= self.thresholds.named
            and fillable(tool, finders, last_said(conversation), last_said(conversation))
        )

    def _call_contract(
        self, shown: Sequence[ToolSpec], conversation: Sequence[Message], may_decline: bool, tried: Sequence[ToolCall]
    ) -> Contract:
        """A small base fills parameters with candidates of its tools and words of the conversation; a large one is
        trusted to write its own."""
        clause = last_said(conversation)
        told = _told(conversation)
        source = self._source(told)
        if source is not None:
            shown = [self._narrowed(tool, clause, conversation, turns_of(told)) for tool in shown]
        contract = Contract.for_tools(shown, may_decline=may_decline, source=source, clause=clause)
        return replace(contract, tried=tuple(tried))

    def _narrowed(self, tool: ToolSpec, clause: str, conversation: Sequence[Message], told: Sequence[str]) -> ToolSpec:
        """By what the tool itself finds in the conversation, or else by what the pointer reads in what is `told`."""
        own = self.candidates(tool.name)
        if own or self.reading.pointer is None:
            finders = self.reading.finders(tool, own, conversation)
            return narrowed(tool, finders, clause, turns_of(conversation))
        read = self.reading.pointer(tool.parameters, told)
        return replace(tool, parameters=filled(tool.parameters, read, told))

    def _is_told(self, tool: ToolSpec, told: Sequence[str]) -> bool:
        """Whether the words at hand surely fill all that a tool must be given: a small base that declines then is wrong
        more often than not."""
        if self.engine.base.reads_whole_task or self.candidates(tool.name) or self.reading.pointer is None:
            return False
        return is_told(tool.parameters, self.reading.pointer(tool.parameters, told), told)

    def _source(self, conversation: Sequence[Message]) -> str | None:
        """What a small base may take values from."""
        return None if self.engine.base.reads_whole_task else text_of(conversation)

    def _chosen(
        self,
        skill: Skill | None,
        shown: Sequence[ToolSpec],
        probability: Mapping[str, float],
        conversation: Sequence[Message],
    ) -> ToolSpec:
        """One tool of a few: the encoder's probability times the model's, where the encoder alone is not clear."""
        rivals = [t for t in shown if self._rivals(probability[t.name], probability[shown[0].name])]
        if len(rivals) == 1:
            return rivals[0]
        contract = Contract.for_tools(rivals)
        heads = [contract.dump({"name": tool.name, "arguments": {}}).partition("{}")[0] for tool in rivals]
        likelihood = self.engine.score(Request(conversation, tools=rivals, skill=skill), heads)
        told = turns_of(_told(conversation))
        # a tool with finders of its own is only here because they find what it needs
        unread = self.reading.pointer is None
        told_all = [unread or bool(self.candidates(tool.name)) or self._is_told(tool, told) for tool in rivals]
        fits = [0.0 if each else -self.thresholds.untold for each in told_all]
        likely = [math.log(max(probability[tool.name], 1e-9)) for tool in rivals]
        joint = [sum(each) for each in zip(likely, likelihood, fits, strict=True)]
        return rivals[max(range(len(rivals)), key=joint.__getitem__)]

    def _rivals(self, probability: float, first: float) -> bool:
        """Whether a tool disputes the first: near sureness, odds tell more apart than probabilities do."""
        near_sureness = (1 - probability) * first > self.thresholds.surer * probability * (1 - first)
        return probability * self.thresholds.clear >= first and not near_sureness
