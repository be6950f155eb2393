"""Runs inside the environment of the cross-check: asks bfcl-eval's own AST checker. Knows nothing of Quiver.

One JSON object a line on stdin: {"functions", "calls", "accepted", "category"}; one verdict a line on stdout: true,
false, or a string when upstream's checker itself fails. Upstream decides by a table of some hundred model classes
whether dots in names were rewritten; that table imports every vendor's client, so one that answers "no" stands in.
"""

from __future__ import annotations

import json
import sys
from types import ModuleType, SimpleNamespace


class _NoRewriting(dict):  # type: ignore[type-arg]
    def __missing__(self, name: str) -> SimpleNamespace:
        return SimpleNamespace(underscore_to_dot=False)


def main() -> None:
    table = ModuleType("bfcl_eval.constants.model_config")
    table.MODEL_CONFIG_MAPPING = _NoRewriting()  # type: ignore[attr-defined]
    sys.modules[table.__name__] = table
    from bfcl_eval.constants.enums import Language  # type: ignore[import-not-found]
    from bfcl_eval.eval_checker.ast_eval.ast_checker import ast_checker  # type: ignore[import-not-found]

    for line in sys.stdin:
        row = json.loads(line)
        try:
            said = ast_checker(
                row["functions"], row["calls"], row["accepted"], Language.PYTHON, row["category"], "any-model"
            )
            print(json.dumps(bool(said["valid"])))
        except Exception as error:  # upstream's, whatever it is, is a finding
            print(json.dumps(f"{type(error).__name__}: {error}"))


if __name__ == "__main__":
    main()
