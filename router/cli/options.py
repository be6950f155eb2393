"""The options that `run` and `chat` share, and what they become."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from router.options import Options

Command = TypeVar("Command", bound=Callable[..., Any])

_SHARED = (
    click.option("--skill", metavar="NAME", help="Use this skill at every step instead of routing."),
    click.option("--no-skill", is_flag=True, help="Use the base alone."),
    click.option("--yes", is_flag=True, help="Approve every tool that writes or uses the network."),
    click.option(
        "--workdir", type=click.Path(path_type=Path), default=".", show_default=True, help="Where tools may work."
    ),
    click.option(
        "--max-steps", type=click.IntRange(1, 1000), default=16, show_default=True, help="Steps before giving up."
    ),
    click.option(
        "--engine",
        metavar="NAME|URL",
        default="local",
        show_default=True,
        help="What runs base and skills: local, or an OpenAI-compatible endpoint, http://host:port/v1. "
        "Its key: QUIVER_API_KEY.",
    ),
    click.option(
        "--base",
        metavar="PATH|MODEL",
        help="Another base: a folder, or a name from the local model cache; with an endpoint the model it lists, "
        "`base` for the bundled one under whatever name it is served.",
    ),
    click.option(
        "--schema", type=click.Path(path_type=Path), metavar="FILE", help="Extract JSON under this JSON Schema."
    ),
    click.option(
        "--mcp", type=click.Path(path_type=Path), metavar="FILE", help="MCP servers, as an `mcpServers` file."
    ),
    click.option("--allow-host", multiple=True, metavar="HOST", help="A host fetch_url may ask. May be repeated."),
    click.option("--explain", is_flag=True, help="Say why: skills and tools ranked, grammar, checks, time."),
    click.option("--quiet", "-q", is_flag=True, help="Show no steps."),
)


def session_options(command: Command) -> Command:
    for option in reversed(_SHARED):
        command = option(command)
    return command


def to_options(given: dict[str, Any]) -> Options:
    """Raises UsageError where two options contradict each other."""
    from router.options import Options

    return Options(
        engine=given["engine"],
        base=given["base"],
        skill=given["skill"],
        no_skill=given["no_skill"],
        workdir=given["workdir"],
        max_steps=given["max_steps"],
        schema=given["schema"],
        mcp=given["mcp"],
        allow_hosts=tuple(given["allow_host"]),
    )
