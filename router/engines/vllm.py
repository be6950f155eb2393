"""What vLLM adds to an OpenAI-compatible endpoint: skills by name, grammars, exact scores, adapters loaded live.

A skill is served under its immutable name, `skill@digest`, and asked for in the request's `model` field. vLLM answers
200 from an adapter whose layers it did not match, and from a constraint that is off: both are tried before they are
trusted. Starts and stops no server.
"""

from __future__ import annotations

import os
import re
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event, Lock
from typing import TYPE_CHECKING, Any, Literal, cast, get_args

from router.contract import Contract
from router.conversation import Message
from router.engines.chat import FELT, PROBE, ChatEngine, Served, find_served, list_models
from router.engines.engine import Completion, Request
from router.engines.wire import marked_calls, wire_messages, wire_tools
from router.errors import (
    ContextOverflow,
    EngineAnswerBroken,
    EngineUnreachable,
    QuiverError,
    UsageError,
    WeightsRefused,
)
from router.switching import Readers

if TYPE_CHECKING:
    from adapters.skill import Skill
    from router.http import HttpClient

Backend = Literal["xgrammar", "guidance"]
"""The server's structured-output backend: one a server, chosen when it starts, and nothing over HTTP tells which."""

BACKEND_VARIABLE = "QUIVER_VLLM_BACKEND"
KNOWN = ((0, 29), (0, 34))  # versions from, and up to but not including, that this was written for
_ROOM = 16  # tokens an output needs at the least
_LONG_PROBE = Message("user", "How many kilometres are 12 miles? " * 20)  # more than a block of any cache
_LONG = 1024  # tokens; a base that holds less is not asked the long probe
_STALE = 0.5  # nats; more than rounding to 16 bits makes, less than other weights do to the likelier words
_WORDS = 20  # likelier words that are looked at; servers tell no more
_PROBE_OUTPUTS = ('<tool_call>{"name": "convert_unit", "arguments": {"value": 12}}', '{"answer": "It is 19.3."}')


@dataclass(frozen=True)
class Features:
    """What a server is found to be. `known`: of a version this was written for."""

    version: str
    known: bool


def probe(client: HttpClient) -> Features | None:
    """None for what is not vLLM. Raises EngineUnreachable when nothing answers."""
    if not any(entry.get("owned_by") == "vllm" for entry in list_models(client)):
        return None
    try:
        data = client.get(f"{root(client)}/version")
    except QuiverError:  # a gateway in front of it: served by vLLM, and to be used as any endpoint
        return None
    version = str(data.get("version", "")) if isinstance(data, Mapping) else ""
    numbers = re.match(r"(\d+)\.(\d+)", version)
    found = (int(numbers[1]), int(numbers[2])) if numbers else (0, 0)
    return Features(version, KNOWN[0] <= found < KNOWN[1])


def root(client: HttpClient) -> str:
    """Where vLLM's own verbs are, beside the OpenAI ones."""
    return client.url.removesuffix("/v1")


def connect(client: HttpClient, model: str | None, card: Mapping[str, Any]) -> ChatEngine:
    """The engine that fits the endpoint. `model`, `card`: see `find_served`. `QUIVER_VLLM_BACKEND=guidance` says that
    the server was started with that backend. Raises UsageError, EngineUnreachable."""
    served = find_served(client, model, card)
    if probe(client) is None:
        return ChatEngine(client, served)
    backend = os.environ.get(BACKEND_VARIABLE) or "xgrammar"
    if backend not in get_args(Backend):
        known = " or ".join(get_args(Backend))
        raise UsageError(f"{BACKEND_VARIABLE} is {backend!r}", hint=f"set it to {known}")
    return VllmEngine(client, served, cast(Backend, backend))


class VllmEngine(ChatEngine):
    """An `Engine` over vLLM. The first use of a skill, and of a constraint, tries whether it has an effect."""

    always_strict = True

    def __init__(self, client: HttpClient, served: Served, backend: Backend = "xgrammar") -> None:
        super().__init__(client, served)
        self.backend = backend
        self.readers = Readers()  # as long as this server runs: what it has kept ends with it
        self._registered: frozenset[str] = frozenset()
        self._sought: set[str] = set()  # once is enough for skills of other bases, which are told in words instead
        self._tried: set[str] = set()
        self._constrains = False
        self._probe: tuple[list[int], list[list[int]], list[float]] | None = None  # as the base reads it
        self._turn = Lock()

    def generate(
        self, request: Request, *, on_text: Callable[[str], None] | None = None, cancel: Event | None = None
    ) -> Completion:
        """See `Engine`. Where the output asked for does not fit behind the prompt, a shorter one is asked for."""
        self._try(request)
        completion = self._generated(request, on_text, cancel)
        if completion.tokens.prompt:
            self.readers.note(request.messages, self.model(request.skill), completion.tokens)
        return completion

    def _generated(self, request: Request, on_text: Callable[[str], None] | None, cancel: Event | None) -> Completion:
        try:
            return super().generate(request, on_text=on_text, cancel=cancel)
        except ContextOverflow:
            room = self.base.context - len(self._prompt(request))
            if not _ROOM <= room < request.max_tokens:
                raise
        return super().generate(replace(request, max_tokens=room), on_text=on_text, cancel=cancel)

    def score(self, request: Request, candidates: Sequence[str]) -> list[float]:
        """See `Engine`: exact, from the log-probabilities of a given text. The end token is left out."""
        self._try(replace(request, contract=None))
        return self._scores(request, candidates)

    # --- skills ------------------------------------------------------------------------------------------------------

    def registered(self) -> frozenset[str]:
        """The names of the adapters served now."""
        entries = list_models(self.client)
        self._registered = frozenset(str(entry["id"]) for entry in entries if entry.get("parent"))
        return self._registered

    def load(self, skill: Skill, folder: Path) -> None:
        """Has the server load the skill from `folder`, as the server sees it. Loading it again is no error.

        The folder's name must be the skill's version (`immutable_copy` makes such a one): vLLM keys what it keeps by
        name and path, and would serve what lay there before. Raises UsageError, WeightsRefused when it has no effect.
        """
        if folder.name != skill.version:
            message = f"{folder} is not named {skill.version}; a path that may change serves stale results"
            raise UsageError(message, hint="copy the weights with adapters.immutable.immutable_copy")
        if skill.version not in self.registered():
            body = {"lora_name": skill.version, "lora_path": str(folder)}
            try:
                self.client.post("/load_lora_adapter", body)
            except (UsageError, EngineUnreachable) as error:
                self.registered()  # who still answers has refused, whatever the status says: stock vLLM says 500
                hint = "start vLLM with --enable-lora and VLLM_ALLOW_RUNTIME_LORA_UPDATING=1"
                raise UsageError(f"{skill.version} was not loaded: {error.message}", hint=hint) from error
            self._registered |= {skill.version}
        self._try(Request([PROBE], skill=skill))

    def unload(self, skill: Skill) -> None:
        """Takes the name away; vLLM frees the memory when it needs it."""
        self.client.post("/unload_lora_adapter", {"lora_name": skill.version})
        self._tried.discard(skill.version)
        self.registered()

    def model(self, skill: Skill | None) -> str:
        """See `ChatEngine.model`. Raises WeightsRefused for weights made for this base that are not registered."""
        if skill is None or skill.weights is None:
            return self.served.id
        own = self.is_made_for_this(skill)
        if skill.version not in self._registered and (own or skill.version not in self._sought):
            self._sought.add(skill.version)
            self.registered()
        if skill.version in self._registered:
            return skill.version
        if not own:
            return self.served.id
        raise WeightsRefused(
            f"{self.client.url} does not serve {skill.version}",
            hint=f"start vLLM with --lora-modules {skill.version}=FOLDER, or --no-skill for the base alone",
        )

    def note(self, skill: Skill | None) -> str:
        """Weights need no words."""
        return "" if skill and self.model(skill) != self.served.id else super().note(skill)

    # --- canaries ----------------------------------------------------------------------------------------------------

    def _try(self, request: Request) -> None:
        with self._turn:
            name = self.model(request.skill)
            if name != self.served.id and name not in self._tried and request.skill is not None:
                self.check_adapter(request.skill)
                if self.base.context >= _LONG:
                    self.check_cache(request.skill)
                self._tried.add(name)
            if request.contract is not None and not self._constrains:
                self.check_grammar()
                self._constrains = True

    def check_adapter(self, skill: Skill) -> float:
        """The most that the skill changes the log-probability of a probe, in nats. Raises WeightsRefused when it
        changes none: the server loaded it, and it does nothing."""
        if self._probe is None:
            prompt, tails = self._prompt(Request([PROBE])), self._tails(_PROBE_OUTPUTS)
            self._probe = prompt, tails, self._likelihoods(self.served.id, prompt, tails)
        prompt, tails, base = self._probe
        adapted = self._likelihoods(self.model(skill), prompt, tails)
        change = max(abs(a - b) for a, b in zip(base, adapted, strict=True))
        if not change > FELT:
            message = f"{skill.version} is served, but answers exactly as the base does"
            raise WeightsRefused(message, hint="its layers' names do not match the base's; see the server's log")
        return change

    def check_cache(self, skill: Skill) -> float:
        """By how many nats at most the skill's likelier first words differ between what the server has kept and what
        it computes anew. Raises WeightsRefused when that is much: other weights were served under this name, and what
        they computed still is."""
        asked = {**self.body(Request([_LONG_PROBE], skill=skill, max_tokens=1)), "top_logprobs": _WORDS}
        kept, fresh = (self._choosing({**asked, **salt}) for salt in ({}, {"cache_salt": uuid.uuid4().hex}))
        change = max((abs(value - fresh[word]) for word, value in kept.items() if word in fresh), default=_STALE)
        if change >= _STALE:
            message = f"{skill.version} is answered from what other weights of that name computed"
            raise WeightsRefused(message, hint="weights never change under a name: publish them anew, restart vLLM")
        return change

    def check_grammar(self) -> None:
        """Asks for a text nobody would say unless held to it. Raises EngineAnswerBroken when it is not said."""
        contract = Contract.canary()
        wanted = contract.dump(contract.schema["const"])
        said = super().generate(Request([PROBE], contract=contract, max_tokens=64)).text
        if said.strip() != wanted:
            message = f"{self.client.url} does not hold an answer to its schema: {said[:60]!r} came instead of {wanted}"
            raise EngineAnswerBroken(message, hint="start vLLM with --structured-outputs-config.backend xgrammar")

    # --- the request -------------------------------------------------------------------------------------------------

    def body(self, request: Request) -> dict[str, Any]:
        """Log-probabilities come along; call markers, special tokens of the bundled base, are not left out."""
        more: dict[str, Any] = {"logprobs": True, "chat_template_kwargs": {"enable_thinking": False}}
        if self.served.native:
            more["skip_special_tokens"] = False
        return {**super().body(request), **more}

    def constraint(self, request: Request, with_tools: bool) -> dict[str, Any]:
        """The bundled base writes calls between its own markers, which no tool parser of the server knows: it is held
        to that form itself, and the tools are there to be read only."""
        contract = request.contract
        reading = {"tool_choice": "none"} if with_tools else {}
        if contract is None:
            return reading if self.served.native else {}
        if self.backend == "guidance" and (self.served.native or contract.tools is None):
            return {"structured_outputs": {"grammar": contract.grammar(markers=self.served.native)}, **reading}
        if self.served.native and contract.tools is not None:
            return {"response_format": marked_calls(contract), **reading}
        return super().constraint(request, with_tools)

    # --- exact scores ------------------------------------------------------------------------------------------------

    def _scores(self, request: Request, candidates: Sequence[str]) -> list[float]:
        """One batch: the prompt, its cache shared, once with each candidate behind it."""
        return self._likelihoods(self.model(request.skill), self._prompt(request), self._tails(candidates))

    def _tails(self, candidates: Sequence[str]) -> list[list[int]]:
        return [self._tokens({"prompt": text, "add_special_tokens": False}) if text else [] for text in candidates]

    def _likelihoods(self, model: str, prompt: list[int], tails: Sequence[list[int]]) -> list[float]:
        """Of each tail behind the prompt, in nats; 0 for an empty one."""
        asked = [position for position, tail in enumerate(tails) if tail]
        found = [0.0] * len(tails)
        if not asked:
            return found
        texts = [prompt + tails[position] for position in asked]
        for position, logprobs in zip(asked, self._read(model, texts), strict=True):
            found[position] = sum(_named(logprobs, len(prompt) + at, id) for at, id in enumerate(tails[position]))
        return found

    def _read(self, model: str, texts: Sequence[Sequence[int]]) -> list[Sequence[Any]]:
        """For each text, in order: by token position, what the server knows of the likelihood there."""
        body = {"model": model, "prompt": list(texts), "max_tokens": 1, "temperature": 0, "prompt_logprobs": 1}
        data = self.client.post("/completions", body)
        try:
            choices = sorted(data["choices"], key=lambda choice: choice["index"])
            read = [choice["prompt_logprobs"] for choice in choices]
        except (TypeError, KeyError) as error:
            raise _unlike("prompt_logprobs") from error
        if len(read) != len(texts) or any(len(r) != len(t) for r, t in zip(read, texts, strict=True) if r is not None):
            raise _unlike("prompt_logprobs of every token")
        return read

    def _prompt(self, request: Request) -> list[int]:
        """The token ids the server makes of the conversation, the header of the assistant's turn included."""
        messages, tools = self.shown(request)
        body: dict[str, Any] = {
            "messages": wire_messages(messages, orphans=self.served.native),
            "add_generation_prompt": True,
            "chat_template_kwargs": {"enable_thinking": False},
        }
        if tools:
            body["tools"] = wire_tools(tools, request.contract, always_strict=self.always_strict)
        return self._tokens(body)

    def _tokens(self, body: Mapping[str, Any]) -> list[int]:
        data = self.client.post(f"{root(self.client)}/tokenize", {"model": self.served.id, **body})
        tokens = data.get("tokens") if isinstance(data, Mapping) else None
        if not isinstance(tokens, list) or not all(isinstance(token, int) for token in tokens):
            raise _unlike("tokens")
        return tokens


def _named(logprobs: Sequence[Any], position: int, id: int) -> float:
    try:
        return float(logprobs[position][str(id)]["logprob"])
    except (IndexError, KeyError, TypeError, ValueError) as error:
        raise _unlike("the log-probability of every token given") from error


def _unlike(what: str) -> EngineAnswerBroken:
    return EngineAnswerBroken(f"the server sent no {what}", hint="is it vLLM, of a version from 0.29 to 0.33?")
