"""`quiver plan`: what a skill would cost before it is trained or served: parameters, bytes, what fits, what to set."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import click

from router.cli.output import columns, print_data, print_json
from router.errors import UsageError

if TYPE_CHECKING:
    from training.methods import Method
    from training.shapes import Shape

GB = 10**9


@click.command()
@click.argument("base", required=False, metavar="FOLDER|MODEL|COUNT")
@click.option("--method", default="alora", show_default=True, help="How it is trained; `all` for every method.")
@click.option("--rank", type=click.IntRange(1, 512), help="The method's own unless given.")
@click.option("--targets", metavar="NAMES", help="Layers to adapt, as q_proj,v_proj; all linear ones unless given.")
@click.option("--sequence", type=click.IntRange(1), default=512, show_default=True, help="Tokens a row.")
@click.option("--batch", type=click.IntRange(1), default=4, show_default=True, help="Rows in an update.")
@click.option("--memory", default="24GB", show_default=True, help="Of one device.")
@click.option("--skills", type=click.IntRange(1), default=5, show_default=True, help="Skills to serve.")
@click.option("--requests", type=click.IntRange(1), default=16, show_default=True, help="Served at a time.")
@click.option("--context", type=click.IntRange(1), default=4096, show_default=True, help="Tokens a request.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def plan(base: str | None, method: str, memory: str, as_json: bool, **given: Any) -> int:
    """What a base, a method and a number of skills take in memory, and what fits.

    \b
    quiver plan 8B --method qlora --rank 16 --memory 24GB --skills 40
    """
    from training import methods, shapes

    shape = shapes.read_shape(base or _bundled())
    room = in_bytes(memory)
    if method == "all":
        table = [compared(shape, each, room, given) for each in methods.METHODS.values()]
        print_json({"base": about(shape), "methods": table}) if as_json else print_data(_table(table))
        return 0
    found = planned(shape, methods.method(method), room, given)
    print_json(found) if as_json else print_data("\n".join(_lines(found)))
    return 0


def planned(shape: Shape, method: Method, room: float, given: dict[str, Any]) -> dict[str, Any]:
    """Everything the verb says, as data. Bytes are numbers of bytes, shares are of the base's parameters."""
    from training import memory

    size = method.size(shape, given["rank"], _names(given["targets"]))
    trainable = method.trainable(shape, size)
    job = method.job(shape, size, given["batch"], given["sequence"])
    parts = memory.training(job)
    rank = size.rank if method.leaves in ("as is", "converted") else 32
    service = memory.Service(shape, given["skills"], rank, size.targets, given["requests"], given["context"])
    served = memory.serving(service)
    return {
        "base": about(shape),
        "method": {"name": method.name, "leaves": method.leaves, "why": method.why, "source": method.source},
        "rank": size.rank,
        "targets": list(size.targets),
        "trainable": trainable,
        "share": trainable / shape.parameters,
        "adapter_bytes": 2.0 * trainable,
        "training": {"parts": parts, "total": sum(parts.values()), "fits": sum(parts.values()) <= room},
        "serving": {
            "parts": served,
            "total": sum(served.values()),
            "fits": sum(served.values()) <= room,
            "requests_that_fit": memory.requests_that_fit(service, room),
            "settings": memory.server_settings(service),
        },
        "memory": room,
        "advice": advice(shape, method, room, given),
    }


def advice(shape: Shape, wanted: Method, room: float, given: dict[str, Any]) -> str:
    """The first way that fits: as asked, activations computed again, four bits, one row at a time, several devices."""
    from dataclasses import replace

    from training import memory, methods

    size = wanted.size(shape, given["rank"], _names(given["targets"]))
    job = wanted.job(shape, size, given["batch"], given["sequence"])
    small = methods.METHODS["qlora"]
    quantised = small.job(shape, small.size(shape, given["rank"] or 16), given["batch"], given["sequence"])
    ways = {
        f"train with {wanted.name} as asked": job,
        f"train with {wanted.name} and gradient checkpointing": replace(job, checkpointed=True),
        "train with qlora": quantised,
        "train with qlora and gradient checkpointing": replace(quantised, checkpointed=True),
        "train with qlora, gradient checkpointing and one row at a time": replace(
            quantised, checkpointed=True, batch=1
        ),
    }
    for way, each in ways.items():
        total = sum(memory.training(each).values())
        if total <= room:
            return f"{way}: {_gb(total)} of {_gb(room)}"
    needed = sum(memory.training(replace(job, checkpointed=True)).values())
    devices = int(needed // room) + 1
    how = f"quiver skill export NAME --for trl --devices {devices} --sharded"
    return f"no method fits {_gb(room)}: shard {wanted.name} over {devices} devices (FSDP): {how}"


def compared(shape: Shape, method: Method, room: float, given: dict[str, Any]) -> dict[str, Any]:
    """One line of the table of all methods."""
    from training import memory

    size = method.size(shape, given["rank"], ())
    trainable = method.trainable(shape, size)
    total = sum(memory.training(method.job(shape, size, given["batch"], given["sequence"])).values())
    return {
        "name": method.name,
        "trainable": trainable,
        "share": trainable / shape.parameters,
        "training_bytes": total,
        "fits": total <= room,
        "leaves": method.leaves,
    }


def about(shape: Shape) -> dict[str, Any]:
    return {"name": shape.name, "parameters": shape.parameters, "layers": shape.layers, "width": shape.width}


def in_bytes(text: str) -> float:
    """`24GB`, `640MB`, `16GiB`, or a number of gigabytes. Raises UsageError."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([KMGT]?)(i?)B?", text.strip(), re.IGNORECASE)
    if not found:
        raise UsageError(f"{text!r} is no amount of memory", hint="write it as 24GB")
    unit = found[2].upper() or "G"
    thousand = 1024.0 if found[3] else 1000.0
    return float(found[1]) * float(thousand ** " KMGT".index(unit))


def _bundled() -> str:
    from router.opening import bundled_base

    return str(bundled_base())


def _names(text: str | None) -> tuple[str, ...]:
    return tuple(text.replace(",", " ").split()) if text else ()


def _gb(value: float) -> str:
    return f"{value / GB:.1f} GB" if value >= GB else f"{value / 10**6:.1f} MB"


def _table(rows: list[dict[str, Any]]) -> str:
    head = ("method", "trained", "share", "training", "fits", "leaves")
    body = [
        (row["name"], f"{row['trainable']:,}", f"{row['share']:.3%}", _gb(row["training_bytes"]),
         "yes" if row["fits"] else "no", row["leaves"])
        for row in rows
    ]  # fmt: skip
    return "\n".join(columns([head, *body]))


def _lines(found: dict[str, Any]) -> list[str]:
    base, method, serving = found["base"], found["method"], found["serving"]
    lines = columns(
        [
            ("base", f"{base['name']}: {base['parameters']:,} parameters, {base['layers']} layers of {base['width']}"),
            ("method", f"{method['name']}, rank {found['rank']}, on {', '.join(found['targets'])}"),
            ("trained", f"{found['trainable']:,} parameters, {found['share']:.2%} of the base"),
            ("adapter", f"{_gb(found['adapter_bytes'])} in bfloat16; leaves {method['leaves']}: {method['why']}"),
            ("source", method["source"]),
        ]
    )
    for name in ("training", "serving"):
        part = found[name]
        verdict = "fits" if part["fits"] else "does not fit"
        lines += ["", f"{name}: {_gb(part['total'])}, {verdict} {_gb(found['memory'])}"]
        lines += [f"  {row}" for row in columns([(key, _gb(value)) for key, value in part["parts"].items()])]
    settings = " ".join(
        f"--{key.replace('_', '-')}" + ("" if value is True else f" {value}")
        for key, value in serving["settings"].items()
    )
    return [*lines, f"  requests that fit {serving['requests_that_fit']}", f"  {settings}", "", found["advice"]]
