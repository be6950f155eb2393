"""The parts of a run, put together in one place: registry, encoder, router, shortlist, engine, toolbox, trace.

It decides nothing about a task (`router.agent` does) and prints nothing. The order is chosen for the time to the first
token: what is wrong with the words is said before anything is loaded, and the engine loads in a thread of its own.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from router.errors import EngineUnreachable, Interrupted, QuiverError, UsageError
from router.jsonl import read_object
from router.reading import Reading
from router.record import RunRecord, StepRecord

if TYPE_CHECKING:
    from concurrent.futures import Future

    from adapters.registry import Registry
    from router.agent import Agent
    from router.conversation import Message
    from router.draw import Routes, Shortlists
    from router.engines.engine import Engine
    from router.questions import Reader
    from router.routing import Router
    from router.trace import Recorder, Traces
    from tools.mcp import McpServers
    from tools.tool import Tool
    from tools.toolbox import Approve, Toolbox

T = TypeVar("T")

BUNDLED = Path(__file__).parents[1] / "adapters"


@dataclass(frozen=True)
class Options:
    """What a user may choose about a run. `engine`: `local`, or the address of an OpenAI-compatible endpoint. `base`
    None: the bundled one, or the only one the endpoint serves. `schema`, `mcp`: files of JSON."""

    engine: str = "local"
    base: str | None = None
    skill: str | None = None
    no_skill: bool = False
    workdir: Path = Path()
    max_steps: int = 16
    schema: Path | None = None
    mcp: Path | None = None
    allow_hosts: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """JSON values; paths are absolute, so that they mean the same from another folder."""
        return {name: str(value.absolute()) if isinstance(value, Path) else value for name, value in vars(self).items()}

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> Options:
        known = {each.name: row[each.name] for each in fields(cls) if each.name in row}
        paths = {name: Path(known[name]) for name in ("workdir", "schema", "mcp") if known.get(name)}
        return cls(**{**known, **paths, "allow_hosts": tuple(row.get("allow_hosts", ()))})


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


@dataclass
class Session:
    """One or more tasks over one conversation. Use as a context manager: it closes the engine and stops the servers.

    `problems`: what does not work although it was asked for, and does not stop a run (an MCP server, say).
    """

    options: Options
    registry: Registry
    choosing: Choosing
    engine: Engine
    toolbox: Toolbox
    store: Traces
    schema: Mapping[str, Any] | None = None
    conversation: list[Message] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    held: ExitStack = field(default_factory=ExitStack)

    @classmethod
    def open(
        cls,
        options: Options,
        approve: Approve | None = None,
        *,
        engine: Engine | None = None,
        toolbox: Toolbox | None = None,
        store: Traces | None = None,
    ) -> Session:
        """Raises UsageError for words that do not hold, WeightsRefused and EngineUnreachable for what will not load.

        `engine`, `toolbox`, `store`: use these instead of what the options say (a replay does).
        """
        registry, schema = check(options)
        loading = in_background(lambda: engine or open_engine(options))
        with ExitStack() as held:
            servers = open_servers(options, held) if toolbox is None else None
            toolbox = toolbox or open_toolbox(options, approve, servers.tools() if servers else [])
            if store is None:
                store = open_store()
                held.callback(store.close)
            session = cls(
                options=options,
                registry=registry,
                choosing=open_choosing(registry),
                engine=loading.result(),
                toolbox=toolbox,
                store=store,
                schema=schema,
                problems=servers.problems if servers else [],
            )
            session.held = held.pop_all()
        return session

    @property
    def router(self) -> Routes:
        return self.choosing.router

    def renew(self) -> Sequence[str]:
        """Takes in what was published or removed since; the names."""
        return self.choosing.renew()

    def run(
        self,
        task: str,
        on_step: Callable[[StepRecord], None] = lambda step: None,
        on_text: Callable[[str], None] | None = None,
    ) -> RunRecord:
        """One task, recorded from its first word. What goes wrong is in the record; only our own mistakes raise.

        `on_step` gets every step as it ends, `on_text` what is generated, piece by piece. Ctrl-C ends the task, not the
        session. What a task that did not end had said is forgotten. A skill published since the last task may be drawn
        in this one.
        """
        self.renew()
        said_before = len(self.conversation)
        with self.store.start(task, self._about()) as recorder:
            agent = self._agent(recorder, on_step, on_text)
            try:
                record = agent.run(task)
            except KeyboardInterrupt:
                error = Interrupted("stopped by the user", hint=f"see what was done: quiver trace show {recorder.id}")
                recorder.finish("interrupted", None, error)
                record = RunRecord("interrupted", None, agent.steps, recorder.id, error.to_json()["error"])
        if record.error is not None:
            del self.conversation[said_before:]
        return record

    def _agent(
        self, recorder: Recorder, on_step: Callable[[StepRecord], None], on_text: Callable[[str], None] | None
    ) -> Agent:
        from router.agent import Agent
        from router.drawing import Drawing
        from router.limits import Limits
        from router.questions import Evident, informed
        from router.recording import RecordingEngine, RecordingToolbox
        from router.switching import staying

        engine = RecordingEngine(self.engine, recorder.generation)
        skills = {skill.name: skill for skill in self.registry.all()}
        candidates = informed(self.toolbox.candidates, self.choosing.questions)
        drawing = Drawing(
            engine=engine,
            router=staying(self.choosing.router, self.engine, lambda: self.conversation, lambda: skills),
            shortlist=Evident(self.choosing.shortlist, candidates),
            skills=skills,
            tools=self.toolbox.specs(),
            schema=self.schema,
            forced=self.options.skill,
            use_skills=not self.options.no_skill,
            candidates=candidates,
            reading=self.choosing.reading,
        )
        return Agent(
            engine=engine,
            drawing=drawing,
            toolbox=RecordingToolbox(self.toolbox, recorder.observation),
            split=self.choosing.split,
            recorder=recorder,
            limits=Limits(steps=self.options.max_steps),
            on_step=on_step,
            on_text=on_text,
            conversation=self.conversation,
        )

    def _about(self) -> dict[str, Any]:
        """What a trace keeps of the session, enough to run the task again: what was asked for, and what that gave."""
        return {
            "asked": self.options.to_json(),
            "base": asdict(self.engine.base),
            "counts_switches": getattr(self.engine, "readers", None) is not None,
            "schema": self.schema,
            "tools": [asdict(spec) for spec in self.toolbox.specs()],
        }

    def forget(self) -> None:
        """Begins a new conversation."""
        self.conversation.clear()

    def close(self) -> None:
        self.held.close()
        self.engine.close()

    def __enter__(self) -> Session:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()


def check(options: Options) -> tuple[Registry, Mapping[str, Any] | None]:
    """Everything that can be wrong with the words themselves, before a model is touched. Raises UsageError."""
    if options.skill and options.no_skill:
        raise UsageError("--skill and --no-skill contradict each other", hint="give one of them")
    if options.engine not in ENGINES and not is_address(options.engine):
        hint = f"choose {', '.join(ENGINES)}, or the address of an endpoint: --engine http://host:port/v1"
        raise UsageError(f"there is no engine {options.engine!r}", hint=hint)
    if is_address(options.engine):
        from router.http import checked_url

        checked_url(options.engine)
    if not options.workdir.is_dir():
        raise UsageError(
            f"the work folder {options.workdir} is not a folder", hint="create it, or name another: --workdir"
        )
    registry = open_registry()
    if options.skill:
        registry.get(options.skill)
    return registry, read_schema(options.schema) if options.schema else None


def read_schema(path: Path) -> Mapping[str, Any]:
    """A JSON Schema from a file. Raises UsageError when it is none, SchemaRefused when the grammar cannot hold it."""
    schema = read_object(path, "the schema")
    from router.contract import Contract

    Contract.for_schema(schema)
    return schema


def open_registry() -> Registry:
    from adapters.registry import Registry, home

    return Registry(BUNDLED, home() / "skills")


def open_choosing(registry: Registry) -> Choosing:
    from router.clauses import split
    from router.encoder import Encoder
    from router.focus import Focus
    from router.operations import Operations
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
        lambda task: split(encoder, task),
        lambda: renewed(registry, router),
        Reading(Focus(encoder.embed), Operations(encoder), wanted.sums, wanted.lines),
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


def is_address(engine: str) -> bool:
    return engine.startswith(("http://", "https://"))


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


ENGINES: dict[str, Callable[[Options], Engine]] = {"local": _open_local}


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
