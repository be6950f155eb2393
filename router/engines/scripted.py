"""An engine that says what it is told to: for tests of the loop, and to replay a run. Computes nothing, loads nothing.

It is a whole engine: it streams, can be cancelled, counts, cuts at the limit, and records every request it was given.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from threading import Event

from router.engines.engine import BaseInfo, Completion, Request, Tokens
from router.errors import EngineUnreachable
from router.switching import Readers

Line = str | Exception | Completion
"""What happens at one request: this text is said, this exception raised, or this completion returned as it is."""

SCRIPTED_BASE = BaseInfo(name="scripted", digest="0" * 64, context=4096, tools_shown=4, reads_whole_task=True)


class ScriptedEngine:
    """An `Engine` whose outputs are `script`, one for each request, in order."""

    def __init__(
        self,
        script: Iterable[Line],
        *,
        base: BaseInfo = SCRIPTED_BASE,
        score: Callable[[Request, str], float] = lambda request, candidate: 0.0,
    ) -> None:
        """`score`: log-probability in nats of a candidate; by default all are equally likely. `readers` set: told what
        each completion cost, as by a server whose adapters keep caches of their own."""
        self.requests: list[Request] = []
        self.closed = False
        self.readers: Readers | None = None
        self._base, self._score = base, score
        self._script = iter(script)

    @property
    def base(self) -> BaseInfo:
        return self._base

    def generate(
        self, request: Request, *, on_text: Callable[[str], None] | None = None, cancel: Event | None = None
    ) -> Completion:
        """One token a character, of which `request.max_tokens` are said. Raises the script's exceptions, and
        EngineUnreachable when the script is over."""
        self.requests.append(request)
        line = next(self._script, EngineUnreachable(f"the script is over at request {len(self.requests)}"))
        if isinstance(line, Exception):
            raise line
        completion = line if isinstance(line, Completion) else _as_completion(line, request)
        if self.readers is not None:
            self.readers.note(request.messages, request.skill.version if request.skill else "", completion.tokens)
        return _said(completion, on_text, cancel)

    def score(self, request: Request, candidates: Sequence[str]) -> list[float]:
        self.requests.append(request)
        return [self._score(request, candidate) for candidate in candidates]

    def close(self) -> None:
        self.closed = True


def _as_completion(text: str, request: Request) -> Completion:
    kept = text[: request.max_tokens]
    prompt = sum(len(message.content) for message in request.messages)
    return Completion(kept, "stop" if kept == text else "length", Tokens(prompt=prompt, generated=len(kept)))


def _said(completion: Completion, on_text: Callable[[str], None] | None, cancel: Event | None) -> Completion:
    for said, character in enumerate(completion.text):
        if cancel and cancel.is_set():
            tokens = replace(completion.tokens, generated=said)
            return replace(completion, text=completion.text[:said], finish="cancelled", tokens=tokens)
        if on_text:
            on_text(character)
    return completion
