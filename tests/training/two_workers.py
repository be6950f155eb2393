"""What each process of test_workers runs: the loop on a tiny base; what it learned goes into the folder it is given."""

from __future__ import annotations

import sys
from pathlib import Path

from safetensors.torch import save_file

from tests.training.test_fit import COURSE, model_on, stream
from training import checkpoints
from training.fit import fit
from training.methods import METHODS
from training.workers import Workers


def main(base: Path, out: Path) -> None:
    workers, model = Workers.join(), model_on(base)
    progress = fit(model, METHODS["lora"], COURSE, stream(), (), say=print, workers=workers)
    learned = {name: value.contiguous() for name, value in checkpoints.learning(model).items()}
    save_file(learned, out / f"{workers.rank}.safetensors", {"tokens": str(progress.tokens)})


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
