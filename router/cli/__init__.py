"""quiver's verbs: parse, call, print. Nothing here decides; importing it loads no model library."""

from __future__ import annotations


def main() -> None:
    """The console script. Leaves by SystemExit with the documented exit code."""
    from router.cli.app import quiver

    quiver.main(prog_name="quiver")
