"""BFCL's retired `exec` cases: requests whose right calls are written as Python, in bfcl-eval's `unused_datasets`.

They are none of the categories BFCL reports, and so are what the filling of calls was developed on (their errors were
read). Arguments are taken as they stand, each value the only one accepted; a case whose arguments are sums is left out.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from evals.call_cases import Case, accepted, find_bfcl, message_of, tool_of
from evals.call_check import Wanted
from router import jsonl
from router.errors import UsageError

SET = "bfcl-exec"
_FILES = {"exec_simple": "simple", "exec_multiple": "multiple", "exec_parallel": "parallel",
          "exec_parallel_multiple": "parallel-multiple"}  # fmt: skip


def read_exec(folder: Path) -> list[Case]:
    """Raises UsageError where there are none, or where a file is not in BFCL's layout."""
    place = find_bfcl(folder)
    files = sorted(place.glob("unused_datasets/question/BFCL_v*_exec_*.json")) if place else []
    if not files:
        raise UsageError(
            f"there are no retired cases of BFCL in {folder}",
            hint=f"fetch them: pip install --no-deps --target {folder} bfcl-eval",
        )
    return [case for path in files for case in _cases(path)]


def _cases(path: Path) -> Iterator[Case]:
    category = _FILES.get(path.stem.split("_", 2)[2])
    if category is None:
        return
    truths = {row["id"]: row["ground_truth"] for row in jsonl.read(path.parents[1] / "possible_answer" / path.name)}
    for row in jsonl.read(path):
        try:
            wanted = [_wanted(call) for call in truths[row["id"]]]
            messages, tools = map(message_of, row["question"][0]), map(tool_of, row["function"])
            if None not in wanted:
                made = tuple(each for each in wanted if each is not None)
                yield Case(row["id"], SET, category, tuple(messages), tuple(tools), made)
        except (KeyError, IndexError, TypeError, AttributeError, SyntaxError) as error:
            message = f"{path}: the case {row.get('id')!r} is not in BFCL's layout: {error!r}"
            raise UsageError(message, hint="fetch the files again") from error


def _wanted(written: str) -> Wanted | None:
    """The call that Python text writes, with arguments by name; None where one is not a value as it stands."""
    call = ast.parse(written, mode="eval").body
    if not isinstance(call, ast.Call):
        raise TypeError(f"{written!r} is no call")
    arguments: dict[str, Any] = {}
    for each in call.keywords:
        try:
            arguments[str(each.arg)] = _as_json(ast.literal_eval(each.value))
        except ValueError:
            return None
    found: Mapping[str, list[Any]] = accepted(arguments)
    return Wanted(ast.unparse(call.func), found)


def _as_json(value: Any) -> Any:
    """Tuples as the lists that a call in JSON can hold."""
    if isinstance(value, Mapping):
        return {str(key): _as_json(each) for key, each in value.items()}
    return list(map(_as_json, value)) if isinstance(value, list | tuple) else value
