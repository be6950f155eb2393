"""Starts the real vLLM, from an environment of its own, over the bundled base. Installs nothing.

The environment is `.venv-vllm` (`make vllm`), or that of the Python named by QUIVER_VLLM_PYTHON.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from router.engines.vllm_server import free_port

ROOT = Path(__file__).parents[2]
BASE = ROOT / "adapters" / "base"
PLUGIN = ROOT / "router" / "vllm_plugin"
READY_S = 420.0  # a CPU compiles its kernels first


NO_VLLM = "no environment with vLLM: make vllm (if it failed, .venv-vllm/install.log), or set QUIVER_VLLM_PYTHON"


def python_with_vllm() -> Path | None:
    """The interpreter that has vLLM, or None where there is none. An installation that broke off is none."""
    named = os.environ.get("QUIVER_VLLM_PYTHON")
    if named:
        return Path(named) if Path(named).is_file() else None
    python = ROOT / ".venv-vllm" / "bin" / "python"
    return python if python.is_file() and (ROOT / ".venv-vllm" / ".ready").is_file() else None


def plugin_folder(made: Path) -> Path:
    """What a PYTHONPATH must hold for vLLM to find the working tree's plugin, as if it had been installed alone."""
    from tomllib import loads

    project = loads((PLUGIN / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    (made / "quiver_vllm_plugin").symlink_to(PLUGIN, target_is_directory=True)
    info = made / f"quiver_vllm_plugin-{project['version']}.dist-info"
    info.mkdir()
    named = f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n"
    (info / "METADATA").write_text(named, encoding="utf-8")
    groups = project["entry-points"].items()
    lines = [line for group, entries in groups for line in (f"[{group}]", *(f"{k} = {v}" for k, v in entries.items()))]
    (info / "entry_points.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return made


PYTHON = python_with_vllm()
NEEDS_WEIGHTS = pytest.mark.skipif(not (BASE / "model.safetensors").is_file(), reason="the bundled base has no weights")
ON_VLLM = (pytest.mark.server, pytest.mark.skipif(PYTHON is None, reason=NO_VLLM), NEEDS_WEIGHTS)


@contextmanager
def vllm(python: Path, log: Path, context: int, *more: str, env: Mapping[str, str] | None = None) -> Iterator[str]:
    """The address of a server over the bundled base, served as `base`, in a process group that ends with the block.

    `env`: variables beside or instead of the usual ones. Raises RuntimeError with the end of its log when it does not
    become ready.
    """
    port = free_port()
    options = {
        "--model": str(BASE), "--served-model-name": "base", "--host": "127.0.0.1", "--port": str(port),
        "--dtype": "float32", "--max-model-len": str(context), "--max-num-seqs": "8", "--max-lora-rank": "32",
        "--max-loras": "4", "--max-cpu-loras": "8", "--structured-outputs-config.backend": "xgrammar",
    }  # fmt: skip
    words = [word for pair in options.items() for word in pair]
    flags = ["--enable-lora", "--enable-prefix-caching", "--enable-prompt-tokens-details", "--enforce-eager"]
    command = [str(python), "-m", "vllm.entrypoints.openai.api_server", *words, *flags, *more]
    own = {
        "VLLM_CPU_KVCACHE_SPACE": "2", "HF_HUB_OFFLINE": "1", "VLLM_ALLOW_RUNTIME_LORA_UPDATING": "1",
        "VLLM_NO_USAGE_STATS": "1", "DO_NOT_TRACK": "1", "VLLM_CONFIGURE_LOGGING": "1",
    }  # fmt: skip
    with log.open("wb") as file:
        process = subprocess.Popen(
            command, stdout=file, stderr=subprocess.STDOUT, env={**os.environ, **own, **(env or {})},
            start_new_session=True,
        )  # fmt: skip
    try:
        _wait(process, f"http://127.0.0.1:{port}/health", log)
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        _end(process)


def _wait(process: subprocess.Popen[bytes], health: str, log: Path) -> None:
    deadline = time.monotonic() + READY_S
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            if httpx.get(health, timeout=2, trust_env=False).is_success:
                return
        except httpx.HTTPError:
            time.sleep(1)
    said = log.read_text(errors="replace")[-3000:]
    raise RuntimeError(f"vLLM did not become ready:\n{said}")


def _end(process: subprocess.Popen[bytes]) -> None:
    """Its engine runs in a process of its own, so the whole group is ended."""
    for how in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, how)
            process.wait(20)
        except ProcessLookupError:
            return
        except subprocess.TimeoutExpired:
            continue
