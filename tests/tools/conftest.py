"""What the tests of the built-in tools share: a work folder and a way to call."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from router.conversation import ToolCall
from tools.builtin import builtin_tools
from tools.observation import Observation
from tools.toolbox import Toolbox

Use = Callable[..., Observation]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty work folder, with a secret beside it that no tool may reach."""
    (tmp_path / "secret.txt").write_text("the secret")
    work = tmp_path / "work"
    work.mkdir()
    return work


@pytest.fixture
def use(folder: Path) -> Use:
    """`use("read_file", path="a.txt")`: one call of a built-in tool, everything approved."""
    box = Toolbox(builtin_tools(folder), folder, approve=lambda call, spec: True, timeout_s=20)
    return lambda name, **arguments: box.call(ToolCall(name, arguments))
