"""Teachers: prompts in, replies out, in the order asked. One behind an OpenAI-compatible endpoint, one in a folder.

Whatever a server does wrong is tried again with growing pauses, and then it is a reply with a fault: data, to be
counted. Only a teacher that answers nobody any more ends the asking. What the prompts say is `training.prompts`'; what
was answered before is `training.responses`'.
"""

from __future__ import annotations

import random
import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

from router.errors import (
    ContextOverflow,
    EngineAnswerBroken,
    EngineUnreachable,
    QuiverError,
    TeacherUnreachable,
    UsageError,
)
from training.budget import Budget
from training.responses import Answer, Responses, key_of

if TYPE_CHECKING:
    import httpx

    from router.engines.engine import Engine

Fault = Literal["unreachable", "broken", "empty", "refused", "too-long", "budget"]

_LOST_AFTER = 3  # prompts in a row without an answer, each tried to its limit: nobody is there any more
_RESUME = "every answer so far is kept; go on with --resume"


@dataclass(frozen=True)
class Prompt:
    """`messages`: OpenAI's. `sample` tells apart several answers asked for the same words; it is sent as the seed."""

    messages: tuple[Mapping[str, str], ...]
    temperature: float = 0.0
    max_tokens: int = 512
    sample: int = 0

    def request(self, model: str) -> dict[str, Any]:
        """The body of a chat completion: all that decides the answer."""
        return {
            "model": model,
            "messages": [dict(message) for message in self.messages],
            "temperature": self.temperature,
            "max_tokens": self.max_tokens,
            "seed": self.sample,
        }

    @property
    def most_tokens(self) -> int:
        """An upper estimate of what it costs, at three characters a token."""
        return sum(len(message["content"]) + 12 for message in self.messages) // 3 + self.max_tokens


@dataclass(frozen=True)
class Reply:
    """`answer` is None where there is a `fault`; `why` says more about it."""

    prompt: Prompt
    answer: Answer | None = None
    fault: Fault | None = None
    why: str = ""


class Teacher(Protocol):
    """Raises TeacherUnreachable, and UsageError where the request itself is refused from the first on."""

    @property
    def name(self) -> str:
        """What the data it made is said to come from."""
        ...

    def ask(self, prompts: Iterable[Prompt]) -> Iterator[Reply]:
        """One reply a prompt, in their order."""
        ...

    def close(self) -> None: ...


@dataclass(frozen=True)
class TeacherLimits:
    """`concurrency`: requests under way at once. `tries` of one prompt, pauses doubling from `first_wait_s`.
    `read_s`: the longest silence before an answer. `longest_wait_s`: the longest a server may ask to wait."""

    concurrency: int = 8
    tries: int = 5
    first_wait_s: float = 0.5
    read_s: float = 120.0
    longest_wait_s: float = 600.0


@dataclass
class _Gate:
    """A pause for every thread alike: a server that tells one of them to wait means all of them."""

    longest_s: float
    stop: threading.Event = field(default_factory=threading.Event)
    told_s: float = 0.0  # the last pause asked for, until somebody is answered
    _until: float = 0.0

    def hold(self, seconds: float) -> None:
        """Raises TeacherUnreachable when the pause asked for is longer than anybody waits for."""
        if seconds > self.longest_s:
            raise TeacherUnreachable(f"the teacher asks to be left alone for {seconds:.0f} s", hint=_RESUME)
        self.told_s = seconds
        self._until = max(self._until, time.monotonic() + seconds)
        self.wait()

    def wait(self) -> None:
        while not self.stop.is_set() and (left := self._until - time.monotonic()) > 0:
            self.stop.wait(left)


class OpenAITeacher:
    """`POST {url}/chat/completions`. The key is the environment's QUIVER_API_KEY; it is sent, never written.

    `budget` goes on from what `responses` holds. `transport` answers in place of a network (tests).
    """

    def __init__(
        self,
        url: str,
        model: str,
        responses: Responses,
        *,
        limits: TeacherLimits | None = None,
        budget: Budget | None = None,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        from router.http import HttpClient, HttpLimits

        self.limits = limits or TeacherLimits()
        self.budget = budget or Budget()
        self.budget.spent_requests += len(responses)
        self.budget.spent_tokens += responses.tokens
        self._model, self._responses = model, responses
        self._gate = _Gate(self.limits.longest_wait_s)
        patience = HttpLimits(read_s=self.limits.read_s, tries=2, wait_s=float("inf"))
        self._client = HttpClient(url, limits=patience, transport=transport, sleep=self._gate.hold)
        self._lock = threading.Lock()
        self._answered, self._lost_in_row = 0, 0

    @property
    def name(self) -> str:
        return self._model

    def ask(self, prompts: Iterable[Prompt]) -> Iterator[Reply]:
        """At most `concurrency` at once, and never far ahead of what the caller has taken."""
        self._gate.stop.clear()
        under_way: dict[str, Future[Reply]] = {}
        waiting: deque[Future[Reply]] = deque()
        pool = ThreadPoolExecutor(self.limits.concurrency, thread_name_prefix="teacher")
        try:
            for prompt in prompts:
                waiting.append(self._begun(prompt, pool, under_way))
                if len(waiting) > 4 * self.limits.concurrency:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            self._gate.stop.set()
            pool.shutdown(wait=True, cancel_futures=True)  # an answer under way is waited for: it is paid for

    def close(self) -> None:
        self._client.close()

    def _begun(self, prompt: Prompt, pool: ThreadPoolExecutor, under_way: dict[str, Future[Reply]]) -> Future[Reply]:
        request = prompt.request(self._model)
        key = key_of(request)
        if key not in under_way:
            known = self._responses.get(key)
            future = Future[Reply]() if known else pool.submit(self._reply, prompt, request, key)
            if known:
                future.set_result(Reply(prompt, known))
            under_way[key] = future
        return under_way[key]

    # --- in a thread of its own --------------------------------------------------------------------------------------

    def _reply(self, prompt: Prompt, request: Mapping[str, Any], key: str) -> Reply:
        try:
            return self._tried(prompt, request, key)
        except QuiverError:
            self._gate.stop.set()  # it ends the asking: the other threads need not try any longer
            raise

    def _tried(self, prompt: Prompt, request: Mapping[str, Any], key: str) -> Reply:
        reply = Reply(prompt, fault="unreachable")
        for attempt in range(self.limits.tries):
            self._gate.wait()
            if attempt:
                self._gate.stop.wait(self._pause(attempt))
            if self._gate.stop.is_set():
                return reply
            if not self.budget.reserve(prompt.most_tokens):
                return Reply(prompt, fault="budget", why="the budget is spent")
            reply = self._attempt(prompt, request)
            self.budget.settle(prompt.most_tokens, reply.answer.tokens if reply.answer else 0)
            if reply.answer is not None:
                return Reply(prompt, self._kept(key, request, reply.answer))
            if reply.fault in ("refused", "too-long"):
                break
        return self._given_up(reply)

    def _attempt(self, prompt: Prompt, request: Mapping[str, Any]) -> Reply:
        try:
            answer = read_answer(self._client.post("/chat/completions", request), prompt)
        except ContextOverflow as error:
            return Reply(prompt, fault="too-long", why=error.message)
        except UsageError as error:
            if not self._answered:
                raise
            return Reply(prompt, fault="refused", why=error.message)
        except EngineAnswerBroken as error:
            return Reply(prompt, fault="broken", why=error.message)
        except EngineUnreachable as error:
            return Reply(prompt, fault="unreachable", why=error.message)
        return _unless_empty(prompt, answer)

    def _kept(self, key: str, request: Mapping[str, Any], answer: Answer) -> Answer:
        with self._lock:
            self._answered += 1
            self._lost_in_row, self._gate.told_s = 0, 0.0
        return self._responses.add(key, request, answer)

    def _given_up(self, reply: Reply) -> Reply:
        """The reply with its fault, unless it is one of several in a row: then there is no teacher any more."""
        with self._lock:
            self._lost_in_row += reply.fault != "too-long"
            lost = self._lost_in_row
        if lost >= _LOST_AFTER:
            raise TeacherUnreachable(f"{lost} requests in a row came to nothing: {reply.why}", hint=_RESUME)
        return reply

    def _pause(self, attempt: int) -> float:
        """Doubling, up to half a minute, and a little by chance, so that threads do not come back all at once; never
        less than the server asked for."""
        longest = min(30.0, self.limits.first_wait_s * 2.0 ** (attempt - 1))
        return max(self._gate.told_s, longest * random.uniform(0.5, 1.0))


class LocalTeacher:
    """A model in a folder, or any other engine of ours: one prompt after the other, no network, the same log."""

    def __init__(self, engine: Engine, responses: Responses) -> None:
        self._engine, self._responses = engine, responses

    @classmethod
    def in_folder(cls, folder: Path, responses: Responses) -> LocalTeacher:
        """Raises EngineUnreachable for what is no model."""
        from router.engines.local import LocalEngine

        return cls(LocalEngine(str(folder)), responses)

    @property
    def name(self) -> str:
        return f"{self._engine.base.name}@{self._engine.base.digest[:12]}"

    def ask(self, prompts: Iterable[Prompt]) -> Iterator[Reply]:
        for prompt in prompts:
            request = prompt.request(self.name)
            key = key_of(request)
            answer = self._responses.get(key)
            if answer is None:
                try:
                    answer = self._responses.add(key, request, self._generated(prompt))
                except ContextOverflow as error:
                    yield Reply(prompt, fault="too-long", why=error.message)
                    continue
            yield _unless_empty(prompt, answer)

    def close(self) -> None:
        self._engine.close()

    def _generated(self, prompt: Prompt) -> Answer:
        from router.conversation import Message
        from router.engines.engine import Request

        messages = [Message(message["role"], message["content"]) for message in prompt.messages]  # type: ignore[arg-type]
        request = Request(messages, max_tokens=prompt.max_tokens, temperature=prompt.temperature, seed=prompt.sample)
        made = self._engine.generate(request)
        return Answer(made.text, made.finish == "length", made.tokens.prompt, made.tokens.generated)


def _unless_empty(prompt: Prompt, answer: Answer) -> Reply:
    """One that was cut before its first word is no fault of the line: it would be cut again."""
    if answer.text.strip() or answer.cut:
        return Reply(prompt, answer)
    return Reply(prompt, fault="empty", why="an empty answer")


def read_answer(data: Any, prompt: Prompt) -> Answer:
    """The first choice of a chat completion. Raises EngineAnswerBroken for what is none."""
    try:
        choice = data["choices"][0]
        content, finish = choice["message"]["content"], choice.get("finish_reason")
    except (KeyError, IndexError, TypeError, AttributeError) as error:
        raise _unlike("no choice with a message") from error
    if not isinstance(content, str | None):
        raise _unlike("a message whose content is no text")
    usage = data.get("usage") if isinstance(data.get("usage"), Mapping) else {}
    text = content or ""
    said = _count(usage.get("prompt_tokens")) or sum(len(message["content"]) for message in prompt.messages) // 4
    return Answer(text, finish == "length", said, _count(usage.get("completion_tokens")) or len(text) // 4)


def _count(value: Any) -> int:
    return value if isinstance(value, int) and value > 0 else 0


def _unlike(what: str) -> EngineAnswerBroken:
    return EngineAnswerBroken(f"the teacher sent {what}", hint="is this the address of an OpenAI-compatible server?")


def open_teacher(
    where: str, model: str, responses: Responses, limits: TeacherLimits | None = None, budget: Budget | None = None
) -> Teacher:
    """A folder that holds a model, or an address. Raises UsageError for what is neither."""
    if Path(where, "config.json").is_file():
        return LocalTeacher.in_folder(Path(where), responses)
    if not model:
        raise UsageError("the teacher's model is not named", hint="name one that it lists: --model NAME")
    return OpenAITeacher(where, model, responses, limits=limits, budget=budget)
