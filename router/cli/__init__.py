"""quiver's verbs: parse, call, print. Nothing here decides; importing it loads no model library."""

from __future__ import annotations

import os


def main() -> None:
    """The console script. Leaves by SystemExit with the documented exit code.

    Threads of torch that wait must sleep, not spin: measured on two cores with other work on them, an embedding took
    0.1 s instead of 2 s, and 7 instead of 150 ms of processor time. The setting is read when torch is loaded.
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    from router.cli.app import quiver

    quiver.main(prog_name="quiver")
