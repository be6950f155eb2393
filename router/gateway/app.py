"""The gateway behind HTTP: requests read and limited, answered in order, sent whole or as events, counted and logged.

    POST /v1/chat/completions   GET /v1/models[/{model}]   GET /health   GET /metrics   GET /openapi.json

Keys guard what begins with /v1. Starts no server: `router.serving` does.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from router.errors import Interrupted, QuiverError
from router.gateway.answering import WAITING, Reply, broken_off, headers, models
from router.gateway.asking import Ask, read_ask, read_body
from router.gateway.document import document
from router.gateway.edge import Edge, EventStream, fault_response, log
from router.gateway.faults import Fault, fault_of
from router.gateway.lane import Job, Lane
from router.gateway.measures import Measures
from router.gateway.offering import Offering
from router.gateway.step import Outcome, Tally, answer, find
from router.gateway.traced import Answers
from router.metrics import CONTENT_TYPE

if TYPE_CHECKING:
    from starlette.types import ASGIApp

State = Literal["ok", "starting", "down"]
_LARGE = 64 * 1024  # bytes of a body that is read in a thread: others need not wait for it


@dataclass(frozen=True)
class Settings:
    """`keys`: one of them opens /v1; none leaves it open. Seconds: `body_s` for a body to arrive, `request_s` for an
    answer, `quiet_s` of silence before a stream says that it lives, `refresh_s` between looks at what was published."""

    keys: tuple[str, ...] = ()
    body_bytes: int = 4 * 1024 * 1024
    body_s: float = 30.0
    request_s: float = 300.0
    quiet_s: float = 10.0
    refresh_s: float = 0.2


@dataclass
class Gateway:
    """`state`: of the engine, as whoever watches it says. `on_open`: what is done once requests are taken."""

    offering: Offering
    lane: Lane
    measures: Measures
    settings: Settings = Settings()
    state: Callable[[], State] = lambda: "ok"
    answer: Answers = answer
    on_open: list[Callable[[], None]] = field(default_factory=list)

    # --- the endpoints -----------------------------------------------------------------------------------------------

    async def completions(self, request: Request) -> Response:
        began = time.perf_counter()
        ask = await self._ask(request)
        if ask.model not in self.offering.current.models:
            find(self.offering.current, ask.model)
        tally = Tally()
        job = self.lane.submit(lambda offer, piece, cancel: self.answer(offer, ask, piece, cancel, tally), ask.stream)
        work = _Work(self, request, ask, job, tally, began)
        if ask.stream:
            return await work.streamed()
        return await work.whole()

    async def list_models(self, request: Request) -> Response:
        return JSONResponse({"object": "list", "data": models(self.offering.current)})

    async def get_model(self, request: Request) -> Response:
        wanted = request.path_params["model"]
        offer = self.offering.current
        name = wanted if wanted in offer.models else find(offer, wanted).name
        return JSONResponse(next(row for row in models(offer) if row["id"] == name))

    async def health(self, request: Request) -> Response:
        offer, state = self.offering.current, self.state()
        body = {
            "status": state,
            "engine": type(offer.engine).__name__,
            "base": offer.engine.base.name,
            "skills": [skill.version for skill in offer.skills.values()],
            "refused": dict(offer.refused),
            "running": self.lane.running,
            "waiting": self.lane.waiting,
        }
        return JSONResponse(body, status_code=200 if state == "ok" else 503)

    async def metrics(self, request: Request) -> Response:
        return Response(self.measures.all.text(), headers={"Content-Type": CONTENT_TYPE})

    async def openapi(self, request: Request) -> Response:
        return JSONResponse(document())

    # --- reading -----------------------------------------------------------------------------------------------------

    async def _ask(self, request: Request) -> Ask:
        kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
        if kind != "application/json":
            raise Fault(415, "unsupported_media_type", f"The body is {kind or 'of no type'}, not application/json.")
        if request.headers.get("content-encoding", "identity") != "identity":
            raise Fault(415, "unsupported_media_type", "A compressed body is not read.")
        data = await self._body(request)
        if len(data) > _LARGE:
            return await asyncio.to_thread(lambda: read_ask(read_body(data)))
        return read_ask(read_body(data))

    async def _body(self, request: Request) -> bytes:
        limit, data = self.settings.body_bytes, bytearray()
        named = request.headers.get("content-length", "")
        if named.isdigit() and int(named[:18]) > limit:
            raise _too_large(limit)
        try:
            async with asyncio.timeout(self.settings.body_s):
                async for chunk in request.stream():
                    data += chunk
                    if len(data) > limit:
                        raise _too_large(limit)
        except TimeoutError:
            raise Fault(408, "timeout", "The body did not arrive in time.") from None
        return bytes(data)

    # --- living ------------------------------------------------------------------------------------------------------

    async def follow(self) -> None:
        """Takes in what is published, until cancelled."""
        while True:
            await asyncio.sleep(self.settings.refresh_s)
            try:
                if await asyncio.to_thread(self.offering.refresh):
                    log("skills", served=[s.version for s in self.offering.current.skills.values()],
                        refused=dict(self.offering.current.refused))  # fmt: skip
            except (QuiverError, OSError) as error:
                log("skills", level="error", error=str(error))

    @contextlib.asynccontextmanager
    async def lifespan(self, app: Starlette) -> AsyncIterator[None]:
        following = asyncio.create_task(self.follow())
        for act in self.on_open:
            act()
        try:
            yield
        finally:
            following.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await following
            await asyncio.to_thread(self.lane.close)


class _Work:
    """One completion on its way to one client."""

    def __init__(
        self, gateway: Gateway, request: Request, ask: Ask, job: Job[Outcome], tally: Tally, began: float
    ) -> None:
        self._gateway, self._request, self._ask, self._job, self._tally = gateway, request, ask, job, tally
        self._began, self._first_s = began, 0.0
        self._ends = began + gateway.settings.request_s
        self._watching = asyncio.create_task(self._watch())

    async def whole(self) -> Response:
        try:
            while isinstance(told := await self._next(), str | None):
                pass
            outcome = self._settled(told)
        finally:
            self._leave()
        return JSONResponse(Reply(self._ask.model).whole(outcome), headers=headers(outcome))

    async def streamed(self) -> Response:
        """Waits for the first word, so that what fails before it has a status of its own."""
        try:
            told = await self._next(self._gateway.settings.quiet_s)
            outcome = self._settled(told) if isinstance(told, Future) else None
        except BaseException:
            self._leave()
            raise
        known = headers(outcome) if outcome else {"X-Quiver-Skill": "base"} if told else {}
        return EventStream(self._events(told, outcome), known, self._leave)

    async def _events(self, told: str | Future[Outcome] | None, outcome: Outcome | None) -> AsyncIterator[bytes]:
        reply, said = Reply(self._ask.model), False
        try:
            yield reply.first()
            while outcome is None:
                if isinstance(told, Future):
                    outcome = self._settled(told)
                    break
                said = said or told is not None
                yield WAITING if told is None else reply.piece(told)
                told = await self._next(self._gateway.settings.quiet_s)
            for chunk in reply.rest(outcome, said, self._ask.include_usage):
                yield chunk
        except Exception as error:
            yield broken_off(self._gateway_fault(error))
        finally:
            self._leave()

    async def _next(self, seconds: float = 3600.0) -> str | Future[Outcome] | None:
        left = self._ends - time.perf_counter()
        told = await self._job.next(max(0.0, min(seconds, left)))
        if told is None and time.perf_counter() >= self._ends:
            raise Fault(504, "timeout", f"No answer came within {self._gateway.settings.request_s:g} seconds.")
        self._first_s = self._first_s or (self._job.first_at or time.perf_counter()) - self._began
        return told

    def _settled(self, future: Future[Outcome]) -> Outcome:
        """Raises what the work raised."""
        try:
            outcome = future.result()
        except BaseException as error:
            self._gateway.measures.violated(self._tally)
            if isinstance(error, Interrupted) and self._gateway.lane.stopping:
                raise Lane.stopped() from error
            raise
        all_s = time.perf_counter() - self._began
        self._gateway.measures.answered(outcome, self._tally, self._first_s, all_s)
        self._note(outcome)
        return outcome

    def _note(self, outcome: Outcome) -> None:
        self._request.scope["told"].update(
            model=self._ask.model,
            skill=outcome.skill.version if outcome.skill else None,
            confidence=outcome.confidence and round(outcome.confidence, 4),
            finish=outcome.finish,
            repairs=outcome.repairs,
            tokens=vars(outcome.tokens),
            first_ms=round(1000 * self._first_s, 1),
        )

    def _gateway_fault(self, error: Exception) -> Fault:
        fault = fault_of(error)
        self._gateway.measures.failed(fault)
        self._request.scope["told"].update(code=fault.code, failed=f"{type(error).__name__}: {error}"[:500])
        return fault

    async def _watch(self) -> None:
        """A client that leaves takes its request with it."""
        while (await self._request.receive())["type"] != "http.disconnect":
            pass
        self._job.cancel.set()

    def _leave(self) -> None:
        self._watching.cancel()
        self._job.cancel.set()


def create_app(gateway: Gateway) -> ASGIApp:
    document()  # read before anybody waits for it
    routes = [
        Route("/v1/chat/completions", gateway.completions, methods=["POST"]),
        Route("/v1/models", gateway.list_models, methods=["GET"]),
        Route("/v1/models/{model}", gateway.get_model, methods=["GET"]),
        Route("/health", gateway.health, methods=["GET"]),
        Route("/metrics", gateway.metrics, methods=["GET"]),
        Route("/openapi.json", gateway.openapi, methods=["GET"]),
    ]

    async def refused(request: Request, error: Exception) -> Response:
        if isinstance(error, ClientDisconnect):
            error = Fault(499, "cancelled", "The client left.")
        fault = _not_routed(error) if isinstance(error, HTTPException) else fault_of(error)
        gateway.measures.failed(fault)
        request.scope["told"].update(code=fault.code)
        if fault.status >= 500:
            request.scope["told"].update(failed=f"{type(error).__name__}: {error}"[:500])
        return fault_response(fault)

    handled: tuple[type[Exception], ...] = (Fault, QuiverError, HTTPException, ClientDisconnect)
    handlers: dict[Any, Any] = dict.fromkeys((*handled, Exception), refused)
    app = Starlette(routes=routes, exception_handlers=handlers, lifespan=gateway.lifespan)
    return Edge(app, gateway.settings.keys, gateway.measures.failed)


def _not_routed(error: HTTPException) -> Fault:
    if error.status_code == 405:
        allow = (error.headers or {}).get("Allow", "")
        return Fault(405, "method_not_allowed", f"Only {allow} is answered here.", allow=allow)
    if error.status_code == 404:
        return Fault(404, "not_found", "There is nothing here.", hint="GET /openapi.json says what there is.")
    return Fault(error.status_code, "invalid_request", str(error.detail))


def _too_large(limit: int) -> Fault:
    return Fault(413, "body_too_large", f"The body is larger than {limit} bytes.")
