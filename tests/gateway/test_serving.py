"""`quiver serve`: what cannot be served is said before anything starts; a model server is started, watched, started
again and stopped; skills are loaded into it, and again when it has died."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from starlette.testclient import TestClient

from router import opening
from router import serving as serving_module
from router.cli.serve import serve as serve_command
from router.engines.vllm import VllmEngine
from router.engines.vllm_server import Keeper, Launch, Server, free_port, launch, python_of
from router.errors import EngineUnreachable, UsageError, WeightsRefused
from router.gateway.admission import OnVllm
from router.gateway.app import create_app
from router.reading import Reading
from router.serving import Serving, check_serving, keys_of_environment, open_gateway
from tests.adapters.conftest import write_skill as write_weighted_skill
from tests.adapters.conftest import write_weights
from tests.gateway.scripted_gateway import ByWord, EchoEngine, InOrder, write_box
from tests.gateway.test_server_faults import until

ROOT = Path(__file__).parents[2]
CHAT = "/v1/chat/completions"


def model_server(folder: Path, *more: str, ready_s: float = 120.0) -> Server:
    command = (sys.executable, "-m", "tests.gateway.model_server", *more)
    return Server(Launch(command, folder / "log" / "server.log", {"PYTHONPATH": str(ROOT)}, free_port(), ready_s))


# --- words -----------------------------------------------------------------------------------------------------------

REFUSED: dict[str, Serving] = {
    "--unguarded": Serving(host="0.0.0.0"),
    "QUIVER_SERVE_KEYS": Serving(host="::"),
    "attach to a server or start one": Serving(url="http://127.0.0.1:1/v1", vllm=Path()),
    "--vllm": Serving(vllm_options=("--gpu-memory-utilization", "0.5")),
    "--render llm-d": Serving(vllm=Path(), vllm_options=("--api-server-count", "2")),
    "one process": Serving(vllm=Path(), vllm_options=("--dtype", "float32", "--api-server-count=4")),
}


@pytest.mark.parametrize("hint", REFUSED)
def test_words_that_do_not_hold(hint: str) -> None:
    with pytest.raises(UsageError) as refused:
        check_serving(REFUSED[hint])
    assert hint in refused.value.hint


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "127.8.8.8"])
def test_this_machine_needs_no_keys(host: str) -> None:
    check_serving(Serving(host=host))


def test_others_need_keys_or_a_word() -> None:
    check_serving(Serving(vllm=Path(), vllm_options=("--api-server-count", "1")))
    check_serving(Serving(host="0.0.0.0", keys=("k",)))
    check_serving(Serving(host="0.0.0.0", unguarded=True))
    assert "secret" not in repr(Serving(keys=("secret",)))


def test_keys_are_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUIVER_SERVE_KEYS", "one, two three")
    assert keys_of_environment() == ("one", "two", "three")
    monkeypatch.setenv("QUIVER_SERVE_KEYS", "schlüssel")
    with pytest.raises(UsageError):
        keys_of_environment()


def test_what_was_said_comes_before_what_the_environment_says(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[Serving] = []
    monkeypatch.setattr(serving_module, "serve", lambda serving, tell, ready: given.append(serving))
    environment = {"QUIVER_VLLM_PYTHON": "/somewhere"}
    for words in (["--url", "http://127.0.0.1:1/v1"], [], ["--vllm", "/else", "--", "--dtype", "float32"]):
        assert CliRunner().invoke(serve_command, words, env=environment, standalone_mode=False).exit_code == 0
    assert [each.vllm for each in given] == [None, Path("/somewhere"), Path("/else")]
    assert given[-1].vllm_options == ("--dtype", "float32")


def test_an_environment_is_a_folder_or_its_python(tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python").touch()
    assert python_of(tmp_path) == python_of(tmp_path / "bin" / "python")
    with pytest.raises(UsageError):
        python_of(tmp_path / "none")


def test_vllm_is_started_with_what_skills_need(tmp_path: Path) -> None:
    made = launch(Path("python"), "BASE", 1024, tmp_path / "log", ("--dtype", "float32"), lanes=5)
    words = " ".join(made.command)
    for needed in ("--model BASE", "--served-model-name base", "--enable-lora", "--max-num-seqs 5"):
        assert needed in words
    assert made.command[-2:] == ("--dtype", "float32")
    assert made.environment["VLLM_ALLOW_RUNTIME_LORA_UPDATING"] == "1"


# --- a server of our own ---------------------------------------------------------------------------------------------


def test_a_server_that_does_not_come_up_is_told_with_its_last_words(tmp_path: Path) -> None:
    server = model_server(tmp_path, "--die-after", "0")
    with pytest.raises(EngineUnreachable, match="no memory for so many tokens"):
        server.start()
    assert not server.lives


def test_a_server_that_is_killed_is_started_again_and_stopped_in_the_end(tmp_path: Path) -> None:
    server, ups = model_server(tmp_path), []
    keeper = Keeper(server, lambda: ups.append(server.pid), pause_s=0.05)
    server.start()
    first = server.pid
    keeper.begin()
    assert first is not None
    os.killpg(first, signal.SIGKILL)
    until(lambda: keeper.state != "ok")
    until(lambda: keeper.state == "ok")
    assert (ups, keeper.restarts) == ([server.pid], 1)
    assert server.pid != first
    assert (tmp_path / "log" / "server.before.log").is_file()
    last = server.pid
    keeper.end()
    assert not alive(first)
    assert not alive(last)


def test_a_server_that_keeps_dying_is_given_up(tmp_path: Path) -> None:
    server, events = model_server(tmp_path), []
    server.start()
    first = server.pid
    assert first is not None
    keeper = Keeper(server, lambda: None, lambda event, **fields: events.append(fields["state"]), pause_s=0.001)
    server.launch = Launch((sys.executable, "-c", "raise SystemExit(3)"), server.launch.log, {}, 1, ready_s=5)  # type: ignore[misc]
    keeper.begin()
    os.killpg(first, signal.SIGKILL)
    until(lambda: keeper.state == "down")
    assert events[0] == "died"
    assert events[-1] == "down"
    assert events.count("failed") >= 3
    keeper.end()


def alive(pid: int | None) -> bool:
    try:
        os.kill(pid or 0, 0)
    except ProcessLookupError:
        return False
    return True


# --- skills in it ----------------------------------------------------------------------------------------------------


@pytest.fixture
def _words_router(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving_module, "choosing", lambda: (lambda skills: (ByWord(skills), InOrder()), Reading()))


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, _words_router: None) -> Path:
    """A home whose box holds skills without weights, and one with weights for the base that is served."""
    monkeypatch.setenv("QUIVER_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(opening, "BUNDLED", write_box(tmp_path / "box"))
    write_weighted_skill(tmp_path / "box" / "weather-note")
    write_weights(tmp_path / "box" / "weather-note" / "weights")
    return tmp_path


@pytest.mark.parametrize("plain_only", [False, True])
def test_skills_are_loaded_activated_or_else_plain_and_again_after_a_crash(
    home: Path, monkeypatch: pytest.MonkeyPatch, plain_only: bool
) -> None:
    monkeypatch.setattr("router.gateway.admission.failed_checks", lambda skill, base, engine: None)
    server = model_server(home, *(["--plain-only"] if plain_only else []))
    monkeypatch.setattr("router.engines.vllm_server.launch", lambda *given: server.launch)
    with ExitStack() as held:
        serving = Serving(vllm=Path(sys.executable))
        gateway = open_gateway(serving, held)
        admission = gateway.offering.admission
        assert isinstance(admission, OnVllm)
        version = gateway.offering.current.skills["weather-note"].version
        assert admission.forms == {version: "plain" if plain_only else "activated"}
        with TestClient(create_app(gateway)) as client:
            first = pid_that_answers(client, version)
            os.killpg(first, signal.SIGKILL)
            until(lambda: client.get("/health").status_code == 503)
            refused = client.post(CHAT, json=asked("note"))
            assert refused.json().get("error", {}).get("code") in ("engine_unreachable", "engine_answer_broken", None)
            until(lambda: client.get("/health").status_code == 200)
            second = pid_that_answers(client, version)
            assert second != first
            assert "quiver_engine_restarts_total 1" in client.get("/metrics").text
    assert not alive(second)


def asked(model: str) -> dict[str, Any]:
    return {"model": model, "messages": [{"role": "user", "content": "What is the weather?"}]}


def pid_that_answers(client: TestClient, version: str) -> int:
    """The process that answers for the base; the skill with weights is listed as well."""
    answer = client.post(CHAT, json=asked("answer"))
    assert answer.status_code == 200, answer.text
    name, pid = json.loads(answer.json()["choices"][0]["message"]["content"])["answer"].split()
    assert name == "base"
    listed = [row["version"] for row in client.get("/v1/models").json()["data"] if row["id"] == "weather-note"]
    assert listed == [version]
    return int(pid)


def test_a_silent_adapter_is_refused_and_taken_out_again(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("router.gateway.admission.failed_checks", lambda skill, base, engine: None)
    monkeypatch.setattr("router.engines.vllm.FELT", 1e9)
    server = model_server(home)
    server.start()
    try:
        with ExitStack() as held:
            gateway = open_gateway(Serving(url=server.launch.url, base="base"), held)
            assert "exactly as the base" in gateway.offering.current.refused["weather-note"]
            engine = gateway.offering.current.engine
            assert isinstance(engine, VllmEngine)
            assert engine.registered() == frozenset()
            with pytest.raises(WeightsRefused):
                gateway.offering.admission.admit(opening.open_registry().get("weather-note"))
    finally:
        server.stop()


def test_the_local_engine_serves_and_a_skill_of_another_base_is_refused(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(opening.ENGINES, "local", lambda options: EchoEngine())
    (home / "box" / "base").mkdir()
    (home / "box" / "base" / "config.json").write_text('{"model_type": "opt"}')
    (home / "box" / "base" / "model.safetensors").write_bytes(b"\2\0\0\0\0\0\0\0{}")
    with ExitStack() as held:
        gateway = open_gateway(Serving(traces=""), held)
        assert "card.json" in gateway.offering.current.refused["weather-note"]
        assert gateway.lane.limit == 1
        with TestClient(create_app(gateway)) as client:
            assert client.post(CHAT, json=asked("answer")).status_code == 200
    assert len(list((home / "home" / "traces").glob("*.jsonl"))) == 1


def test_a_database_that_refuses_us_is_told_before_anything_slow(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(opening.ENGINES, "local", lambda options: pytest.fail("the engine was opened"))
    with ExitStack() as held, pytest.raises(UsageError, match="not one of PostgreSQL"):
        open_gateway(Serving(traces="postgresql:/nowhere"), held)


# --- the whole command -----------------------------------------------------------------------------------------------

COMMAND = """
import sys
from router import opening, serving
from router.reading import Reading
from tests.gateway.scripted_gateway import ByWord, EchoEngine, InOrder, write_box
from pathlib import Path
opening.BUNDLED = write_box(Path(sys.argv.pop(1)))
opening.ENGINES["local"] = lambda options: EchoEngine()
serving.choosing = lambda: (lambda skills: (ByWord(skills), InOrder()), Reading())
from router.cli import main
main()
"""


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_the_command_says_where_it_serves_and_stops_cleanly(tmp_path: Path, how: signal.Signals) -> None:
    import httpx

    environment = {**os.environ, "QUIVER_HOME": str(tmp_path / "home"), "PYTHONPATH": str(ROOT)}
    environment.pop("QUIVER_VLLM_PYTHON", None)
    words = [sys.executable, "-c", COMMAND, str(tmp_path / "box"), "serve", "--port", "0", "--json"]
    process = subprocess.Popen(
        words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment, cwd=tmp_path
    )
    assert process.stdout is not None
    guard = threading.Timer(240, process.kill)
    guard.start()
    try:
        line = process.stdout.readline()
        ready = json.loads(line) if line else {}
        assert ready.get("models", [])[:2] == ["quiver", "echo-base"], process.communicate()
        response = httpx.post(f"{ready['url']}/chat/completions", json=asked("answer"), trust_env=False, timeout=30)
        assert response.status_code == 200
        process.send_signal(how)
        rest, errors = process.communicate(timeout=120)
    finally:
        guard.cancel()
        process.kill()
    assert process.returncode == 0, errors
    assert rest == ""
    rows = [json.loads(line) for line in errors.splitlines() if line.startswith("{")]
    assert [row["status"] for row in rows if row["event"] == "request"] == [200]
    assert "Traceback" not in errors


def test_a_port_that_is_taken_is_said(tmp_path: Path) -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(UsageError, match="cannot be listened on"):
            serving_module.serve(Serving(port=taken.getsockname()[1]), lambda text: None, lambda url, models: None)


def test_answers_do_not_wait_for_acknowledgements() -> None:
    """asyncio switches Nagle's algorithm off for sockets that say which protocol they speak."""
    import socket

    with serving_module._listening(Serving(port=0)) as listening:
        assert listening.proto == socket.IPPROTO_TCP
