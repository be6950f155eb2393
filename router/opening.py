"""The parts of a run, each opened as the options say: registry, encoder, router, shortlist, engine, toolbox, trace.

What they are put together to is `router.session`'s. Nothing is loaded before it is asked for.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from router.errors import EngineUnreachable, QuiverError
from router.jsonl import read_object
from router.options import LOCAL, Options, is_address
from router.reading import Reading

if TYPE_CHECKING:
    from concurrent.futures import Future

    from adapters.registry import Registry
    from router.draw import Routes, Shortlists
    from router.engines.engine import Engine
    from router.questions import Reader
    from router.routing import Router
    from router.trace import Traces
    from tools.mcp import McpServers
    from tools.tool import Tool
    from tools.toolbox import Approve, Toolbox

T = TypeVar("T")

BUNDLED = Path(__file__).parents[1] / "adapters"


class Choosing(NamedTuple):
    """What the encoder decides: the skill of a step, the tools worth showing, the clauses of a task, how an observation
    is read, what a question about records is after. `renew` takes in what was published or removed since; it returns
    the names."""

    router: Routes
    shortlist: Shortlists
    split: Callable[[str], list[str]]
    renew: Callable[[], Sequence[str]] = lambda: ()
    reading: Reading = Reading()
    questions: Reader = lambda question: None


def open_registry() -> Registry:
    from adapters.registry import Registry, home

    return Registry(BUNDLED, home() / "skills")


def open_choosing(registry: Registry) -> Choosing:
    from router.clauses import split
    from router.coordination import spread_all
    from router.encoder import Encoder
    from router.focus import Focus
    from router.operations import Operations
    from router.pointer import Pointer
    from router.question_reader import QuestionReader
    from router.routing import Router
    from router.shortlist import Shortlist
    from router.wanted import Wanted

    encoder = Encoder.load()
    router, wanted = Router(encoder), Wanted(encoder)
    for skill in registry.all():
        router.learn(skill.name, skill.description, skill.examples)
    return Choosing(
        router,
        Shortlist(encoder),
        lambda task: spread_all(split(encoder, task)),
        lambda: renewed(registry, router),
        Reading(Focus(encoder.embed), Operations(encoder), wanted.sums, wanted.lines, Pointer(encoder)),
        QuestionReader(encoder),
    )


def renewed(registry: Registry, router: Router) -> list[str]:
    """The names of skills that were published, rolled back or removed since the last time, which the router now knows,
    or no longer. Costs a look at a folder where nothing was."""
    changed = sorted(registry.refresh())
    for name in changed:
        try:
            skill = registry.get(name)
        except QuiverError:  # removed, or broken: `registry.broken` says why
            if name in router.skills:
                router.forget(name)
        else:
            router.learn(skill.name, skill.description, skill.examples)
    return changed


def open_store(place: str | None = None, log: Callable[..., None] = lambda event, **fields: None) -> Traces:
    """Where runs are recorded and read: see `router.trace_shared.open_traces`."""
    from adapters.registry import home
    from router.trace_shared import open_traces

    return open_traces(home(), place, log)


def open_servers(options: Options, held: ExitStack) -> McpServers | None:
    """The MCP servers of the file that was named, running until `held` is closed."""
    if options.mcp is None:
        return None
    from tools.mcp import McpServers
    from tools.mcp_config import read_servers

    return held.enter_context(McpServers(read_servers(options.mcp)))


def open_toolbox(options: Options, approve: Approve | None, more: Sequence[Tool] = ()) -> Toolbox:
    """The built-in tools and `more`."""
    from tools.builtin import builtin_tools
    from tools.toolbox import Toolbox

    tools = builtin_tools(options.workdir, allowed_hosts=options.allow_hosts)
    return Toolbox([*tools, *more], options.workdir, approve)


def open_engine(options: Options) -> Engine:
    """Raises UsageError, WeightsRefused or EngineUnreachable."""
    return (_open_endpoint if is_address(options.engine) else ENGINES[options.engine])(options)


def bundled_base() -> Path:
    return BUNDLED / "base"


def _open_local(options: Options) -> Engine:
    from router.engines.local import LocalEngine

    if options.base is None and not (bundled_base() / "config.json").is_file():
        raise EngineUnreachable("this build has no bundled base", hint="make one with: python -m training.pretrain")
    return LocalEngine(options.base or bundled_base())


def _open_endpoint(options: Options) -> Engine:
    from router.engines.vllm import connect
    from router.http import HttpClient

    card = bundled_base() / "card.json"
    client = HttpClient(options.engine)
    try:
        return connect(client, options.base, read_object(card, "the base's card") if card.is_file() else {})
    except BaseException:
        client.close()
        raise


ENGINES: dict[str, Callable[[Options], Engine]] = {LOCAL: _open_local}


def preload() -> None:
    """Begins the slowest import in a thread, so that it runs while the rest is read and checked."""
    threading.Thread(target=_import_torch, daemon=True).start()


def _import_torch() -> None:
    import torch  # noqa: F401


def in_background(work: Callable[[], T]) -> Future[T]:
    """Runs `work` in a daemon thread, which a Ctrl-C does not have to wait for."""
    from concurrent.futures import Future

    future: Future[T] = Future()

    def settle() -> None:
        try:
            future.set_result(work())
        except BaseException as error:  # whatever it is belongs to whoever asks for the result
            future.set_exception(error)

    threading.Thread(target=settle, daemon=True).start()
    return future
