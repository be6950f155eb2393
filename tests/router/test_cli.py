"""The command line's contract: what goes to stdout, one JSON object whatever happens, the documented exit codes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from router.cli.app import quiver
from router.engines.engine import Completion, Request
from router.engines.scripted import Line, ScriptedEngine
from router.errors import EngineUnreachable
from tests.router.scripted_session import call, play, said

ROOT = Path(__file__).parents[2]
SUM = [call("calculate", expression="2 + 2"), said("It is 4.")]


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUIVER_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("QUIVER_DEBUG", raising=False)
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")


@pytest.fixture
def scripted(monkeypatch: pytest.MonkeyPatch) -> Any:
    return lambda script: play(monkeypatch, script)


def invoke(*words: str, input: str | None = None) -> Result:
    return CliRunner().invoke(quiver, words, input=input)


def test_the_answer_is_on_stdout_and_the_steps_on_stderr(scripted: Any) -> None:
    scripted(SUM)
    result = invoke("run", "calculate 2 + 2")
    assert result.exit_code == 0
    assert result.stdout == "It is 4.\n"
    first, second = result.stderr.splitlines()
    assert first.startswith('step 1: tool-call 0.90 (then answer): calculate(expression="2 + 2") -> 4 [')
    assert "tokens reused" in first
    assert second.startswith("step 2: answer 0.90 (then tool-call): It is 4. [")


def test_json_is_the_whole_run_in_one_object(scripted: Any) -> None:
    scripted(SUM)
    result = invoke("run", "calculate 2 + 2", "--json")
    run = json.loads(result.stdout)
    assert list(run) == ["status", "answer", "steps", "trace"]
    assert (run["status"], run["answer"]) == ("ok", "It is 4.")
    assert [(step["skill"], step["tool"], step["observation"]) for step in run["steps"]] == [
        ("tool-call", "calculate", "4"),
        ("answer", None, None),
    ]
    assert invoke("trace", "show", run["trace"]).exit_code == 0


@pytest.mark.parametrize(
    ("script", "code", "type"),
    [
        (["not json"] * 20, 4, "contract-failed"),
        ([EngineUnreachable("the model is away", hint="start it")], 3, "engine-unreachable"),
        ([ValueError("a bug")], 1, "quiver-error"),
    ],
)
def test_a_run_that_ends_badly_has_its_exit_code_and_is_in_its_trace(
    scripted: Any, script: Sequence[Line], code: int, type: str
) -> None:
    scripted(script)
    result = invoke("run", "calculate 2 + 2", "--json")
    assert result.exit_code == code
    told = json.loads(result.stdout)["error"]
    assert told["type"] == type
    kept = json.loads(invoke("trace", "show", "--json").stdout)
    assert kept["status"] == "failed"
    assert kept["error"]["message"] == (told["message"] if type != "quiver-error" else "ValueError: a bug")


def test_an_interrupted_run_keeps_its_steps_and_exits_130(scripted: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(engine: ScriptedEngine, request: Request, **how: Any) -> Completion:
        if request.skill and request.skill.name == "answer":
            raise KeyboardInterrupt
        return generate(engine, request, **how)

    generate = ScriptedEngine.generate
    monkeypatch.setattr(ScriptedEngine, "generate", interrupt)
    scripted(SUM)
    result = invoke("run", "calculate 2 + 2", "--json")
    assert result.exit_code == 130
    run = json.loads(result.stdout)
    assert (run["status"], run["error"]["type"], len(run["steps"])) == ("interrupted", "interrupted", 1)
    assert json.loads(invoke("trace", "show", "--json").stdout)["status"] == "interrupted"


def test_without_json_a_failure_says_why_and_what_next_on_stderr(scripted: Any) -> None:
    scripted([EngineUnreachable("the model is away", hint="start it")])
    result = invoke("run", "calculate 2 + 2", "--quiet")
    assert result.stdout == ""
    assert result.stderr.split("\n")[:2] == ["quiver: the model is away", "        start it"]


@pytest.mark.parametrize(
    "words",
    [
        ["run"],
        ["run", ""],
        ["run", "x", "--max-steps", "0"],
        ["run", "x", "--nonsense"],
        ["run", "x", "--skill", "nope"],
        ["run", "x", "--skill", "../../etc"],
        ["run", "x", "--skill", "answer", "--no-skill"],
        ["run", "x", "--engine", "steam"],
        ["run", "x", "--workdir", "nowhere"],
        ["run", "x", "--schema", "missing.json"],
        ["run", "x", "--schema", "broken.json"],
        ["run", "x", "--schema", "list.json"],
        ["run", "x", "--schema", "impossible.json"],
        ["run", "x", "--mcp", "missing.json"],
        ["run", "x", "--mcp", "broken.json"],
        ["skill", "show", "nope"],
        ["skill", "check", "nope"],
        ["trace", "show", "nope"],
        ["trace", "replay", "99999999-999999-ffffff"],
        ["trace", "list", "--limit", "many"],
        ["nonsense"],
        ["eval", "nonsense"],
    ],
    ids=" ".join,
)
def test_wrong_words_are_exit_2_and_one_json_object(scripted: Any, words: list[str]) -> None:
    scripted(SUM)
    Path("broken.json").write_text('{"type": ')
    Path("list.json").write_text("[]")
    Path("impossible.json").write_text('{"type": "object", "if": {}, "then": {}, "uniqueItems": true, "not": {}}')
    result = invoke(*words, "--json")
    assert result.exit_code == 2, result.output
    error = json.loads(result.stdout)["error"]
    assert set(error) == {"type", "message", "hint"}
    assert error["message"]
    assert error["hint"]


def test_a_declined_task_is_answered_and_exits_1(scripted: Any) -> None:
    scripted(["<no_call>", said("I cannot do that.")])
    result = invoke("run", "sing a song")
    assert result.exit_code == 1
    assert result.stdout == "I cannot do that.\n"


def test_without_a_terminal_nothing_is_written_and_yes_allows_it(scripted: Any) -> None:
    script = [call("write_file", path="out.txt", content="hello"), said("done")]
    scripted(script)
    refused = invoke("run", 'write_file "hello" to out.txt')
    assert refused.exit_code == 1
    assert "--yes" in refused.stderr
    assert not Path("out.txt").exists()
    scripted(script)
    assert invoke("run", 'write_file "hello" to out.txt', "--yes").exit_code == 0
    assert Path("out.txt").read_text().strip() == "hello"


def test_explain_says_why(scripted: Any) -> None:
    scripted(SUM)
    told = invoke("run", "calculate 2 + 2", "--explain").stderr
    for part in (
        "first token ",
        "skills   tool-call 0.90, answer 0.10",
        "tools    calculate 0.95",
        "forced",
        "checks",
        "route",
    ):
        assert part in told


def test_the_task_may_come_from_stdin(scripted: Any) -> None:
    scripted(SUM)
    assert invoke("run", "-", "--quiet", input="calculate 2 + 2\n").stdout == "It is 4.\n"


def test_control_characters_do_not_reach_the_terminal(scripted: Any) -> None:
    scripted([call("calculate", expression="2 + 2"), said("\x1b]0;owned\x07four")])
    result = invoke("run", "calculate 2 + 2")
    assert result.stdout == "]0;ownedfour\n"
    assert "\x1b" not in result.stderr


def test_chat_remembers_and_outlives_a_task_that_fails(scripted: Any) -> None:
    scripted([*SUM, EngineUnreachable("the model is away"), call("calculate", expression="1"), said("It is 1.")])
    lines = "calculate 2 + 2\n\n/skills\n/what\ncalculate 3\ncalculate 1\n/new\n/exit\nnever read\n"
    result = invoke("chat", "--quiet", input=lines)
    assert result.exit_code == 0
    assert result.stdout == "It is 4.\nIt is 1.\n"
    assert "the model is away" in result.stderr
    assert "What tool-call is for." in result.stderr
    assert len(json.loads(invoke("trace", "list", "--json").stdout)["traces"]) == 3


def test_traces_are_listed_shown_and_exported(scripted: Any) -> None:
    assert "no runs yet" in invoke("trace", "list").stderr
    scripted(SUM)
    invoke("run", "calculate 2 + 2")
    listed = json.loads(invoke("trace", "list", "--json").stdout)["traces"][0]
    assert (listed["task"], listed["status"], listed["steps"]) == ("calculate 2 + 2", "ok", 2)
    assert listed["id"] in invoke("trace", "list").stdout
    shown = invoke("trace", "show").stdout
    assert "calculate 2 + 2" in shown
    assert "answer: It is 4." in shown
    assert "said     <tool_call>" in invoke("trace", "show", "--explain").stdout
    assert "said" not in shown
    rows = [json.loads(line) for line in invoke("trace", "export", listed["id"]).stdout.splitlines()]
    assert [row["event"] for row in rows] == [
        "start",
        "generation",
        "observation",
        "step",
        "generation",
        "step",
        "finish",
    ]
    assert invoke("trace", "show", "--html", "-o", "run.html").stdout == "run.html\n"
    assert Path("run.html").read_text() == invoke("trace", "show", "--html").stdout
    assert invoke("trace", "export", "-o", "run.html/below-a-file").exit_code == 2


def test_skills_are_listed_and_broken_ones_named(scripted: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    scripted([])
    listed = json.loads(invoke("skill", "list", "--json").stdout)
    assert [each["name"] for each in listed["skills"]] == ["answer", "tool-call"]
    assert listed["broken"]["limping"]["message"] == "its schema is missing"
    assert "limping cannot be used" in invoke("skill", "list").stderr
    assert json.loads(invoke("skill", "show", "answer", "--json").stdout)["contract"] == "schema"
    assert "What answer is for." in invoke("skill", "show", "answer").stdout


def test_an_evaluation_without_its_data_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    from types import ModuleType

    module = ModuleType("evals.agent")
    module.main = lambda words: open(f"/nowhere/{words[0]}")  # type: ignore[attr-defined]  # noqa: SIM115
    monkeypatch.setitem(sys.modules, "evals.agent", module)
    result = invoke("eval", "agent", "--tasks", "--json")
    assert result.exit_code == 2
    assert "/nowhere/--tasks" in json.loads(result.stdout)["error"]["message"]
    module.main = lambda words: len(words)  # type: ignore[attr-defined]
    assert invoke("eval", "agent", "--n", "3").exit_code == 2


def quiver_process(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
    return subprocess.run([sys.executable, "-m", "router", *words], capture_output=True, text=True, env=env, timeout=60)


def test_a_real_process_keeps_the_contract_too() -> None:
    wrong = quiver_process("run", "--json", "x", "--max-steps", "none")
    assert wrong.returncode == 2
    assert json.loads(wrong.stdout)["error"]["type"] == "usage-error"
    empty = quiver_process("trace", "list", "--json")
    assert (empty.returncode, json.loads(empty.stdout)) == (0, {"traces": []})


def test_a_real_ctrl_c_ends_the_run_and_its_trace() -> None:
    """A process of its own whose engine hangs at the second step, and a signal as a terminal sends it."""
    script = """
import signal, sys, time
import pytest
from router.cli.app import quiver
from router.engines.scripted import ScriptedEngine
from tests.router.scripted_session import call, play

def hang(engine, request, **how):
    if request.skill.name == "answer":
        print("hanging", flush=True)
        time.sleep(60)
    return generate(engine, request, **how)

signal.signal(signal.SIGINT, signal.default_int_handler)
generate, ScriptedEngine.generate = ScriptedEngine.generate, hang
play(pytest.MonkeyPatch(), [call("calculate", expression="2 + 2")])
quiver.main(["run", "calculate 2 + 2", "--quiet"])
"""
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env)
    assert process.stdout is not None
    assert process.stdout.readline() == b"hanging\n"
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=60)
    assert process.returncode == 130
    assert told.decode().startswith("quiver: stopped by the user\n")
    kept = json.loads(invoke("trace", "show", "--json").stdout)
    assert (kept["status"], len(kept["steps"])) == ("interrupted", 1)


def test_help_imports_no_model_library() -> None:
    heavy = ("torch", "transformers", "peft", "mcp", "pint", "llguidance", "numpy", "jsonschema", "yaml")
    script = (
        "import sys\nfrom router.cli import main\nsys.argv = ['quiver', '--help']\n"
        "try:\n    main()\nexcept SystemExit as end:\n    assert end.code == 0\n"
        f"print([name for name in {heavy!r} if name in sys.modules], file=sys.stderr)"
    )
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT, timeout=60)
    assert result.stderr.strip() == "[]"
    for verb in ("run", "chat", "skill", "trace", "eval", "doctor"):
        assert f"\n  {verb} " in result.stdout


def test_help_is_ready_at_once() -> None:
    """Processor time, which a busy machine does not stretch; the rest of 0.4 s is for starting the interpreter."""
    script = (
        "import sys, time\nfrom router.cli import main\nsys.argv = ['quiver', '--help']\n"
        "try:\n    main()\nfinally:\n    sys.stderr.write(str(time.process_time()))"
    )
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT, timeout=60)
    assert float(result.stderr) < 0.4


def test_a_closed_pipe_is_no_error() -> None:
    command = f"{sys.executable} -m router --help | head -1 >/dev/null; echo ${{PIPESTATUS[0]}}"
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    result = subprocess.run(["bash", "-c", command], capture_output=True, text=True, env=env, timeout=60)
    assert (result.stdout.strip(), result.stderr) == ("0", "")
