"""A vLLM of our own: started from an environment that has it, watched, started again when it dies, stopped with all its
processes. Speaks to it only to ask whether it lives; `router.engines.vllm` is what talks to it.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from router.errors import EngineUnreachable, QuiverError, UsageError

State = Literal["ok", "starting", "down"]

TRIES = 5  # starts without the server having stayed up for as long as `SETTLED_S`
SETTLED_S = 60.0
_QUIET = {
    "HF_HUB_OFFLINE": "1", "VLLM_NO_USAGE_STATS": "1", "DO_NOT_TRACK": "1", "VLLM_CONFIGURE_LOGGING": "1",
    "VLLM_ALLOW_RUNTIME_LORA_UPDATING": "1", "VLLM_CPU_KVCACHE_SPACE": "2",
    "VLLM_HTTP_TIMEOUT_KEEP_ALIVE": "75",  # longer than our client keeps a connection
}  # fmt: skip


@dataclass(frozen=True)
class Launch:
    """What is started. `command` gets `--port` added; `ready_s`: a CPU compiles its kernels first."""

    command: tuple[str, ...]
    log: Path
    environment: Mapping[str, str]
    port: int
    ready_s: float = 600.0
    stop_s: float = 20.0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"


def python_of(environment: Path) -> Path:
    """The interpreter of an environment's folder, or the interpreter itself. Raises UsageError."""
    python = environment / "bin" / "python" if environment.is_dir() else environment
    if not python.is_file():
        hint = "make vllm, then: quiver serve --vllm .venv-vllm"
        raise UsageError(f"{environment} is no environment with a Python", hint=hint)
    return python


def launch(
    python: Path, base: str, context: int | None, log: Path, more: Sequence[str] = (), lanes: int = 32
) -> Launch:
    """vLLM's OpenAI server over `base`, a folder or a name, served as `base`; `more` of its own options come last.

    `lanes`: requests in one batch at most. The port is free now, and nobody else's for long enough."""
    options = {
        "--model": base, "--served-model-name": "base", "--host": "127.0.0.1", "--max-num-seqs": str(lanes),
        "--max-lora-rank": "32", "--max-loras": "8", "--max-cpu-loras": "64",
        "--structured-outputs-config.backend": os.environ.get("QUIVER_VLLM_BACKEND") or "xgrammar",
    }  # fmt: skip
    if context is not None:
        options["--max-model-len"] = str(context)
    words = [word for pair in options.items() for word in pair]
    flags = ["--enable-lora", "--enable-prefix-caching", "--enable-prompt-tokens-details"]
    command = (str(python), "-m", "vllm.entrypoints.openai.api_server", *words, *flags, *more)
    return Launch(command, log, _QUIET, free_port())


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


class Server:
    """One server process and its descendants. `start` and `stop` may alternate; its address stays the same."""

    def __init__(self, launch: Launch) -> None:
        self.launch = launch
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    @property
    def lives(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self, cancel: threading.Event | None = None) -> None:
        """Returns when it answers. Raises EngineUnreachable, with the end of its log, when it does not come up."""
        launch = self.launch
        launch.log.parent.mkdir(parents=True, exist_ok=True)
        if launch.log.exists():
            os.replace(launch.log, launch.log.with_suffix(".before.log"))
        with launch.log.open("wb") as log:
            self._process = subprocess.Popen(
                [*launch.command, "--port", str(launch.port)],
                stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
                env={**os.environ, **launch.environment}, start_new_session=True,
            )  # fmt: skip
        if not self._comes_up(cancel or threading.Event()):
            self.stop()
            said = _last_words(launch.log)
            raise EngineUnreachable(f"the model server did not come up: {said}", hint=f"read {launch.log}")

    def stop(self) -> None:
        """Asks, then insists: its workers are processes of their own, so the whole group is ended."""
        process, self._process = self._process, None
        if process is None:
            return
        for how, wait_s in ((signal.SIGTERM, self.launch.stop_s), (signal.SIGKILL, 10.0)):
            try:
                os.killpg(process.pid, how)
                process.wait(wait_s)
            except ProcessLookupError:
                break
            except subprocess.TimeoutExpired:
                continue
        process.wait()
        _end_group(process.pid)

    def _comes_up(self, cancel: threading.Event) -> bool:
        import httpx

        deadline = time.monotonic() + self.launch.ready_s
        health = f"{self.launch.url.removesuffix('/v1')}/health"
        while time.monotonic() < deadline and self.lives and not cancel.is_set():
            try:
                if httpx.get(health, timeout=2, trust_env=False).is_success:
                    return True
            except httpx.HTTPError:
                pass
            cancel.wait(0.2)
        return False


class Keeper:
    """Keeps a server running until told otherwise. `on_up` is called, in the keeper's thread, each time after the first
    that the server has come up again; `on_event` hears what happens."""

    def __init__(
        self,
        server: Server,
        on_up: Callable[[], None],
        on_event: Callable[..., None] = lambda event, **fields: None,
        *,
        pause_s: float = 1.0,
    ) -> None:
        self.state: State = "ok"
        self.restarts = 0
        self._server, self._on_up, self._on_event, self._pause_s = server, on_up, on_event, pause_s
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="quiver-keeper", daemon=True)

    def begin(self) -> None:
        """The server is running; from now on it is watched."""
        self._thread.start()

    def end(self) -> None:
        """Stops the server and the watching of it."""
        self._ending.set()
        if self._thread.is_alive() and self._thread is not threading.current_thread():
            self._thread.join()
        self._server.stop()

    def _keep(self) -> None:
        failed = 0
        while not self._ending.is_set():
            began = time.monotonic()
            while self._server.lives and not self._ending.wait(0.1):
                pass
            if self._ending.is_set():
                return
            failed = 0 if time.monotonic() - began > SETTLED_S else failed + 1
            self.state = "starting"
            self._on_event("engine", level="error", state="died", log=str(self._server.launch.log))
            while failed <= TRIES and not self._restarted(failed):
                failed += 1
            if failed > TRIES:
                self.state = "down"
                self._on_event("engine", level="error", state="down", why=f"it died {failed} times")
                return

    def _restarted(self, failed: int) -> bool:
        """One try, after a pause that doubles."""
        if self._ending.wait(self._pause_s * 2**failed if failed > 1 else 0) or self._ending.is_set():
            return True
        try:
            self._server.stop()  # what is left of its process group holds memory and the port
            self._server.start(self._ending)
            self._on_up()
        except QuiverError as error:
            self._on_event("engine", level="error", state="failed", why=error.message)
            return False
        self.restarts += 1
        self.state = "ok"
        self._on_event("engine", state="up", restarts=self.restarts)
        return True


def _end_group(group: int) -> None:
    try:
        os.killpg(group, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return


def _last_words(log: Path, characters: int = 600) -> str:
    try:
        text = log.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return "its log cannot be read"
    return " ".join(text[-characters:].split()) or "it said nothing"
