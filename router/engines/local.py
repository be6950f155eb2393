"""Base and skills in one process: one key/value cache for the conversation, whatever skill acts.

The cache holds what the base computed. An activated skill begins to act at its invocation, the header of the turn to
come; what stands before is reused, and what the skill says is forgotten when it has spoken and read again as the
base's when it joins the conversation. Switching skills therefore costs the new tokens and nothing else. A plain LoRA
changes every token, so it keeps a cache of its own and shares none. Does not route, check or repair.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Lock
from typing import TYPE_CHECKING

import torch

from router.engines.decoding import Anything, Constraint, Grammar, decode, sampler
from router.engines.engine import BaseInfo, Completion, Request, Tokens
from router.engines.loading import load_base
from router.engines.lora import Adapter, read_adapter
from router.engines.rendering import Detokenizer
from router.errors import ContextOverflow, WeightsRefused

if TYPE_CHECKING:
    from torch import Tensor

    from adapters.skill import Skill
    from router.engines.network import Network

BASE = "base"
ADAPTERS_HELD = 8  # least recently used go first; reading one back takes milliseconds
_ROOM = 16  # tokens an output needs at the least
_CALL_MARKER = "<tool_call>"


class Memory:
    """What one owner (the base, or a plain LoRA) has computed: the keys and values of `ids`."""

    def __init__(self, network: Network) -> None:
        self.ids: list[int] = []
        self._network, self._cache = network, network.new_cache()

    def shared(self, prompt: Sequence[int]) -> int:
        """How many tokens `prompt` and what is held begin with in common."""
        pairs = enumerate(zip(self.ids, prompt, strict=False))
        return next((at for at, (held, asked) in pairs if held != asked), min(len(self.ids), len(prompt)))

    def keep(self, length: int) -> int:
        """Forget everything from position `length` on; returns what is left, 0 for a cache that cannot go back."""
        if length < len(self.ids) and not self._cache.crop(length):
            self._cache, length = self._network.new_cache(), 0
        del self.ids[length:]
        return len(self.ids)

    def read(self, ids: list[int], adapter: Adapter | None, count: int) -> Tensor:
        """Logits [count, vocabulary] after the last `count` of `ids`, which join what is held."""
        logits = self._network.forward(ids, self._cache, adapter, count)
        self.ids.extend(ids)
        return logits


class Reading:
    """One prompt on its way through the network. Nothing is computed before logits are asked for.

    The memory's owner reads the prompt up to `begins`, the acting adapter everything after. Where both are the same,
    so is all that is computed, and it stays; otherwise `end` forgets what the acting adapter computed.
    """

    def __init__(
        self, memory: Memory, prompt: list[int], *, owner: Adapter | None, acting: Adapter | None, begins: int
    ) -> None:
        self._memory, self._prompt, self._acting, self._owner = memory, prompt, acting, owner
        self._begins = begins
        self._is_read = False
        self.reused = min(memory.shared(prompt), self._reusable)

    @property
    def _reusable(self) -> int:
        """The last token of the prompt is always read, because the logits after it are wanted."""
        return len(self._prompt) - 1 if self._owner is self._acting else min(self._begins, len(self._prompt) - 1)

    def logits(self, more: Sequence[int], count: int = 1) -> Tensor:
        """Read `more` after all that was read before; logits [count, vocabulary] after the last `count` tokens."""
        if self._is_read:
            return self._memory.read(list(more), self._acting, count)
        start = self._memory.keep(min(self._memory.shared(self._prompt), self._reusable))
        if self._owner is not self._acting and start < self._begins:
            self._memory.read(self._prompt[start : self._begins], self._owner, 0)
            start = self._begins
        logits = self._memory.read([*self._prompt[start:], *more], self._acting, count)
        self._is_read = True
        return logits

    def end(self) -> None:
        """What the acting adapter computed is no use to anybody else. The prompt may be read again."""
        if self._owner is not self._acting and self._is_read:
            self._memory.keep(self._begins)
        self._is_read = False


class LocalEngine:
    """An `Engine` over a base folder or hub name. One request at a time; others wait."""

    def __init__(self, base: str | Path, *, device: str = "cpu") -> None:
        """Raises EngineUnreachable, UsageError or WeightsRefused as `load_base` does."""
        loaded = load_base(base, device)
        self._info, self._network, self.rendering = loaded.info, loaded.network, loaded.rendering
        self._markers = self.rendering.has_marker(_CALL_MARKER)
        self._device = device
        self._adapters: OrderedDict[str, Adapter] = OrderedDict()
        self._memories: dict[str, Memory] = {}
        self._turn = Lock()

    @property
    def base(self) -> BaseInfo:
        return self._info

    def generate(
        self, request: Request, *, on_text: Callable[[str], None] | None = None, cancel: Event | None = None
    ) -> Completion:
        """See `Engine`. SchemaRefused when the contract's grammar cannot be compiled for this tokenizer."""
        constraint = self._constraint(request)
        with self.reading(request) as (prompt, reading):
            output = decode(
                lambda tokens: reading.logits(tokens)[-1],
                constraint,
                Detokenizer(self.rendering.guide),
                ends=self.rendering.ends,
                limit=min(request.max_tokens, self._info.context - len(prompt)),
                pick=sampler(request.temperature, request.seed),
                on_text=on_text,
                cancel=cancel,
                repeats=request.contract is None or not request.contract.says_sentences,
            )
        tokens = Tokens(len(prompt), reading.reused, len(output.tokens), output.forced)
        return Completion(output.text, output.finish, tokens, output.logprob)

    def score(self, request: Request, candidates: Sequence[str]) -> list[float]:
        """See `Engine`. The end token is left out: a candidate may be a beginning. The prompt is read once for all."""
        texts = [self.rendering.encode(candidate) for candidate in candidates]
        with self.reading(request, room=max(map(len, texts), default=0)) as (_, reading):
            return [self._log_probability(reading, ids) for ids in texts]

    def forget(self) -> None:
        """Throw away what was computed; the adapters stay."""
        with self._turn:
            self._memories.clear()

    def close(self) -> None:
        self.forget()
        self._adapters.clear()

    @staticmethod
    def _log_probability(reading: Reading, ids: list[int]) -> float:
        if not ids:
            return 0.0
        table = reading.logits(ids[:-1], len(ids)).log_softmax(-1)
        reading.end()
        return float(table[torch.arange(len(ids)), ids].sum())

    @contextmanager
    def reading(self, request: Request, room: int = 0) -> Iterator[tuple[list[int], Reading]]:
        """The request's prompt and its way through the network, for one request at a time."""
        with self._turn:
            acting = self._adapter(request.skill)
            prompt = self.rendering.prompt(request.messages, request.tools, self._note(request.skill))
            self._check_room(prompt, max(room, min(_ROOM, request.max_tokens)))
            owner = acting if acting and not acting.invocation else None
            name = owner.name if owner else BASE
            memory = self._memories.setdefault(name, Memory(self._network))
            begins = acting.begins(prompt) if acting else 0
            reading = Reading(memory, prompt, owner=owner, acting=acting, begins=begins)
            try:
                yield prompt, reading
                reading.end()
            except BaseException:
                del self._memories[name]  # a pass that was broken off leaves nothing that can be trusted
                raise

    def _check_room(self, prompt: Sequence[int], room: int) -> None:
        if len(prompt) + room > self._info.context:
            raise ContextOverflow(
                f"the conversation takes {len(prompt)} tokens and its answer at least {room}, "
                f"but {self._info.name} holds {self._info.context} in all",
                hint="start a new conversation, give shorter texts, or use a base with a longer context",
            )

    def _constraint(self, request: Request) -> Constraint:
        if request.contract is None:
            return Anything()
        return Grammar(self.rendering.guide, request.contract.grammar(markers=self._markers))

    def _note(self, skill: Skill | None) -> str:
        """Where no weights carry the skill into a base that was not made for it, its instructions have to."""
        return skill.instructions if skill and not skill.weights and not self.rendering.native else ""

    def _adapter(self, skill: Skill | None) -> Adapter | None:
        """The skill's weights, read on first use; None where it has none. Raises WeightsRefused."""
        if skill is None or skill.weights is None:
            return None
        if skill.version not in self._adapters:
            self._check_base(skill)
            adapter = read_adapter(skill.weights, skill.version, self._network.targets, self._device)
            self._adapters[skill.version] = adapter
        self._adapters.move_to_end(skill.version)
        if len(self._adapters) > ADAPTERS_HELD:
            forgotten, _ = self._adapters.popitem(last=False)
            self._memories.pop(forgotten, None)
        return self._adapters[skill.version]

    def _check_base(self, skill: Skill) -> None:
        made_for = skill.card.get("base", {}).get("digest")
        if made_for and made_for != self._info.digest:
            raise WeightsRefused(
                f"{skill.name} was trained on the base {made_for[:12]}; {self._info.name} is {self._info.digest[:12]}",
                hint=f"quiver skill train {skill.name}",
            )
