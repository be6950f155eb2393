"""The local engine with a clock in its grammar: what a constraint costs a token, and what it costs to begin.

The clock is the processor time of its thread: other work on the machine is not the cost of a grammar.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from evals.bench import Timed
from router.engines.local import LocalEngine

if TYPE_CHECKING:
    from router.engines.decoding import Constraint
    from router.engines.engine import Request


class TimedEngine(LocalEngine):
    """`compile_seconds`: making the last request's grammar ready. `choosing_seconds`: in it while decoding, choosing
    a token included, which takes time without a grammar as well."""

    compile_seconds = 0.0
    _choosing: Timed | None = None

    @property
    def choosing_seconds(self) -> float:
        return self._choosing.seconds if self._choosing else 0.0

    def _constraint(self, request: Request) -> Constraint:
        began = time.thread_time()
        self._choosing = Timed(super()._constraint(request), time.thread_time)
        self.compile_seconds = time.thread_time() - began
        return self._choosing
