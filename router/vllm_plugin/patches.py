"""What is changed in vLLM, and why each change is needed. Imported only once the version has been found to be known.

Each function takes the class or module it changes and puts a wrapper around what was there: the original always does
its own work, and requests without an activated adapter get exactly what it gives. `apply` does all of them, once.
"""

from __future__ import annotations

import dataclasses
import logging
import sys
from collections.abc import Callable
from functools import wraps
from importlib import import_module
from typing import Any

from .invocation import NEVER, TOKENS, Invocations, begins, block_keys, invocation_of, left_to_base, without_heads

BEGINS = "_quiver_begins"  # on a request: its beginning. On a batch: that of each request in it, by request id
_DONE = "_quiver_activated_lora"
_log = logging.getLogger("vllm.quiver_activated_lora")


def apply() -> bool:
    """False when this process has it already. The refusal is lifted last, when everything it stands for is there."""
    helper = import_module("vllm.lora.peft_helper").PEFTHelper
    if hasattr(helper, _DONE):
        return False
    invocations = Invocations(import_module("vllm.lora.utils").get_adapter_absolute_path)
    share_blocks(import_module("vllm.v1.core.kv_cache_utils"), invocations)
    leave_tokens_first_runner(import_module("vllm.v1.worker.gpu_input_batch").InputBatch, invocations)
    leave_tokens_second_runner(import_module("vllm.v1.worker.gpu.lora_utils").LoraState, invocations)
    make_room(import_module("vllm.lora.punica_wrapper.punica_base").PunicaWrapperBase)
    spare_rows_on_cpu(import_module("vllm.lora.punica_wrapper.punica_cpu"))
    lift_refusal(helper)
    setattr(helper, _DONE, True)
    return True


# --- loading an adapter ----------------------------------------------------------------------------------------------


def lift_refusal(helper: type[Any]) -> None:
    """`PEFTHelper._validate_features` lists what an adapter asks for that vLLM cannot do: all but the invocation."""
    original = helper._validate_features

    @wraps(original)
    def validate(self: Any) -> list[str]:
        problems: list[str] = original(dataclasses.replace(self, alora_invocation_tokens=None))
        try:
            invocation_of({TOKENS: self.alora_invocation_tokens})
        except ValueError as error:
            problems.append(f"{error}.")
        return problems

    helper._validate_features = validate


# --- the cache: whose is a block -------------------------------------------------------------------------------------


def share_blocks(module: Any, invocations: Invocations) -> None:
    """`generate_block_hash_extra_keys`, wherever it has been imported to: blocks before the invocation hash as the
    base's. The beginning is looked for once a request, in its prompt as it is then; what it says later, or is given
    later in a session, does not move it."""
    original = module.generate_block_hash_extra_keys

    @wraps(original)
    def generate(request: Any, start: int, end: int, image: int) -> tuple[tuple[Any, ...] | None, int]:
        keys, image = original(request, start, end, image)
        adapter = request.lora_request
        if adapter is None:
            return keys, image
        if BEGINS not in vars(request):
            invocation = invocations.of(adapter.lora_path)
            found = None if invocation is None else begins(_prompt(request), invocation)
            setattr(request, BEGINS, found)
            _tell(adapter, found)
        return block_keys(keys, getattr(request, BEGINS), end, request.request_id), image

    name = original.__name__
    for each in list(sys.modules.values()):
        if getattr(each, "__name__", "").startswith("vllm.") and vars(each).get(name) is original:
            setattr(each, name, generate)


def _prompt(request: Any) -> list[int] | None:
    """None where embeddings stand for tokens: nothing can be found in those."""
    return request.prompt_token_ids if request.prompt_embeds is None else None


def _beginning(request: Any, invocations: Invocations) -> int:
    """For the worker. Where no configuration can be read the base answers: its words are at least not broken ones."""
    invocation = invocations.of(request.lora_request.lora_path)
    return NEVER if invocation is None else begins(_prompt(request), invocation)


def _tell(adapter: Any, found: int | None) -> None:
    if found == NEVER:
        _log.warning("a prompt for %s does not invoke it: the base answers", adapter.lora_name)
    if found is None:
        _log.error("%s has no readable configuration in %s: the base answers", adapter.lora_name, adapter.lora_path)


# --- the forward pass: whose is a token ------------------------------------------------------------------------------


def leave_tokens_first_runner(batch: type[Any], invocations: Invocations) -> None:
    """`InputBatch` maps each token of a step to the adapter of its request: those before the invocation to none."""
    add, remove, make = batch.add_request, batch.remove_request, batch.make_lora_inputs

    @wraps(add)
    def add_request(self: Any, request: Any) -> Any:
        row = add(self, request)
        if request.lora_request is not None and BEGINS not in vars(request):  # it comes back when it was preempted
            setattr(request, BEGINS, _beginning(request, invocations))
        _remember(self, request.req_id, getattr(request, BEGINS, 0))
        return row

    @wraps(remove)
    def remove_request(self: Any, req_id: str) -> Any:
        _remember(self, req_id, 0)
        return remove(self, req_id)

    @wraps(make)
    def make_lora_inputs(self: Any, scheduled: Any, sampled: Any) -> Any:
        made = make(self, scheduled, sampled)
        return _restricted(made, self, self.req_ids, self.num_computed_tokens_cpu, scheduled, sampled)

    batch.add_request, batch.remove_request, batch.make_lora_inputs = add_request, remove_request, make_lora_inputs


def leave_tokens_second_runner(state: type[Any], invocations: Invocations) -> None:
    """The same for `LoraState`, which is told neither a request's prompt nor how far it has come: its runner is.

    That runner is a heavy import that other processes do not need, so it is changed when it makes its first state.
    """
    init, remove, make = state.__init__, state.remove_request, state.make_lora_inputs

    @wraps(init)
    def __init__(self: Any, *args: Any, **more: Any) -> None:
        init(self, *args, **more)
        _log.warning("activated LoRA was not tested with this model runner; VLLM_USE_V2_MODEL_RUNNER=0 has the other")
        follow_requests(import_module("vllm.v1.worker.gpu.model_runner").GPUModelRunner, invocations)

    @wraps(remove)
    def remove_request(self: Any, req_id: str) -> Any:
        _remember(self, req_id, 0)
        return remove(self, req_id)

    @wraps(make)
    def make_lora_inputs(self: Any, req_ids: list[str], rows: Any, scheduled: Any) -> Any:
        made = make(self, req_ids, rows, scheduled)
        if not vars(self).get(BEGINS):
            return made
        computed = self._quiver_requests.num_computed_tokens_np[rows]
        return _restricted(made, self, req_ids, computed, scheduled, [1] * len(req_ids))

    state.__init__, state.remove_request, state.make_lora_inputs = __init__, remove_request, make_lora_inputs


def follow_requests(runner: type[Any], invocations: Invocations) -> None:
    """Once a runner class: its lora state learns where each new request's adapter begins, and where to look up how far
    the request has come."""
    add = runner.add_requests
    if hasattr(add, "__wrapped__"):
        return

    @wraps(add)
    def add_requests(self: Any, scheduler_output: Any) -> None:
        add(self, scheduler_output)
        self.lora_state._quiver_requests = self.req_states
        for request in scheduler_output.scheduled_new_reqs:
            found = _beginning(request, invocations) if request.lora_request is not None else 0
            _remember(self.lora_state, request.req_id, found)

    runner.add_requests = add_requests


def _remember(holder: Any, req_id: str, found: int) -> None:
    """Only what matters is kept: an adapter that begins at 0 acts on every token, as vLLM has it."""
    held = vars(holder).setdefault(BEGINS, {})
    if found:
        held[req_id] = found
    else:
        held.pop(req_id, None)


def _restricted(made: Any, holder: Any, req_ids: list[str], computed: Any, scheduled: Any, sampled: Any) -> Any:
    """`made`: (adapter of each sampled token, adapter of each token, the adapters of the batch), as vLLM makes them."""
    held = vars(holder).get(BEGINS)
    if not held:
        return made
    samples, tokens, active = made
    found = [held.get(req_id, 0) for req_id in req_ids]
    steps = zip(found, computed, scheduled, strict=False)  # vLLM's arrays may be longer than the batch
    heads = [left_to_base(begin, int(done), int(count)) for begin, done, count in steps]
    if not any(heads):
        return made
    unsampled = [int(count) if begin == NEVER else 0 for begin, count in zip(found, sampled, strict=False)]
    lengths, counts = scheduled[: len(found)], sampled[: len(found)]
    return without_heads(samples, counts, unsampled), without_heads(tokens, lengths, heads), active


# --- the kernels -----------------------------------------------------------------------------------------------------


def make_room(wrapper: type[Any]) -> None:
    """`PunicaWrapperBase` has room for as many runs of one adapter in a step as there may be requests. An invocation
    splits its request in two."""
    init: Callable[..., None] = wrapper.__init__

    @wraps(init)
    def __init__(self: Any, max_num_batched_tokens: int, max_batches: int, device: Any, **more: Any) -> None:
        init(self, max_num_batched_tokens, 2 * max_batches, device, **more)

    wrapper.__init__ = __init__


def spare_rows_on_cpu(module: Any) -> None:
    """vLLM's CPU kernels take -1, a row without an adapter, for an index from the end: such rows get what the last
    slot's adapter adds, as soon as one is there. Here they are left out, which also saves gathering weights for them.
    """
    for name in ("shrink", "expand", "expand_slice"):
        kernel = _rows_of_adapters(getattr(module, f"bgmv_{name}"), adds=name != "shrink")
        setattr(module, f"bgmv_{name}", kernel)
        setattr(module, f"sgmv_{name}", _by_runs(kernel))


def _rows_of_adapters(kernel: Callable[..., None], adds: bool) -> Callable[..., None]:
    """kernel(inputs [rows, …], weights [slots, …], output [rows, …], slot of each row, …). One that adds says so in
    its last argument; one that does not add leaves zeros where there is no adapter."""

    @wraps(kernel)
    def run(inputs: Any, weights: Any, output: Any, slots: Any, *more: Any, **named: Any) -> None:
        acting = (slots >= 0).nonzero().squeeze(-1)
        if len(acting) == len(slots):
            return kernel(inputs, weights, output, slots, *more, **named)
        if not (adds and {"add_inputs": more[-1] if more else True, **named}["add_inputs"]):
            output[slots < 0] = 0
        if len(acting):
            part = output[acting]
            kernel(inputs[acting], weights, part, slots[acting], *more, **named)
            output[acting] = part

    return run


def _by_runs(kernel: Callable[..., None]) -> Callable[..., None]:
    """The same for rows given as runs of one slot: where each begins, how long it is, its slot, and three sums."""

    @wraps(kernel)
    def run(inputs: Any, weights: Any, output: Any, _starts: Any, lengths: Any, slots: Any, *more: Any) -> None:
        kernel(inputs, weights, output, slots.repeat_interleave(lengths), *more[3:])

    return run
