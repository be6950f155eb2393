"""Cases of `evals.adapters` spread over Ray Data's workers: base and all adapters in one pass over one table.

Every worker opens one engine with the base and every skill, and answers each row with the model the row names; Ray
starts, feeds and restarts the workers. Records come back as they are made, so that a run that is killed goes on where
it was. Joins the cluster RAY_ADDRESS names, else begins one on this machine. Needs Ray (pip install
'quiver-agent[ray]'). What a case is, and when it is right, is not known here.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from evals.adapters import Asked, answer, case_of, rows_of
from evals.run_options import ROOT
from evals.runs import Record
from router.errors import UsageError

if TYPE_CHECKING:
    from adapters.skill import Skill
    from router.engines.engine import Engine

BATCH = 8  # cases a worker takes at a time: what is lost of its work when it is killed


def one_pass(cases: Sequence[Asked], *, engine: str, base: str | None, workers: int) -> Iterator[Record]:
    """One record a case, in the order they are done. Raises UsageError where Ray is not installed."""
    if not cases:
        return
    try:
        import ray
        import ray.data
    except ImportError:
        raise UsageError("spreading over processes needs Ray", hint="pip install 'quiver-agent[ray]'") from None
    if not ray.is_initialized():
        ray.init(log_to_driver=False, include_dashboard=False, runtime_env={"env_vars": _environment()})
    ray.data.DataContext.get_current().enable_progress_bars = False
    rows = list(rows_of(cases))
    table = ray.data.from_items(rows, override_num_blocks=max(1, -(-len(rows) // BATCH)))
    answered = table.map_batches(
        Worker,
        fn_constructor_kwargs={"engine": engine, "base": base},
        batch_size=BATCH,
        batch_format="numpy",
        compute=ray.data.ActorPoolStrategy(size=workers),
    )
    for row in answered.iter_rows():
        yield Record.from_json(json.loads(row["record"]))


def _environment() -> dict[str, str]:
    """What workers need to find this program and its skills."""
    here = [str(ROOT), *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
    named = {name: os.environ[name] for name in ("QUIVER_HOME", "OMP_NUM_THREADS") if name in os.environ}
    return {"PYTHONPATH": os.pathsep.join(here), **named}


class Worker:
    """In a process of Ray's: one engine, the base and every skill."""

    def __init__(self, engine: str, base: str | None) -> None:
        from router.opening import open_engine, open_registry
        from router.options import Options

        self._engine: Engine = open_engine(Options(engine=engine, base=base))
        self._skills: dict[str, Skill] = {skill.name: skill for skill in open_registry().all()}

    def __call__(self, batch: Mapping[str, Sequence[Any]]) -> dict[str, list[str]]:
        names = list(batch)
        rows = [dict(zip(names, values, strict=True)) for values in zip(*batch.values(), strict=True)]
        records = [answer(self._engine, self._skills, case_of(row)) for row in rows]
        return {"record": [json.dumps(record.to_json(), ensure_ascii=False) for record in records]}
