"""vLLM servers for measurements, over the bundled base: with the activated-LoRA plugin, or stock with plain copies of
the same skills. Started from one environment, so that nothing else differs; stopped with the block. Measures nothing.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from router.errors import UsageError

if TYPE_CHECKING:
    from adapters.skill import Skill
    from router.engines.vllm import VllmEngine

OPTIONS = ("--block-size", "32")  # the CPU build's 128 loses more of a conversation's end
STOCK = {"VLLM_PLUGINS": "lora_filesystem_resolver"}  # no other plugin, whatever is installed


@contextmanager
def started(environment: Path, folder: Path, *, stock: bool, more: Sequence[str] = ()) -> Iterator[VllmEngine]:
    """A client of a server of our own; logs and copies of weights lie in `folder`. Raises EngineUnreachable."""
    from router.engines.vllm import VllmEngine
    from router.engines.vllm_server import Server, launch, python_of
    from router.opening import bundled_base, open_engine
    from router.options import Options
    from router.serving import OWN_BASE

    log = folder / ("stock.log" if stock else "plugin.log")
    planned = launch(python_of(environment), str(bundled_base()), None, log, (*OWN_BASE, *OPTIONS, *more))
    extra: Mapping[str, str] = STOCK if stock else {}
    server = Server(replace(planned, environment={**planned.environment, **extra}))
    before = signal.signal(signal.SIGTERM, _leave)  # it would end us and leave the server behind
    try:
        server.start()
        engine = open_engine(Options(engine=server.launch.url, base="base"))
        assert isinstance(engine, VllmEngine)
        yield engine
        engine.close()
    finally:
        server.stop()
        signal.signal(signal.SIGTERM, before)


def _leave(number: int, frame: object) -> NoReturn:
    raise KeyboardInterrupt


def bundled_skills() -> list[Skill]:
    """Those with weights. Raises UsageError for less than two."""
    from router.opening import open_registry

    skills = [skill for skill in open_registry().all() if skill.weights is not None]
    if len(skills) < 2:
        raise UsageError("there are less than two skills with weights", hint="quiver skill list")
    return skills


def load_all(engine: VllmEngine, folder: Path, *, plain: bool) -> None:
    """The bundled skills, canaries included. Raises UsageError where the plugin is not installed and not `plain`."""
    from adapters.immutable import immutable_copy

    for skill in bundled_skills():
        engine.load(skill, immutable_copy(skill, folder / "served", plain=plain))
