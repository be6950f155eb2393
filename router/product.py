"""Matrix products of a decision, on the encoder's own threads.

NumPy's BLAS keeps a second pool of threads, which spin for a while after every product: beside the encoder's they take
the cores from each other, and a decision on a busy machine took four times as long. Nothing here is worth its own pool.
"""

from __future__ import annotations

import numpy as np
import torch

from router.encoder import Floats


def product(left: Floats, right: Floats) -> Floats:
    """[n, d] · [d, m] → [n, m]; `right` may be a transposed view."""
    with torch.inference_mode():
        made = torch.from_numpy(left) @ torch.from_numpy(right)
    return np.asarray(made.numpy(), dtype=np.float32)
