"""What `make run` shows: the agent does one real task on real files in a folder of its own. Measures nothing."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import NoReturn

FILES = {
    "trip.txt": "Route: Bergen to Voss\nDistance: 107 km\nDeparture: 14 June 2031\nGuide: Ingrid Solheim\n",
    "costs.txt": "Train: 48.50\nHut: 120\nFood: 86.25\n",
}
TASK = (
    "What is the distance in trip.txt? Convert that to miles, then work out 48.50 + 120 + 86.25 "
    "and save the result to total.txt."
)


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
