"""Any OpenAI-compatible endpoint as an engine: chat completions with tools, a schema for the answer, and streaming.

The server's own constraints are asked for and never trusted: the contract reads what comes. A foreign model is told in
words what a skill is for and what form its answer has, because no weights of ours can act there. Knows no vLLM.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from threading import Event
from typing import TYPE_CHECKING, Any

from router.conversation import Message, ToolSpec
from router.engines.engine import BaseInfo, Completion, Request
from router.engines.rendering import EXTRACT, schema_wish, with_note
from router.engines.wire import Answer, response_format, wants_call, wire_messages, wire_tools
from router.errors import EngineAnswerBroken, QuiverError, UsageError, WeightsRefused

if TYPE_CHECKING:
    from adapters.skill import Skill
    from router.http import HttpClient

OWN = "base"  # what a user calls the bundled base, whatever name a server gives it
_UNKNOWN_CONTEXT = 1 << 20  # tokens; most servers name no limit, and all say when it is passed
_TOOLS_SHOWN = 16  # as for any base without a card
_LETTERS = "ABCDEFGHIJKLMNOPQRST"  # as many options as servers give likelihoods for
FELT = 0.01  # nats; more than rounding makes, less than any trained skill does
PROBE = Message("user", "How many kilometres are 12 miles?")
_UNLIKELY = -20.0  # nats; for an option the server gives no likelihood for


@dataclass(frozen=True)
class Served:
    """A model an endpoint lists. `native`: it is the bundled base, whose template and skills we know."""

    id: str
    info: BaseInfo
    native: bool


def find_served(client: HttpClient, wanted: str | None, card: Mapping[str, Any]) -> Served:
    """The model to ask: `wanted`, or the only one that is no adapter.

    `card` is the bundled base's. The served model counts as the bundled base when the last part of its id is that
    base's name, or when the user says so by `wanted` = "base": then the server's `base`, or else its only base, is it.
    Raises UsageError when the endpoint lists no such model, or several and none is `wanted`.
    """
    entries = list_models(client)
    bases = [entry for entry in entries if not is_adapter(entry, entries)]
    named = {str(entry["id"]): entry for entry in entries}
    if wanted and wanted in named:
        entry = named[wanted]
    elif len(bases) == 1 and wanted in (None, OWN):
        entry = bases[0]
    else:
        what = f"serves no model {wanted!r}" if wanted else f"serves {len(bases)} models, and none was named"
        raise UsageError(f"{client.url} {what}", hint=f"--base {_listing(bases)}")
    own = str(card.get("name", ""))
    native = wanted == OWN or (bool(own) and str(entry["id"]).rstrip("/").rpartition("/")[2] == own)
    return Served(str(entry["id"]), _info(entry, card if native else {}), native)


def list_models(client: HttpClient) -> list[Mapping[str, Any]]:
    """The entries of /v1/models. Raises EngineAnswerBroken for what is no such list."""
    data = client.get("/models")
    entries = data.get("data") if isinstance(data, Mapping) else None
    if not isinstance(entries, list) or not all(
        isinstance(e, Mapping) and isinstance(e.get("id"), str) for e in entries
    ):
        raise EngineAnswerBroken(f"{client.url}/models is no list of models", hint="is it an OpenAI-compatible server?")
    return entries


def is_adapter(entry: Mapping[str, Any], entries: Sequence[Mapping[str, Any]]) -> bool:
    """vLLM names an adapter's parent; Ray Serve writes the base's name before it, and a colon."""
    base = str(entry["id"]).partition(":")[0]
    return bool(entry.get("parent")) or (base != entry["id"] and any(each["id"] == base for each in entries))


def _listing(entries: Sequence[Mapping[str, Any]]) -> str:
    names = [str(entry["id"]) for entry in entries]
    return " | ".join(names[:8]) + (" …" if len(names) > 8 else "") or "NAME"


def _info(entry: Mapping[str, Any], card: Mapping[str, Any]) -> BaseInfo:
    """The card's word for the bundled base. Of another model's weights a server tells nothing: its digest stands for
    the name and the place the server gives it."""
    limits = [entry.get("max_model_len"), entry.get("context_length"), card.get("context")]
    known = [limit for limit in limits if isinstance(limit, int) and limit > 0]
    place = f"{entry['id']}\n{entry.get('root') or ''}"
    return BaseInfo(
        name=str(card.get("name") or entry["id"]),
        digest=str(card.get("digest") or hashlib.sha256(place.encode()).hexdigest()),
        context=min(known, default=_UNKNOWN_CONTEXT),
        tools_shown=int(card.get("tools_shown", _TOOLS_SHOWN)),
        reads_whole_task=bool(card.get("reads_whole_task", True)),
    )


class ChatEngine:
    """An `Engine` over an endpoint. Several requests may run at a time; the endpoint decides how many do."""

    always_strict = False

    def __init__(self, client: HttpClient, served: Served) -> None:
        self.client, self.served = client, served
        self._applied: set[str] = set()  # names of adapters that were seen to act

    @property
    def base(self) -> BaseInfo:
        return self.served.info

    def generate(
        self, request: Request, *, on_text: Callable[[str], None] | None = None, cancel: Event | None = None
    ) -> Completion:
        """See `Engine`. What is said piece by piece joins to the text; a call is said when it is complete.

        Raises EngineUnreachable (EngineAnswerBroken where the server does not keep to the protocol), ContextOverflow,
        UsageError for what the server refuses, and WeightsRefused for a skill that is not served.
        """
        contract, calling = request.contract, wants_call(request.contract, request.tools)
        answer = Answer()
        pieces = on_text if on_text and not calling else None
        try:
            self._ask(self.body(request), answer, pieces, on_text is not None or cancel is not None, cancel)
        except UsageError as error:
            raise self._explained(error) from error
        if cancel and cancel.is_set() and answer.ended is None:
            return Completion(answer.content, "cancelled", answer.tokens, answer.logprob)
        finish = answer.finish()
        text = answer.text(calling, declinable=contract is not None)
        if on_text and calling and text:
            on_text(text)
        return Completion(text, finish, answer.tokens, answer.logprob)

    def score(self, request: Request, candidates: Sequence[str]) -> list[float]:
        """A ranking, not the likelihood `Engine` means: no endpoint reads a given output for us. The model is asked
        which of the candidates it would answer, in one token, and each gets that letter's log-probability; without
        log-probabilities the chosen letter gets 0 and the others are unlikely. More than 20 are all equally likely."""
        if not 1 < len(candidates) <= len(_LETTERS):
            return [0.0] * len(candidates)
        letters = _LETTERS[: len(candidates)]
        options = "\n".join(f"{letter}: {text}" for letter, text in zip(letters, candidates, strict=True))
        note = f"Which of these is the beginning of the right answer? Say its letter and nothing else.\n{options}"
        asked = replace(request, messages=with_note(request.messages, note), contract=None, max_tokens=1, temperature=0)
        body = {**self.body(asked), "logprobs": True, "top_logprobs": len(_LETTERS)}
        if "tools" in body:
            body["tool_choice"] = "none"
        said = self._choosing(body)
        return [said.get(letter, _UNLIKELY) for letter in letters]

    def close(self) -> None:
        self.client.close()

    # --- the request -------------------------------------------------------------------------------------------------

    def body(self, request: Request) -> dict[str, Any]:
        """The JSON of one chat completion, not streamed."""
        messages, tools = self.shown(request)
        body: dict[str, Any] = {
            "model": self.model(request.skill),
            "messages": wire_messages(messages, orphans=self.served.native),
            "max_tokens": request.max_tokens,
            "temperature": request.temperature,
            "seed": request.seed,
        }
        if tools:
            body["tools"] = wire_tools(tools, request.contract, always_strict=self.always_strict)
        return {**body, **self.constraint(request, bool(tools))}

    def constraint(self, request: Request, with_tools: bool) -> dict[str, Any]:
        """What holds the server to the contract, as far as it can be asked to."""
        contract = request.contract
        if contract is None:
            return {}
        if contract.tools is None:
            choice = {"tool_choice": "none"} if with_tools else {}
            return {"response_format": response_format(contract, always_strict=self.always_strict), **choice}
        if not with_tools:
            return {}
        return {"tool_choice": "auto" if contract.may_decline else "required", "parallel_tool_calls": False}

    def shown(self, request: Request) -> tuple[Sequence[Message], Sequence[ToolSpec]]:
        """Conversation and tools as this model is to see them. A foreign one is told what the bundled base was taught:
        what the skill is for, and the schema its answer must satisfy."""
        if self.served.native:
            return request.messages, request.tools
        tools = [tool for tool in request.tools if tool.name != EXTRACT]
        wishes = []
        if request.contract is not None and request.contract.tools is None:
            wishes.append(schema_wish(ToolSpec(EXTRACT, "", request.contract.schema)))
        if note := self.note(request.skill):
            wishes.append(note)
        return with_note(request.messages, "\n\n".join(wishes)), tools

    def model(self, skill: Skill | None) -> str:
        """The model's name for this skill: the base's where it is told in words, else that of its weights, as vLLM's
        resolver or Ray Serve has it. Raises WeightsRefused for weights made for this very base that are not applied: it
        would answer as if nothing had been learned, and nobody would see it."""
        if skill is None or skill.weights is None or not self.is_made_for_this(skill):
            return self.served.id
        names = (skill.version, f"{self.served.id}:{skill.version}")
        found = next((name for name in names if name in self._applied), None)
        found = found or next((name for name in names if self._applies(name)), None)
        if found is None:
            raise WeightsRefused(
                f"{self.client.url} cannot serve {skill.version}: it applies no weights of ours",
                hint="--engine local, or --no-skill for the base alone",
            )
        self._applied.add(found)
        return found

    def _applies(self, name: str) -> bool:
        """Whether the endpoint answers for `name`, listed or not, and otherwise than for the base: there are servers
        that load what is asked for, and servers that answer for any name."""
        asked = {"messages": wire_messages([PROBE], orphans=False), "max_tokens": 1, "temperature": 0}
        likely = {"logprobs": True, "top_logprobs": len(_LETTERS)}
        try:
            own, base = (self._choosing({**asked, **likely, "model": model}) for model in (name, self.served.id))
        except UsageError:
            return False
        return any(abs(value - own[word]) > FELT for word, value in base.items() if word in own)

    def note(self, skill: Skill | None) -> str:
        return skill.instructions if skill and self.model(skill) == self.served.id else ""

    def is_made_for_this(self, skill: Skill) -> bool:
        made_for = skill.card.get("base", {}).get("digest")
        return self.served.native or made_for == self.base.digest

    # --- the answer --------------------------------------------------------------------------------------------------

    def _ask(
        self,
        body: Mapping[str, Any],
        answer: Answer,
        on_text: Callable[[str], None] | None,
        streamed: bool,
        cancel: Event | None,
    ) -> None:
        if not streamed:
            answer.add(self._completion(body))
            return
        more = {"stream": True, "stream_options": {"include_usage": True}}
        with closing(self.client.stream("/chat/completions", {**body, **more}, cancel)) as events:
            for event in events:
                piece = answer.add(event)
                if piece and on_text:
                    on_text(piece)

    def _completion(self, body: Mapping[str, Any]) -> Mapping[str, Any]:
        data = self.client.post("/chat/completions", body)
        if not isinstance(data, Mapping) or not data.get("choices"):
            raise EngineAnswerBroken(f"{self.client.url} sent a completion without choices")
        return data

    def _choosing(self, body: Mapping[str, Any]) -> dict[str, float]:
        """Letter → log-probability of the first token said. Raises EngineAnswerBroken."""
        choice = self._completion(body)["choices"][0]
        try:
            return _letters(choice)
        except (AttributeError, TypeError, LookupError) as error:
            raise EngineAnswerBroken(f"{self.client.url} sent a choice of another form") from error

    def _explained(self, error: UsageError) -> UsageError:
        """A model that is not there is answered with those that are."""
        if "answered 404" not in error.message:
            return error
        try:
            served = _listing(list_models(self.client))
        except QuiverError:
            return error
        return UsageError(error.message, hint=f"{self.client.url}/models lists: {served}")


def _letters(choice: Mapping[str, Any]) -> dict[str, float]:
    """The likelihoods given for the first token; of what was said alone, where there are none."""
    first = ((choice.get("logprobs") or {}).get("content") or [{}])[0]
    found: dict[str, float] = {}
    for option in first.get("top_logprobs") or ():
        letter, value = str(option.get("token", "")).strip().upper(), option.get("logprob")
        if isinstance(value, int | float) and math.isfinite(value):
            found[letter] = max(found.get(letter, -math.inf), float(value))
    said = str((choice.get("message") or {}).get("content") or "").strip()[:1].upper()
    return found or {said: 0.0}
