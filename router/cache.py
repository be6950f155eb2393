"""Files that only save time: digests of large files and embeddings of known texts. Any of them may be deleted.

A cache that cannot be written or read is a slower start, never an error; nothing here decides what is right.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]


def cache_folder() -> Path:
    """`$QUIVER_HOME/cache` when that variable is set, else the user's cache folder of the platform."""
    if home := os.environ.get("QUIVER_HOME"):
        return Path(home) / "cache"
    from platformdirs import user_cache_path

    return user_cache_path("quiver")


def write_atomically(path: Path, content: bytes) -> None:
    """Readers see the old file or the new one, never half of one. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}")
    try:
        temporary.write_bytes(content)
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise


def sha256_of(path: Path) -> str:
    """The file's SHA-256 in hex, remembered by path, size and time of change: hashing 90 MB costs 0.4 s."""
    status = path.stat()
    key = f"{path.resolve()}:{status.st_size}:{status.st_mtime_ns}"
    record = cache_folder() / "digests.json"
    known = _read_digests(record)
    if digest := known.get(key):
        return digest
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    with contextlib.suppress(OSError):
        write_atomically(record, json.dumps({**known, key: digest}).encode())
    return digest


def remembered(
    key: str, shape: tuple[int, ...], compute: Callable[[], Floats], *, under: str = "vectors", keep: int | None = None
) -> Floats:
    """The float32 array of `shape` stored under `key`, or computed and stored. `key` names all it depends on.

    `under`: the folder it is stored in; of those there, the `keep` last written stay, all unless given."""
    path = cache_folder() / under / f"{hashlib.sha256(key.encode()).hexdigest()}.npy"
    with contextlib.suppress(OSError, ValueError, EOFError):
        array = np.load(path, allow_pickle=False)
        if isinstance(array, np.ndarray) and array.dtype == np.float32 and array.shape == shape:
            return array
    array = compute()
    content = io.BytesIO()
    np.save(content, array, allow_pickle=False)
    with contextlib.suppress(OSError):
        write_atomically(path, content.getvalue())
        if keep is not None:
            _prune(path.parent, keep)
    return array


def _prune(folder: Path, keep: int) -> None:
    """Raises OSError, as when another process removes the same file."""
    written = sorted(folder.glob("*.npy"), key=lambda path: path.stat().st_mtime_ns)
    for path in written[:-keep]:
        path.unlink(missing_ok=True)


def _read_digests(record: Path) -> dict[str, str]:
    try:
        content: Any = json.loads(record.read_bytes())
    except (OSError, ValueError):
        return {}
    if not isinstance(content, dict):
        return {}
    return {key: value for key, value in content.items() if isinstance(value, str)}
