"""One or more tasks over one conversation: the parts of a run, put together and recorded.

It decides nothing about a task (`router.agent` does) and prints nothing. The order is chosen for the time to the first
token: what is wrong with the words is said before anything is loaded, and the engine loads in a thread of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from types import TracebackType
from typing import TYPE_CHECKING, Any

from router import opening
from router.errors import Interrupted
from router.options import Options, check
from router.record import RunRecord, StepRecord

if TYPE_CHECKING:
    from adapters.registry import Registry
    from router.agent import Agent
    from router.conversation import Message
    from router.draw import Routes
    from router.engines.engine import Engine
    from router.opening import Choosing
    from router.trace import Recorder, Traces
    from tools.toolbox import Approve, Toolbox


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
        registry = opening.open_registry()
        schema = check(options, registry)
        loading = opening.in_background(lambda: engine or opening.open_engine(options))
        with ExitStack() as held:
            servers = opening.open_servers(options, held) if toolbox is None else None
            toolbox = toolbox or opening.open_toolbox(options, approve, servers.tools() if servers else [])
            if store is None:
                store = opening.open_store()
                held.callback(store.close)
            session = cls(
                options=options,
                registry=registry,
                choosing=opening.open_choosing(registry),
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
