"""Several devices: the command that starts as many processes, and accelerate's configuration for a base that fits on
one device (each process holds all of it) and for one that does not (FSDP). Starts nothing.

One skill a device comes first: skills are small, and as many runs side by side need no network between them. What
processes do together is in training.workers.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import Any


def command(processes: int, words: Sequence[str]) -> list[str]:
    """`python -m router WORDS` in several processes on this machine. accelerate calls that multi_gpu, with or without
    GPUs; the port is any free one."""
    settings = {
        "--num_processes": processes, "--num_machines": 1, "--mixed_precision": "no", "--dynamo_backend": "no",
        "--main_process_port": 0,
    }  # fmt: skip
    said = [str(word) for pair in settings.items() for word in pair]
    return [sys.executable, "-m", "accelerate.commands.launch", "--multi_gpu", *said, "-m", "router", *words]


def accelerate_config(devices: int, sharded: bool) -> Mapping[str, Any]:
    """What `accelerate launch --config_file` reads. Sharded: parameters, gradients and moments lie on all devices, a
    layer is gathered when it is needed (FSDP2), and one process reads the weights for all."""
    common = {
        "compute_environment": "LOCAL_MACHINE",
        "distributed_type": "FSDP" if sharded else "MULTI_GPU",
        "mixed_precision": "bf16",
        "num_machines": 1,
        "num_processes": devices,
        "machine_rank": 0,
        "main_training_function": "main",
        "rdzv_backend": "static",
        "same_network": True,
        "use_cpu": False,
    }
    if not sharded:
        return common
    fsdp = {
        "fsdp_version": 2,
        "fsdp_auto_wrap_policy": "TRANSFORMER_BASED_WRAP",
        "fsdp_reshard_after_forward": True,
        "fsdp_cpu_ram_efficient_loading": True,
        "fsdp_activation_checkpointing": False,
        "fsdp_offload_params": False,
        "fsdp_state_dict_type": "FULL_STATE_DICT",
    }
    return {**common, "fsdp_config": fsdp}
