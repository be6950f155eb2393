"""`quiver serve`: an engine, the skills admitted to it, and the gateway before them, until somebody stops it.

The engine is the local one in this process, a vLLM started here and watched, or an endpoint that runs already. What a
request goes through is `router.gateway`'s business.
"""

from __future__ import annotations

import contextlib
import ipaddress
import logging
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from router.errors import UsageError
from router.opening import bundled_base, open_engine, open_registry
from router.options import LOCAL, Options, check

if TYPE_CHECKING:
    from adapters.skill import Skill
    from router.draw import Routes, Shortlists
    from router.encoder import Encoder
    from router.engines.engine import Engine
    from router.engines.vllm_server import Keeper
    from router.gateway.app import Gateway
    from router.gateway.lane import Lane
    from router.gateway.measures import Measures
    from router.gateway.offering import Admits, Offering
    from router.gateway.traced import Answers
    from router.reading import Reading

KEYS_VARIABLE = "QUIVER_SERVE_KEYS"
OWN_BASE = (
    *("--dtype", "float32", "--enforce-eager"),  # so small that exactness costs nothing and compiling never pays
    # vLLM's CPU build (0.32) dies of a seeded request whose prompt it reads in parts, and what is asked again is seeded
    *("--no-enable-chunked-prefill", "--max-num-batched-tokens", "4096"),
)
KEEP_ALIVE_S = 75  # longer than clients keep a connection, or they send into one that is just being closed
FINISH_S = 20  # seconds that answers under way get when the server is to stop


@dataclass(frozen=True)
class Serving:
    """What a user may choose. `url`: attach to this endpoint; `vllm`: start one from this environment; neither: the
    local engine. `running` None: one at a time locally, 32 elsewhere. `unguarded`: serve others without keys. `traces`:
    where every request is recorded, empty for where `quiver trace` looks; None for nowhere."""

    host: str = "127.0.0.1"
    port: int = 8000
    url: str | None = None
    vllm: Path | None = None
    base: str | None = None
    running: int | None = None
    waiting: int = 128
    body_bytes: int = 4 * 1024 * 1024
    request_s: float = 300.0
    unguarded: bool = False
    traces: str | None = field(default=None, repr=False)
    vllm_options: tuple[str, ...] = ()
    keys: tuple[str, ...] = field(default=(), repr=False)


def keys_of_environment() -> tuple[str, ...]:
    """QUIVER_SERVE_KEYS: keys separated by commas or spaces. Raises UsageError for one no header can carry."""
    keys = tuple(os.environ.get(KEYS_VARIABLE, "").replace(",", " ").split())
    if any(not key.isascii() or not key.isprintable() for key in keys):
        raise UsageError(f"a key in {KEYS_VARIABLE} holds characters no header can carry", hint="set it again")
    return keys


def check_serving(serving: Serving) -> None:
    """What can be wrong with the words, before anything is started. Raises UsageError."""
    if serving.url and serving.vllm:
        raise UsageError("--url and --vllm contradict each other", hint="attach to a server or start one")
    if serving.vllm_options and not serving.vllm:
        raise UsageError("options for vLLM are given, and none is started", hint="quiver serve --vllm FOLDER -- …")
    if _api_processes(serving.vllm_options) > 1:
        message = "vLLM's API processes number adapters each for itself, and would answer with one another's skills"
        raise UsageError(message, hint="one process a server; more servers: quiver serve --render llm-d")
    if not (is_loopback(serving.host) or serving.keys or serving.unguarded):
        message = f"anybody who reaches {serving.host} could use this server"
        raise UsageError(message, hint=f"set keys: export {KEYS_VARIABLE}=…, or say --unguarded")


def _api_processes(options: Sequence[str]) -> int:
    """As `--api-server-count N` or `--api-server-count=N` has it."""
    words = [word for option in options for word in option.replace("_", "-").split("=", 1)]
    said = [words[at + 1] for at, word in enumerate(words[:-1]) if word == "--api-server-count"]
    return int(said[-1]) if said and said[-1].isdigit() else 1


def is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


# --- what is served --------------------------------------------------------------------------------------------------


def open_gateway(serving: Serving, held: ExitStack, tell: Callable[[str], None] = lambda text: None) -> Gateway:
    """Engine, skills and gateway, ready to answer; `held` closes what was opened. Raises UsageError, WeightsRefused,
    EngineUnreachable, and nothing for a skill that may not serve: it is refused, and the gateway says why."""
    from router.gateway.app import Gateway, Settings
    from router.gateway.lane import Lane
    from router.gateway.measures import Measures
    from router.gateway.offering import Offering

    check_serving(serving)
    options, registry = Options(engine=serving.url or LOCAL, base=serving.base), open_registry()
    check(options, registry)
    measures, state = Measures(), _Watched()
    answering = _answering(serving, measures, held)
    engine = _started(serving, options, state, held, tell) if serving.vllm else open_engine(options)
    held.callback(engine.close)
    if options.engine != LOCAL or serving.vllm:
        _read_on_one_core(held)
    tell("admitting skills")
    choose, reading = choosing()
    offering = Offering(registry, engine, choose, admission_for(engine, options), measures.loaded, reading)
    state.on_up = lambda: _taken_again(offering, state, measures.restarts.add)
    running = serving.running or (1 if options.engine == LOCAL and not serving.vllm else 32)
    lane = Lane(offering, running, serving.waiting)
    measures.watch(lane)
    settings = Settings(keys=serving.keys, body_bytes=serving.body_bytes, request_s=serving.request_s)
    return Gateway(offering, lane, measures, settings, state.state, answering)


def _read_on_one_core(held: ExitStack) -> None:
    """The encoder's products of a few words gain nothing from a second thread, and wait for it wherever others hold its
    core: 6 ms on one, 100 to 300 on two beside one busy process on a machine of two cores."""
    import torch

    held.callback(torch.set_num_threads, torch.get_num_threads())
    torch.set_num_threads(1)


def choosing() -> tuple[Callable[[Sequence[Skill]], tuple[Routes, Shortlists]], Reading]:
    """What makes a router of any skills, and what points to the words that fill a call; the encoder and the shortlist
    are loaded once. All are for many threads."""
    from router.encoder import Encoder
    from router.gateway.turns import Remembering, RoutesInTurn, ShortlistInTurn
    from router.pointer import Pointer
    from router.reading import Reading
    from router.routing import Router
    from router.shortlist import Shortlist

    encoder, turn = Encoder.load(), threading.Lock()
    shortlist = ShortlistInTurn(Shortlist(encoder), turn)

    def choose(skills: Sequence[Skill]) -> tuple[RoutesInTurn, ShortlistInTurn]:
        router = Router(cast("Encoder", Remembering(encoder)))
        for skill in skills:
            router.learn(skill.name, skill.description, skill.examples)
        return RoutesInTurn(router, turn), shortlist

    return choose, Reading(pointer=Pointer(encoder))


def admission_for(engine: Engine, options: Options) -> Admits:
    from router.engines.chat import ChatEngine
    from router.engines.vllm import VllmEngine
    from router.gateway.admission import InProcess, OnEndpoint, OnVllm

    bundled = bundled_base()
    if isinstance(engine, VllmEngine):
        from adapters.registry import home

        return OnVllm(engine, bundled if engine.served.native else None, home() / "served")
    if isinstance(engine, ChatEngine):
        return OnEndpoint(engine)
    named = Path(options.base) if options.base else bundled
    return InProcess(engine, named if named.is_dir() else None)


# --- a vLLM of our own -----------------------------------------------------------------------------------------------


@dataclass
class _Watched:
    """The keeper of a server of ours, if there is one, and what is done when it is up again."""

    keeper: Keeper | None = None
    options: Options = field(default_factory=Options)
    on_up: Callable[[], None] = lambda: None

    def state(self) -> Any:
        return self.keeper.state if self.keeper else "ok"


def _started(
    serving: Serving, options: Options, state: _Watched, held: ExitStack, tell: Callable[[str], None]
) -> Engine:
    """Starts vLLM over the base and connects to it."""
    from adapters.registry import home
    from router.engines.vllm_server import Keeper, Server, launch, python_of
    from router.gateway.edge import log

    assert serving.vllm is not None
    python = python_of(serving.vllm)
    base = serving.base or str(bundled_base())
    file = home() / "served" / "vllm.log"
    own = serving.base is None
    more = (*(OWN_BASE if own else ()), *serving.vllm_options)
    server = Server(launch(python, base, None, file, more, serving.running or 32))
    tell(f"starting vLLM, which takes minutes; its log is {file}")
    held.callback(server.stop)
    server.start()
    state.options = Options(engine=server.launch.url, base="base" if own else None)
    engine = open_engine(state.options)
    state.keeper = Keeper(server, lambda: state.on_up(), log)
    held.callback(state.keeper.end)
    state.keeper.begin()
    return engine


def _taken_again(offering: Offering, state: _Watched, count: Callable[[], None]) -> None:
    """The server started anew: nothing is loaded there, and every canary has to sing again."""
    engine = open_engine(state.options)
    offering.admission = admission_for(engine, state.options)
    offering.replace_engine(engine)
    count()


def _answering(serving: Serving, measures: Measures, held: ExitStack) -> Answers:
    """With every request recorded, if that is wanted. Raises UsageError for a database that refuses us."""
    from router.gateway.step import answer

    if serving.traces is None:
        return answer
    from router.gateway.edge import log
    from router.gateway.traced import traced
    from router.opening import open_store
    from router.trace import TraceStore
    from router.trace_shared import SharedTraces

    store = open_store(serving.traces, log)
    held.callback(store.close)
    if isinstance(store, SharedTraces):
        store.open()
        measures.watch_traces(lambda: store.waiting)
    if isinstance(store, TraceStore):
        store.settle_later()
    return traced(store)


# --- the server ------------------------------------------------------------------------------------------------------


def serve(serving: Serving, tell: Callable[[str], None], on_ready: Callable[[str, list[str]], None]) -> None:
    """Serves until SIGINT or SIGTERM; requests under way are finished, for a while. `on_ready` gets the address and the
    models once requests are taken."""
    with _listening(serving) as listening, ExitStack() as held:
        try:
            import uvicorn

            from router.gateway.app import create_app
        except ModuleNotFoundError as error:
            raise UsageError(f"serving needs {error.name}", hint="pip install 'quiver-agent[serve]'") from error
        log_to_stderr()
        gateway = open_gateway(serving, held, tell)
        config = uvicorn.Config(
            create_app(gateway),
            loop="asyncio",  # under uvloop a client that leaves a stream is not noticed, and its engine goes on
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=2 * FINISH_S,
            timeout_keep_alive=KEEP_ALIVE_S,
        )
        server = uvicorn.Server(config)
        host, port = listening.getsockname()[:2]
        shown = f"[{host}]" if ":" in host else host
        gateway.on_open.append(listening.listen)
        gateway.on_open.append(lambda: on_ready(f"http://{shown}:{port}/v1", gateway.offering.current.models))
        with _stopping(server, gateway.lane):
            server.run(sockets=[listening])


@contextlib.contextmanager
def _listening(serving: Serving) -> Iterator[socket.socket]:
    """The port is taken before anything slow is begun. Raises UsageError when it cannot be had."""
    family = socket.AF_INET6 if ":" in serving.host else socket.AF_INET
    # the protocol is named, or asyncio leaves Nagle's algorithm on, and answers wait 40 ms for an acknowledgement
    with socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((serving.host, serving.port))
        except OSError as error:
            where = f"{serving.host}:{serving.port}"
            raise UsageError(
                f"{where} cannot be listened on: {error.strerror}", hint="choose another: --port"
            ) from error
        yield listening


@contextlib.contextmanager
def _stopping(server: Any, lane: Lane) -> Iterator[None]:
    """A signal is a request to stop, and no death: what was started here has to be stopped too. Answers that are not
    done after a while are ended with a word of their own; a second signal ends them now."""
    timers: list[threading.Timer] = []

    def leave(number: int, frame: Any) -> None:
        timers.append(threading.Timer(FINISH_S if not timers else 0, lane.stop))
        timers[-1].daemon = True
        timers[-1].start()
        server.should_exit = True

    @contextlib.contextmanager
    def capture() -> Iterator[None]:
        before = {each: signal.signal(each, leave) for each in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for each, handler in before.items():
                signal.signal(each, handler)
            for timer in timers:
                timer.cancel()

    server.capture_signals = capture
    yield


def log_to_stderr() -> None:
    """One JSON object a line; the web server's own words only where something is wrong."""
    from router.gateway.edge import LOGGER

    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(message)s"))
    LOGGER.handlers = [handler]
    LOGGER.setLevel(logging.INFO)
    LOGGER.propagate = False
    logging.getLogger("uvicorn").setLevel(logging.WARNING)
