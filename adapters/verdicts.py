"""What a check of admission comes to: a name, a verdict, why, and what to do about it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

from router.errors import AdmissionFailed

Verdict = Literal["pass", "fail", "skip"]


@dataclass(frozen=True)
class Check:
    name: str
    verdict: Verdict
    why: str
    fix: str = ""


@dataclass(frozen=True)
class Report:
    """`passed`: no check failed; a skipped one says why it was."""

    skill: str
    checks: tuple[Check, ...]

    @property
    def passed(self) -> bool:
        return all(check.verdict != "fail" for check in self.checks)

    def to_json(self) -> dict[str, Any]:
        return {"skill": self.skill, "passed": self.passed, "checks": [asdict(check) for check in self.checks]}


def required(report: Report) -> Report:
    """`report`, which must have passed. Raises AdmissionFailed with all that failed and the first thing to mend."""
    failed = [each for each in report.checks if each.verdict == "fail"]
    if failed:
        reasons = "; ".join(f"{each.name}: {each.why}" for each in failed)
        raise AdmissionFailed(f"{report.skill} may not serve. {reasons}", hint=failed[0].fix)
    return report


class Failed(Exception):
    """A check's finding: why, and the fix."""


class Skipped(Exception):
    """Why a check could not be made."""
