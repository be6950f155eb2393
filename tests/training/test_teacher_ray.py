"""A teacher spread by Ray Data gives the data set that one asked from here gives, and is asked nothing twice."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from router.errors import TeacherUnreachable, UsageError
from tests.training.teacher_server import TeacherServer, teaching, write_making
from training.budget import Budget
from training.distill import Plan, distil
from training.making import Making
from training.responses import Responses
from training.teacher import OpenAITeacher, TeacherLimits
from training.teacher_ray import RayTeacher

PLAN = Plan(model="wise", rows=10, samples=2, batch=4)
LIMITS = TeacherLimits(concurrency=4, tries=2, first_wait_s=0.001, read_s=20)
pytestmark = pytest.mark.timeout(600)


def test_without_ray_it_is_said_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "ray.data", None)
    with (
        Responses(tmp_path / "responses.jsonl") as responses,
        pytest.raises(UsageError, match="needs Ray") as raised,
    ):
        RayTeacher("http://127.0.0.1:9/v1", "wise", responses, workers=2)
    assert "[ray]" in raised.value.hint


@pytest.fixture(scope="module")
def cluster() -> Iterator[None]:
    ray = pytest.importorskip("ray", reason="Ray is not installed: pip install 'quiver-agent[ray]'")
    pytest.importorskip("ray.data", reason="ray[data] is not installed")
    yield
    ray.shutdown()


def draw(making: Making, url: str, workers: int) -> None:
    with Responses(making.responses) as responses:
        teacher = (
            RayTeacher(url, PLAN.model, responses, workers=workers, limits=LIMITS)
            if workers
            else OpenAITeacher(url, PLAN.model, responses, limits=LIMITS)
        )
        try:
            assert distil(making, teacher, PLAN).complete
        finally:
            teacher.close()


def test_two_workers_draw_the_rows_that_one_process_draws_and_ask_nothing_twice(cluster: None, tmp_path: Path) -> None:
    one, other = (Making(write_making(tmp_path / name)) for name in ("one", "other"))
    server = TeacherServer()
    with teaching(server) as url:
        draw(one, url, workers=0)
        alone = sum(server.asked.values())
        draw(other, url, workers=2)
        assert sum(server.asked.values()) == 2 * alone
        for name in ("rows.jsonl", "dropped.jsonl", "rejected.jsonl"):
            assert (one.folder / name).read_bytes() == (other.folder / name).read_bytes(), name
        other.rows.unlink()
        draw(other, url, workers=2)
        assert sum(server.asked.values()) == 2 * alone
    assert other.rows.read_bytes() == one.rows.read_bytes()


def test_a_budget_holds_and_a_teacher_that_is_gone_ends_it(cluster: None, tmp_path: Path) -> None:
    from training.teacher import Prompt

    prompts = [Prompt(({"role": "user", "content": f"question {number}"},)) for number in range(4)]
    with Responses(tmp_path / "responses.jsonl") as responses:
        gone = RayTeacher("http://127.0.0.1:9/v1", "wise", responses, workers=2, limits=LIMITS)
        with pytest.raises(TeacherUnreachable, match="no worker"):
            list(gone.ask(prompts))
        poor = RayTeacher(
            "http://127.0.0.1:9/v1", "wise", responses, workers=2, limits=LIMITS, budget=Budget(requests=0)
        )
        assert [reply.fault for reply in poor.ask(prompts)] == ["budget"] * 4
