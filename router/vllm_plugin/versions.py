"""Which vLLM is known, down to the text of the files that are changed. Imports and changes nothing.

A version number alone promises too little: a fork, a nightly build or a patched image carries the same one, and a cache
shared by mistake answers wrongly without a word.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Known:
    """`files`: what was read, by path below the package `vllm`, with the beginning of its SHA-256. `checked`: how."""

    files: Mapping[str, str]
    checked: str


KNOWN: Mapping[str, Known] = {
    "0.32.0": Known(
        {
            "lora/ops/torch_ops/lora_ops.py": "33bc2aca729ebc37",
            "lora/peft_helper.py": "328e555cab308d32",
            "lora/punica_wrapper/punica_base.py": "1fec4fd96e8c6a26",
            "lora/punica_wrapper/punica_cpu.py": "d2ca28b31743f59a",
            "v1/core/kv_cache_utils.py": "af4164bca819f1cd",
            "v1/worker/gpu/lora_utils.py": "68c797e20684c7a6",
            "v1/worker/gpu/model_runner.py": "5240fe8d62d403e4",
            "v1/worker/gpu_input_batch.py": "79f1dad9d093f404",
        },
        "run on the CPU build, which has the first model runner (tests/server/test_activated_lora.py); the second one, "
        "the default where there is Triton, and GPUs: source read, the same files in both builds, not run",
    ),
}


def objection(version: str, package: Path) -> str | None:
    """Why this vLLM, installed in the folder `package`, is not to be changed; None when it is a known one."""
    number = version.partition("+")[0]  # what follows names the build: cpu, cu130
    known = KNOWN.get(number)
    if known is None:
        return f"vLLM {version or 'of no known version'} is not one of {', '.join(KNOWN)}"
    changed = [path for path, digest in known.files.items() if _digest(package / path) != digest]
    return f"this vLLM {version} has another {', '.join(changed)}" if changed else None


def _digest(file: Path) -> str:
    """The first 16 hexadecimal digits of the file's SHA-256; empty where it cannot be read."""
    try:
        return hashlib.sha256(file.read_bytes()).hexdigest()[:16]
    except OSError:
        return ""
