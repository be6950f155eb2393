"""One output, token by token: what the grammar forces is taken as given, what is open is chosen from the logits.

Forced tokens are read together with the next chosen one in a single pass of the network, so they cost no step of their
own; an output that is forced altogether never asks for logits. Knows no prompt, no skill and no cache.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Event
from typing import TYPE_CHECKING, Literal, Protocol

import torch

from router.engines.rendering import Detokenizer
from router.errors import SchemaRefused

if TYPE_CHECKING:
    from llguidance import LLTokenizer
    from torch import Tensor

NextLogits = Callable[[Sequence[int]], "Tensor"]
"""New tokens (none at the beginning) → float32 logits [vocabulary] of the token that follows them."""

Finish = Literal["stop", "length", "cancelled"]


class Constraint(Protocol):
    """What may come next."""

    @property
    def is_complete(self) -> bool:
        """Nothing more can come."""
        ...

    def forced(self) -> list[int]:
        """Tokens without alternative, taken as said; none when the next one is open."""
        ...

    def choose(self, logits: Tensor, pick: Callable[[Tensor], int]) -> int:
        """The token `pick` takes from the logits of the allowed ones, taken as said."""
        ...


class Anything:
    """No grammar: every token may come, until the end token."""

    is_complete = False

    def forced(self) -> list[int]:
        return []

    def choose(self, logits: Tensor, pick: Callable[[Tensor], int]) -> int:
        return pick(logits)


class Grammar:
    """A grammar in llguidance's Lark, followed from its beginning.

    Forced tokens are canonical, cut as the tokenizer would cut the text: the model meets only what it has learned."""

    def __init__(self, guide: LLTokenizer, grammar: str) -> None:
        """Raises SchemaRefused when the grammar cannot be compiled."""
        from llguidance import LLMatcher

        self._matcher = LLMatcher(guide, LLMatcher.grammar_from_lark(grammar), log_level=0)
        self._check("cannot be compiled")

    @property
    def is_complete(self) -> bool:
        return bool(self._matcher.is_stopped())

    def forced(self) -> list[int]:
        tokens: list[int] = self._matcher.compute_ff_tokens()
        if tokens:
            self._matcher.consume_tokens(tokens)
        self._check("failed while decoding")
        return tokens

    def choose(self, logits: Tensor, pick: Callable[[Tensor], int]) -> int:
        token = pick(logits)
        # A trained skill's first wish is allowed nearly always, and asking about one token costs a hundredth of a mask.
        # Only greedy choice may be asked this way: for a sample, a second draw would change the distribution.
        if pick is not greedy or self._matcher.validate_tokens([token]) != 1:
            token = pick(logits.masked_fill(~self._allowed(logits), float("-inf")))
        self._matcher.consume_token(token)
        self._check("failed while decoding")
        return token

    def _allowed(self, logits: Tensor) -> Tensor:
        """bool [vocabulary]; rows of the logits beyond the tokenizer's last token (padding) are never allowed."""
        bias = torch.frombuffer(bytearray(self._matcher.compute_logit_bias()), dtype=torch.uint8)
        allowed = torch.zeros(logits.shape[-1], dtype=torch.bool)
        size = min(len(bias), len(allowed))
        allowed[:size] = bias[:size] != 0
        return allowed.to(logits.device)

    def _check(self, what: str) -> None:
        if self._matcher.is_error():
            reason = str(self._matcher.get_error()).splitlines()[0]
            raise SchemaRefused(f"the grammar {what}: {reason}", hint="simplify the schema")


@dataclass(frozen=True)
class Output:
    """`forced` of the `tokens` were given by the grammar; `logprob` sums over the others."""

    text: str
    finish: Finish
    tokens: tuple[int, ...]
    forced: int
    logprob: float


REPEATED = 6  # tokens; a longer run than a date or a file name takes
_RELUCTANCE = 20.0  # nats


def reluctant(logits: Tensor, said: Sequence[int]) -> Tensor:
    """The logits, with every token that would say a run of REPEATED tokens a second time made very unlikely."""
    run = tuple(said[1 - REPEATED :])
    starts = range(len(said) - REPEATED + 1)
    again = [said[at + REPEATED - 1] for at in starts if tuple(said[at : at + REPEATED - 1]) == run]
    if not again:
        return logits
    less = logits.clone()
    less[again] -= _RELUCTANCE
    return less


def greedy(logits: Tensor) -> int:
    return int(logits.argmax())


def sampler(temperature: float, seed: int) -> Callable[[Tensor], int]:
    """Draws from softmax(logits / temperature); the same seed draws the same. Temperature 0 is `greedy`."""
    if temperature <= 0:
        return greedy
    source = torch.Generator().manual_seed(seed)

    def draw(logits: Tensor) -> int:
        weights = torch.softmax(logits.double().cpu() / temperature, dim=-1)
        return int(torch.multinomial(weights, 1, generator=source))

    return draw


class _Saying:
    """What has been said so far: as tokens, as text, and as tokens the network has yet to read."""

    def __init__(self, text: Detokenizer, on_text: Callable[[str], None] | None) -> None:
        self.tokens: list[int] = []
        self.unread: list[int] = []
        self.pieces: list[str] = []
        self._text, self._on_text = text, on_text

    def add(self, tokens: Sequence[int]) -> None:
        self.tokens.extend(tokens)
        self.unread.extend(tokens)
        self._show("".join(map(self._text.push, tokens)))

    def end(self) -> None:
        self._show(self._text.rest())

    def _show(self, piece: str) -> None:
        if piece:
            self.pieces.append(piece)
            if self._on_text:
                self._on_text(piece)


def decode(
    next_logits: NextLogits,
    constraint: Constraint,
    text: Detokenizer,
    *,
    ends: Sequence[int],
    limit: int,
    pick: Callable[[Tensor], int] = greedy,
    on_text: Callable[[str], None] | None = None,
    cancel: Event | None = None,
    repeats: bool = True,
) -> Output:
    """Decode until an end token, the end of the grammar, `limit` tokens, or `cancel`. Without `repeats`, no long run
    of tokens is said twice where anything else may be said.

    `logprob` is taken from the model's own distribution, before the grammar's mask and the temperature: low where the
    model wanted something the grammar forbids, which is what tells a skill at work from a skill held up by its grammar.
    """
    saying = _Saying(text, on_text)
    forced, logprob = 0, 0.0
    finish: Finish | None = None
    while finish is None:
        if cancel and cancel.is_set():
            finish = "cancelled"
            break
        given = constraint.forced()
        room = limit - len(saying.tokens)
        saying.add(given[:room])
        forced += len(given[:room])
        if constraint.is_complete and len(given) <= room:
            finish = "stop"
        elif len(given) >= room:
            finish = "length"
        else:
            logits = next_logits(saying.unread)
            saying.unread.clear()
            token = constraint.choose(logits if repeats else reluctant(logits, saying.tokens), pick)
            logprob += float(logits[token] - logits.logsumexp(-1))
            if token in ends:
                finish = "stop"
            else:
                saying.add([token])
    saying.end()
    return Output("".join(saying.pieces), finish, tuple(saying.tokens), forced, logprob)
