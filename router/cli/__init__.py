"""quiver's verbs: parse, call, print. Nothing here decides; importing it loads no model library."""

from __future__ import annotations

import os

# Threads of torch and numpy that wait must sleep, not spin. Measured on two cores with other work on them: an embedding
# 0.1 s instead of 2 s (7 instead of 150 ms of processor time), fitting the router 0.4 instead of 1.7 s of processor
# time. The libraries read these when they are loaded; what a person has set stays.
QUIET_THREADS = {"OMP_WAIT_POLICY": "PASSIVE", "OPENBLAS_NUM_THREADS": "1"}


def main() -> None:
    """The console script. Leaves by SystemExit with the documented exit code."""
    for name, value in QUIET_THREADS.items():
        os.environ.setdefault(name, value)
    from router.cli.app import quiver

    quiver.main(prog_name="quiver")
