"""`quiver doctor`: is everything here that a run needs?"""

from __future__ import annotations

from pathlib import Path

import click

from router.cli.output import print_json, print_verdict

COLOURS = {"ok": "green", "warn": "yellow", "fail": "red"}


@click.command()
@click.option(
    "--workdir", type=click.Path(path_type=Path), default=".", show_default=True, help="Where tools would work."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def doctor(workdir: Path, as_json: bool) -> int:
    """Check the installation, the base, the skills and the folders; say how to mend what is broken."""
    from dataclasses import asdict

    from router.doctor import examine

    findings = []
    for finding in examine(workdir):
        findings.append(finding)
        if not as_json:
            print_verdict(finding.level, COLOURS[finding.level], finding.check, finding.message, finding.fix)
    failed = any(finding.level == "fail" for finding in findings)
    if as_json:
        print_json({"ok": not failed, "findings": [asdict(finding) for finding in findings]})
    return 1 if failed else 0
