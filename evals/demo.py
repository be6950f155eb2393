"""What `make run` shows: the agent does one real task on real files in a folder of its own. Measures nothing."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import NoReturn

FILES = {"trip.txt": "Route: Bergen to Voss\nDistance: 107 km\nGuide: Ingrid Solheim\n"}
TASK = "What is the distance in trip.txt? Convert it to miles, then save the result to miles.txt."


def main() -> NoReturn:
    from router.cli.app import quiver

    with tempfile.TemporaryDirectory(prefix="quiver-demo-") as name:
        folder = Path(name)
        for file, text in FILES.items():
            (folder / file).write_text(text, encoding="utf-8")
        print(f'quiver run --yes --workdir {folder} "{TASK}"', file=sys.stderr)
        quiver.main(["run", "--yes", "--workdir", str(folder), TASK])


if __name__ == "__main__":
    main()
