"""The page of a run in a real browser, opened from disk: it draws, and the console stays silent."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from evals.breakdown import accuracy
from evals.report import page
from tests.evals.test_report import EVIL, routed, run_of

BROWSER = next(
    (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), ""
)
QUIET = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
)


@pytest.mark.skipif(not BROWSER, reason="no Chromium is installed")
@pytest.mark.parametrize("width", [1280, 390])
def test_the_page_opens_from_disk_without_a_word_on_the_console(tmp_path: Path, width: int) -> None:
    run = run_of(tmp_path / "run", map(routed, range(60)))
    path = tmp_path / "report.html"
    figures = {"accuracy": accuracy(run.records()), EVIL.replace("\ud800", ""): 1}
    path.write_bytes(page(run, figures).encode("utf-8", "backslashreplace"))
    command = [
        BROWSER, *QUIET, f"--user-data-dir={tmp_path / 'profile'}", f"--window-size={width},900",
        "--enable-logging=stderr", "--v=0", "--virtual-time-budget=2000", "--dump-dom", path.as_uri(),
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    said = [line for line in done.stderr.splitlines() if "CONSOLE" in line]
    assert said == []
    assert "What went wrong" in done.stdout
    assert done.stdout.count("<details") == 15
