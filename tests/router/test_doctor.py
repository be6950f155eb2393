"""The doctor: every check can fail, says what to do, and a check that breaks does not end the examination."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner

from adapters.admission import Check, Report
from router import doctor, opening
from router.cli.app import quiver
from router.doctor import Finding, examine
from router.errors import EngineUnreachable, WeightsRefused

CHECKS = ("_python", "_packages", "_torch", "_base", "_skills", "_encoder", "_pointer", "_grammar", "_home")


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUIVER_HOME", str(tmp_path / "home"))


def healthy(monkeypatch: pytest.MonkeyPatch, *, but: str = "", raises: Exception | None = None) -> None:
    """Every check finds all well, except that one."""

    def well() -> Iterator[Finding]:
        yield Finding("a check", "ok", "well")

    def ill() -> Iterator[Finding]:
        if raises:
            raise raises
        yield Finding(but, "fail", "ill", "mend it")

    for name in CHECKS:
        monkeypatch.setattr(doctor, name, ill if name == but else well)


def test_all_well_is_exit_0(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    healthy(monkeypatch)
    result = CliRunner().invoke(quiver, ["doctor", "--workdir", str(tmp_path)])
    assert result.exit_code == 0
    assert len(result.stdout.splitlines()) == len(CHECKS) + 1


def test_one_failure_is_exit_1_and_comes_with_its_fix(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    healthy(monkeypatch, but="_base")
    result = CliRunner().invoke(quiver, ["doctor", "--workdir", str(tmp_path)])
    assert result.exit_code == 1
    assert "→ mend it" in result.stdout
    row = json.loads(CliRunner().invoke(quiver, ["doctor", "--json", "--workdir", str(tmp_path)]).stdout)
    assert not row["ok"]
    assert {"check": "_base", "level": "fail", "message": "ill", "fix": "mend it"} in row["findings"]


@pytest.mark.parametrize(
    ("error", "message", "fix"),
    [
        (WeightsRefused("another digest", hint="install it again"), "another digest", "install it again"),
        (ZeroDivisionError("surprise"), "ZeroDivisionError: surprise", "set it up again: make run"),
    ],
)
def test_a_check_that_breaks_is_a_finding(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, error: Exception, message: str, fix: str
) -> None:
    healthy(monkeypatch, but="_encoder", raises=error)
    findings = list(examine(tmp_path))
    assert Finding("encoder", "fail", message, fix) in findings
    assert len(findings) == len(CHECKS) + 1


def test_a_work_folder_that_is_missing_fails(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    healthy(monkeypatch)
    finding = list(examine(tmp_path / "missing"))[-1]
    assert (finding.check, finding.level) == ("workdir", "fail")
    assert "--workdir" in finding.fix


def test_a_home_below_a_file_fails(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("QUIVER_HOME", str(tmp_path / "file" / "home"))
    finding = next(each for each in examine(tmp_path) if each.check == "home")
    assert finding.level == "fail"


def test_little_room_is_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda folder: SimpleNamespace(free=5_000_000))
    assert [finding.level for finding in doctor._home()] == ["ok", "warn"]


def test_the_canary_tells_a_grammar_that_constrains_from_one_that_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    assert [finding.level for finding in doctor._grammar()] == ["ok"]
    for taken in (lambda tokens: len(tokens), lambda tokens: 0):  # lets everything through, and nothing
        matcher = SimpleNamespace(try_consume_tokens=taken)
        monkeypatch.setattr("llguidance.LLMatcher", lambda *_, matcher=matcher: matcher)
        assert [finding.level for finding in doctor._grammar()] == ["fail"]


def test_missing_packages_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "NEEDED", ("pytest", "a-package-nobody-made"))
    (finding,) = doctor._packages()
    assert (finding.level, finding.fix) == ("fail", "pip install a-package-nobody-made")


def test_skills_that_cannot_be_read_or_are_not_admitted_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    skills = [SimpleNamespace(name=name, folder=Path(name), version=f"{name}@0") for name in ("good", "bad")]
    broken = {"torn": EngineUnreachable("no SKILL.md", hint="write one")}
    known = SimpleNamespace(broken=lambda: broken, all=lambda: skills)

    def check_skill(folder: Path, base: Path, engine: Any) -> Report:
        verdicts = {"good": Check("rank", "pass", "fine"), "bad": Check("rank", "fail", "rank 7", "retrain")}
        return Report(folder.name, (verdicts[folder.name],))

    monkeypatch.setattr(opening, "open_registry", lambda: known)
    monkeypatch.setattr(opening, "open_engine", lambda options: None)
    monkeypatch.setattr("adapters.admission.check_skill", check_skill)
    assert list(doctor._skills()) == [
        Finding("skill torn", "fail", "no SKILL.md", "write one"),
        Finding("skill good", "ok", "good@0 is admitted"),
        Finding("skill bad", "fail", "rank: rank 7", "retrain"),
    ]
