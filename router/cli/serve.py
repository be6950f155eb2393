"""`quiver serve`: the base and its skills behind one OpenAI-compatible endpoint."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from router.cli.output import print_data, print_json, to_stderr

ENVIRONMENT_VARIABLE = "QUIVER_VLLM_PYTHON"


@click.command()
@click.option(
    "--host", default="127.0.0.1", show_default=True, help="Where to listen. Others than this machine need keys."
)
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="0 for any free one.")
@click.option(
    "--url", metavar="URL", help="Serve through this OpenAI-compatible endpoint, a vLLM best. Its key: QUIVER_API_KEY."
)
@click.option(
    "--vllm",
    type=click.Path(path_type=Path),
    envvar=ENVIRONMENT_VARIABLE,
    metavar="FOLDER",
    help=f"Start vLLM from this environment, watch it, and stop it in the end. Else that of {ENVIRONMENT_VARIABLE}.",
)
@click.option("--base", metavar="PATH|MODEL", help="Another base than the bundled one.")
@click.option(
    "--running", type=click.IntRange(1, 1024), help="Requests at a time: 1 for the local engine, 32 elsewhere."
)
@click.option(
    "--waiting", type=click.IntRange(0, 65536), default=128, show_default=True, help="Requests that may wait."
)
@click.option("--max-body", type=click.IntRange(1024), default=4 * 1024 * 1024, show_default=True, help="Bytes.")
@click.option(
    "--timeout", type=click.FloatRange(min=0.1), default=300.0, show_default=True, help="Seconds an answer may take."
)
@click.option("--unguarded", is_flag=True, help="Serve other machines without keys.")
@click.option(
    "--traces",
    is_flag=False,
    flag_value="",
    metavar="[URL]",
    help="Record every request, conversations included, for `quiver trace`: in the database at postgresql://…, which "
    "several gateways may share, else that of QUIVER_TRACES, else QUIVER_HOME.",
)
@click.option(
    "--render",
    type=click.Choice(["ray", "llm-d"]),
    help="Start nothing: print the configuration that serves the skills on many machines.",
)
@click.option("--store", metavar="PLACE", help="For --render: s3://… for Ray, a PersistentVolumeClaim for llm-d.")
@click.option("--replicas", type=click.IntRange(1), default=2, show_default=True, help="For --render: model servers.")
@click.option("--json", "as_json", is_flag=True, help="Print address and models as one JSON object when ready.")
@click.argument("vllm_options", nargs=-1, type=click.UNPROCESSED)
@click.pass_context
def serve(
    context: click.Context,
    /,
    as_json: bool,
    max_body: int,
    timeout: float,
    render: str | None,
    store: str | None,
    replicas: int,
    **given: Any,
) -> int:
    """Serve base and skills as an OpenAI-compatible endpoint: the model `quiver` routes, a skill's name forces it.

    Keys that clients must show: QUIVER_SERVE_KEYS, separated by commas. What follows `--` goes to vLLM.
    """
    if render is not None:
        return _render(render, given["base"], store, replicas, given["traces"])
    from router.serving import Serving, keys_of_environment
    from router.serving import serve as serve_until_stopped

    def ready(url: str, models: list[str]) -> None:
        if as_json:
            print_json({"url": url, "models": models})
        else:
            print_data(url)

    def tell(text: str) -> None:
        to_stderr(click.style(text, dim=True))

    if given["url"] and context.get_parameter_source("vllm") is ParameterSource.ENVIRONMENT:
        given["vllm"] = None  # what was said now counts
    serving = Serving(body_bytes=max_body, request_s=timeout, keys=keys_of_environment(), **given)
    serve_until_stopped(serving, tell, ready)
    return 0


def _render(kind: str, base: str | None, store: str | None, replicas: int, traces: str | None) -> int:
    """The configuration on stdout; on stderr which folders the store has to hold, and, where the configuration has no
    gateways in it, how they are started."""
    from adapters.registry import home
    from router.errors import UsageError
    from router.fleet import RENDERERS, Fleet, gateway_words, lay_out, served_skills, to_yaml
    from router.opening import open_registry

    if base is None or store is None:
        missing = "the base, as the servers see it," if base is None else "the place of the skills' weights"
        raise UsageError(f"{missing} is not named", hint=f"quiver serve --render {kind} --base MODEL --store PLACE")
    fleet = Fleet(base, store, served_skills(open_registry().all()), replicas, traces=traces)
    words = ["quiver serve", *gateway_words(fleet, "http://RAY:8000/v1")]
    print_data(to_yaml(RENDERERS[kind](fleet)).rstrip())
    for folder in lay_out(fleet, home() / "served" / kind, plain=kind == "ray"):
        to_stderr(f"copy to {store}: {folder}")
    if kind == "ray":
        to_stderr(" ".join(["gateways:", *([f"QUIVER_TRACES={traces or '…'}"] if traces is not None else []), *words]))
    return 0
