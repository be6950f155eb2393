"""The tools in the box: arithmetic, units, dates, files, databases, notes and the web.

Their names, parameters and order are fixed, because the bundled base has met them in training."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime
from pathlib import Path

from router.errors import UsageError
from tools.tool import Tool


def local_now() -> datetime:
    """The present moment in the machine's own time zone."""
    return datetime.now().astimezone()


def builtin_tools(
    workdir: Path,
    *,
    allowed_hosts: Collection[str] = (),
    databases_may_change: bool = False,
    now: Callable[[], datetime] = local_now,
) -> list[Tool]:
    """All of them, bound to a work folder.

    `allowed_hosts`: the hosts `fetch_url` may ask, exactly as written in an address ("example.org",
    "localhost:8000"); none by default. `databases_may_change` makes `query_database` a tool that writes, and asks.
    Errors: `UsageError` when the work folder is none."""
    from tools.builtin.arithmetic import calculate
    from tools.builtin.database import Database
    from tools.builtin.dates import Dates
    from tools.builtin.files import Files
    from tools.builtin.notes import Notes
    from tools.builtin.units import convert_unit
    from tools.builtin.web import Web
    from tools.builtin.workfolder import WorkFolder

    if not workdir.is_dir():
        raise UsageError(f"The work folder {workdir} is not a folder.", hint="Create it, or name another: --workdir")
    folder = WorkFolder(workdir)
    return [
        calculate,
        convert_unit,
        *Dates(now).tools(),
        *Files(folder).tools(),
        *Database(folder, may_write=databases_may_change).tools(),
        *Notes(folder, now).tools(),
        *Web(allowed_hosts).tools(),
    ]
