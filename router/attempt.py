"""One step's output: ask the skill that was drawn, check, ask again with the error, then the next skill, then the base.

A wrong output is data: it is counted, described to the model, and never patched. What is done with a valid one is the
agent's business.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from router.contract import CheckContext, ContractViolation
from router.conversation import Message
from router.engines.engine import Completion, Engine, Request, Tokens
from router.errors import ContractFailed
from router.forms import told

if TYPE_CHECKING:
    from threading import Event

    from adapters.skill import Skill


APART = 3  # pairs of parameters of one output that are told apart
DRAFTS = 4  # greedy, and three samples
LIKELY = -0.01  # nats a character: below it a quotation is right more often than a draft (training/LOG.md)


@dataclass
class Attempt:
    """How a step's output came about. `value` is the parsed output; meaningless unless `valid`."""

    request: Request | None = None
    value: Any = None
    text: str = ""
    valid: bool = False
    repairs: int = 0
    failure: str | None = None
    escalated_from: list[str] = field(default_factory=list)
    tokens: Tokens = Tokens()
    ms_generate: float = 0.0
    ms_check: float = 0.0
    second_best: tuple[Any, str] | None = None  # a valid but doubtful value and its text

    @property
    def skill(self) -> Skill | None:
        return self.request.skill if self.request else None

    @property
    def calls_tools(self) -> bool:
        return bool(self.request and self.request.contract and self.request.contract.tools is not None)

    def keep(self, value: Any, text: str) -> None:
        """This is the output, and valid, whatever was looked at since."""
        self.value, self.text, self.valid, self.failure = value, text, True, None

    def require_valid(self) -> None:
        """Raises `ContractFailed` when nobody's output held."""
        if not self.valid:
            tried = ", ".join([*self.escalated_from, _name(self.request) or "the base"])
            raise ContractFailed(
                f"No valid output after asking {tried}: {self.failure}.",
                hint="See the outputs with: quiver trace show --explain",
            )


def attempt(
    engine: Engine,
    requests: Iterable[Request],
    *,
    repairs: int,
    on_text: Callable[[str], None] | None = None,
    cancel: Event | None = None,
) -> Attempt:
    """The first valid output; each of `requests` (one a skill, best first) is asked at most 1 + `repairs` times."""
    result = Attempt()
    for first in requests:
        if result.request is not None:
            result.escalated_from.append(_name(result.request) or "base")
        first = _about_text(first)
        result.request, request = first, first
        for asked in range(1 + repairs):
            result.repairs = asked
            completion = _generate(engine, request, result, on_text, cancel)
            violation = _check(first, completion, result)
            if completion.finish == "cancelled":
                return result
            if violation is None and result.value is None and first.afresh is not None:
                _ask_afresh(engine, first.afresh, result, cancel)
            if violation is None and not engine.base.reads_whole_task:
                _tell_apart(engine, request, completion, result, cancel)
            if violation is None and not _doubtful(first, result):
                if _is_drafted(first, engine):
                    _redraft(engine, request, completion, result, cancel)
                return result
            request = _asked_again(request, completion, violation, engine.base.reads_whole_task)
        if result.second_best is not None:
            result.keep(*result.second_best)
            return result
    return result


def _about_text(request: Request) -> Request:
    """What is extracted comes from the text that is told, not from the words that ask for it."""
    if request.contract is None or not request.contract.extracts:
        return request
    return replace(request, contract=replace(request.contract, source=told(request.messages)))


def _is_drafted(request: Request, engine: Engine) -> bool:
    """A small base's sentences are: its first words decide the rest, and a whole sentence tells whether they should."""
    return request.contract is not None and request.contract.says_sentences and not engine.base.reads_whole_task


def _redraft(engine: Engine, request: Request, first: Completion, result: Attempt, cancel: Event | None) -> None:
    """Says it again a little warmer, `DRAFTS` times in all, and keeps what is valid and, a character, most likely: by
    the whole, the shortest would win (Wu et al. 2016, arXiv:1609.08144). Where no draft is likely, or the source surely
    says it, the source speaks for itself."""
    best = (_likely(first), result.value, result.text)
    surely = request.quote is not None and request.quote.surely
    for draft in range(1, 1 if surely else DRAFTS):
        again = replace(request, temperature=request.temperature + 0.6, seed=request.seed + 100 + draft)
        completion = _generate(engine, again, result, None, cancel)
        if _check(request, completion, result) is None and _likely(completion) > best[0]:
            best = (_likely(completion), result.value, result.text)
    quotation = _quotation(request)
    if quotation and (surely or best[0] < LIKELY) and _check(request, Completion(quotation, "stop"), result) is None:
        best = (best[0], result.value, result.text)
    result.keep(*best[1:])


def _likely(completion: Completion) -> float:
    """Nats a character."""
    return completion.logprob / max(1, len(completion.text))


def _quotation(request: Request) -> str:
    """The request's quote in the form of its answer; empty where it has none, or more than words are asked for."""
    assert request.contract is not None
    name, *others = request.contract.schema.get("required", [""])
    return request.contract.dump({name: request.quote.words}) if request.quote and not others else ""


def _tell_apart(engine: Engine, request: Request, first: Completion, result: Attempt, cancel: Event | None) -> None:
    """While two parameters are filled with the same words: fills the one, and the other, with other words, and keeps
    what is as a whole most likely."""
    best = (first.logprob, result.value, result.text)
    for _ in range(APART):
        options = []
        for contract in request.contract.told_apart(best[1]) if request.contract else ():
            other = replace(request, contract=contract)
            completion = _generate(engine, other, result, None, cancel)
            if _check(other, completion, result) is None:
                options.append(((completion.logprob - contract.handicap, result.value, result.text), other))
        if not options:
            break
        best, request = max(options, key=lambda option: option[0][0])
    result.keep(*best[1:])


def _ask_afresh(engine: Engine, request: Request, result: Attempt, cancel: Event | None) -> None:
    """Asks for a call that was declined without what went before it; the decline stands where there is none again."""
    declined = result.text
    if _check(request, _generate(engine, request, result, None, cancel), result) is not None or result.value is None:
        result.keep(None, declined)


def _doubtful(request: Request, result: Attempt) -> bool:
    """A valid output that may still be wrong is kept, the first of its kind, in case nothing better comes."""
    if request.contract is None or request.contract.doubt(result.value) is None:
        return False
    result.second_best = result.second_best or (result.value, result.text)
    return True


def _generate(
    engine: Engine, request: Request, result: Attempt, on_text: Callable[[str], None] | None, cancel: Event | None
) -> Completion:
    began = time.perf_counter()
    completion = engine.generate(request, on_text=on_text, cancel=cancel)
    result.ms_generate += (time.perf_counter() - began) * 1000
    result.tokens = total(result.tokens, completion.tokens)
    return completion


def _check(request: Request, completion: Completion, result: Attempt) -> ContractViolation | None:
    """Reads the output under the contract; without a contract any text is its own value."""
    began = time.perf_counter()
    result.text, result.valid = completion.text, False
    try:
        contract = request.contract
        context = CheckContext(request.messages)
        if contract is None:
            result.value = completion.text
        else:
            result.value = contract.parse(completion.text, truncated=completion.finish != "stop", context=context)
    except ContractViolation as violation:
        result.failure = violation.kind
        return violation
    finally:
        result.ms_check += (time.perf_counter() - began) * 1000
    result.valid, result.failure = True, None
    return None


def _asked_again(request: Request, completion: Completion, violation: ContractViolation | None, reads: bool) -> Request:
    """The same question, a little warmer, or the same would be said again; with what is wrong, to a base that `reads`.
    A small one has never been told of a mistake: the words would only be more to quote from."""
    assert request.contract is not None
    if not reads or violation is None:
        return replace(request, temperature=request.temperature + 0.6, seed=request.seed + 1)
    messages: Sequence[Message] = (
        *request.messages,
        Message("assistant", completion.text),
        Message("user", request.contract.describe(violation)),
    )
    return replace(request, messages=messages, temperature=0.5, seed=request.seed + 1)


def total(a: Tokens, b: Tokens) -> Tokens:
    return Tokens(a.prompt + b.prompt, a.reused + b.reused, a.generated + b.generated, a.forced + b.forced)


def _name(request: Request | None) -> str | None:
    return request.skill.name if request and request.skill else None
