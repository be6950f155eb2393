"""A run outlives a kill at any byte, counts nothing twice, and is never mixed with another configuration."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from evals.run_options import RunOptions as Asked
from evals.run_options import digests, resolve, source_digest
from evals.runs import RECORDS, Record, open_run, processes, read_run, run_cases, threads
from router.errors import UsageError

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Case:
    id: str


CASES = [Case(f"case-{number}") for number in range(5)]
CONFIG = {"options": {"offered": 5, "sets": ["a", "b"]}, "base": {"digest": "f" * 64}}


def measured(case: Case) -> Record:
    return Record(case.id, {"set": "ä"}, case.id != "case-1", {"f1": 0.5}, f"asked {case.id}", 'said "x"\n€', [1, {}])


def counted(asked: list[str]) -> Any:
    def do(case: Case) -> Record:
        asked.append(case.id)
        return measured(case)

    return do


def test_a_run_is_a_folder_that_can_be_read_back(tmp_path: Path) -> None:
    with open_run("calls", CONFIG, tmp_path / "run") as run:
        made = run_cases(run, CASES, measured)
        run.finish({"right": 4})
    assert made == [measured(case) for case in CASES]
    assert read_run(tmp_path / "run").records() == made
    assert json.loads((tmp_path / "run/config.json").read_bytes())["config"] == CONFIG
    assert json.loads((tmp_path / "run/summary.json").read_bytes())["figures"] == {"right": 4}
    assert (tmp_path / "run/report.html").read_text().startswith("<!doctype html>")


def test_a_kill_at_every_byte_of_the_last_record_loses_nothing(tmp_path: Path) -> None:
    with open_run("calls", CONFIG, tmp_path) as run:
        run_cases(run, CASES, measured)
    path = tmp_path / RECORDS
    whole = path.read_bytes()
    begin = whole[:-1].rfind(b"\n") + 1
    assert begin > 0
    for end in range(begin, len(whole) + 1):
        path.write_bytes(whole[:end])
        asked: list[str] = []
        with open_run("calls", CONFIG, tmp_path) as run:
            assert run.resumed == (5 if end >= len(whole) - 1 else 4)
            made = run_cases(run, CASES, counted(asked))
        assert [record.case for record in made] == [case.id for case in CASES]
        assert asked == ([] if end >= len(whole) - 1 else ["case-4"])
        assert path.read_bytes() == whole, f"cut at byte {end - begin} of the last record"


def test_a_process_killed_in_the_middle_goes_on_where_it_was(tmp_path: Path) -> None:
    """SIGKILL while the fourth case is being worked on, and again while the line of one is half written."""
    script = f"""
import os, sys, time
from pathlib import Path
from evals.runs import open_run, run_cases
from tests.evals.test_runs import CASES, CONFIG, measured

def do(case):
    if case.id == "case-3":
        print("working", flush=True)
        time.sleep(60)
    return measured(case)

run_cases(open_run("calls", CONFIG, Path({str(tmp_path)!r})), CASES, do)
"""
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, env=env)
    assert process.stdout is not None
    assert process.stdout.readline() == b"working\n"
    with pytest.raises(UsageError, match="another process is writing"):
        open_run("calls", CONFIG, tmp_path)
    process.send_signal(signal.SIGKILL)
    process.wait(30)
    process.stdout.close()
    with (tmp_path / RECORDS).open("ab") as file:
        file.write(b'{"case": "case-3", "slice": {"se')
    asked: list[str] = []
    with open_run("calls", CONFIG, tmp_path) as run:
        assert run.resumed == 3
        run_cases(run, CASES, counted(asked))
    assert asked == ["case-3", "case-4"]
    assert [record.case for record in read_run(tmp_path).records()] == [case.id for case in CASES]


def test_a_ctrl_c_keeps_what_is_there(tmp_path: Path) -> None:
    def do(case: Case) -> Record:
        if case.id == "case-2":
            raise KeyboardInterrupt
        return measured(case)

    with open_run("calls", CONFIG, tmp_path) as run, pytest.raises(KeyboardInterrupt):
        run_cases(run, CASES, do)
    assert read_run(tmp_path).done == {"case-0", "case-1"}


def test_a_case_is_never_counted_twice(tmp_path: Path) -> None:
    with open_run("calls", CONFIG, tmp_path) as run:
        run.add(measured(CASES[0]))
        with pytest.raises(ValueError, match="recorded already"):
            run.add(measured(CASES[0]))
        with pytest.raises(ValueError, match="same id"):
            run_cases(run, [CASES[1], CASES[1]], measured)
    with (tmp_path / RECORDS).open("ab") as file:  # what two writers on a disk without locks would leave
        file.write((tmp_path / RECORDS).read_bytes())
    assert len(read_run(tmp_path).records()) == 1


def test_another_configuration_is_refused_and_the_difference_named(tmp_path: Path) -> None:
    open_run("calls", CONFIG, tmp_path).close()
    other = {**CONFIG, "options": {"offered": 8, "sets": ["a", "b"], "masked": True}}
    with pytest.raises(UsageError) as raised:
        open_run("calls", other, tmp_path)
    assert "options.offered is 5 there and 8 here" in raised.value.message
    assert "options.masked is absent there and true here" in raised.value.message
    assert "sets" not in raised.value.message
    assert "--out" in raised.value.hint
    with pytest.raises(UsageError, match="kind is calls there and json here"):
        open_run("json", CONFIG, tmp_path)


@pytest.mark.parametrize(("name", "content"), [("notes.txt", "mine"), ("config.json", "{"), ("config.json", "[]")])
def test_a_folder_of_something_else_is_left_alone(tmp_path: Path, name: str, content: str) -> None:
    (tmp_path / name).write_text(content)
    with pytest.raises(UsageError):
        open_run("calls", CONFIG, tmp_path)
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [(name, content)]


def test_a_broken_line_in_the_middle_is_told_not_dropped(tmp_path: Path) -> None:
    with open_run("calls", CONFIG, tmp_path) as run:
        run_cases(run, CASES[:2], measured)
    lines = (tmp_path / RECORDS).read_bytes().splitlines(keepends=True)
    (tmp_path / RECORDS).write_bytes(lines[0][:9] + b"\n" + lines[1])
    with pytest.raises(UsageError, match="line 1"):
        open_run("calls", CONFIG, tmp_path)
    (tmp_path / RECORDS).write_bytes(b'{"slice": {}}\n')
    with pytest.raises(UsageError, match="not the record"):
        open_run("calls", CONFIG, tmp_path)


def test_fresh_measures_again(tmp_path: Path) -> None:
    with open_run("calls", CONFIG, tmp_path) as run:
        run_cases(run, CASES, measured)
    with open_run("calls", CONFIG, tmp_path, fresh=True) as run:
        assert run.resumed == 0


def test_several_at_once_where_the_engine_can(tmp_path: Path) -> None:
    with open_run("calls", CONFIG, tmp_path / "threads") as run:
        assert run_cases(run, CASES, measured, jobs=3, workers=threads) == [measured(case) for case in CASES]
    with open_run("calls", CONFIG, tmp_path / "none") as run, pytest.raises(UsageError, match="one case at a time"):
        run_cases(run, CASES, measured, jobs=2)


def test_processes_set_up_an_engine_each(tmp_path: Path) -> None:
    with open_run("calls", CONFIG, tmp_path) as run:
        made = run_cases(run, CASES[:2], in_a_process, jobs=2, workers=processes(set_up, "ready"))
    assert {record.output for record in made} == {"ready"}
    assert str(os.getpid()) not in {record.reason for record in made}


HELD: list[str] = []


def set_up(word: str) -> None:
    HELD.append(word)


def in_a_process(case: Case) -> Record:
    return Record(case.id, output=" ".join(HELD), reason=str(os.getpid()))


def test_the_configuration_knows_files_by_content(tmp_path: Path) -> None:
    for name in ("a/x.json", "b/x.json"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text(name)
    found = digests([tmp_path / "a/x.json", tmp_path / "b/x.json"])
    assert list(found) == ["x.json", "b/x.json"]
    assert len(set(found.values())) == 2
    config = resolve({"seed": 1}, Asked(limit=3, only=("x*",), jobs=2), data=[tmp_path / "a/x.json"])
    assert config["options"] == {"seed": 1, "limit": 3, "only": ["x*"]}
    assert str(tmp_path) not in json.dumps(config)


def test_the_source_digest_follows_the_program_and_not_the_page(tmp_path: Path) -> None:
    for name in ("router/agent.py", "evals/report.py"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text("one")
    first = source_digest(tmp_path)
    (tmp_path / "evals/report.py").write_text("two")
    assert source_digest(tmp_path) == first
    (tmp_path / "router/agent.py").write_text("two")
    assert source_digest(tmp_path) != first


def test_choosing_cases() -> None:
    assert [case.id for case in Asked(only=("case-[13]",)).choose(CASES)] == ["case-1", "case-3"]
    assert [case.id for case in Asked(limit=2).choose(CASES)] == ["case-0", "case-1"]
    with pytest.raises(UsageError, match="no case is called nothing"):
        Asked(only=("nothing",)).choose(CASES)
