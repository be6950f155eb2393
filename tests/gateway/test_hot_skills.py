"""Published, replaced, rolled back and removed while it runs: within a second, nothing dropped, nothing mixed up."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from starlette.testclient import TestClient

from adapters.publish import publish, remove, rollback
from adapters.versions import Versions
from router.engines.engine import Request
from router.gateway.app import Gateway, create_app
from tests.gateway.scripted_gateway import Admission, EchoEngine, answer_schema, make_gateway, write_skill
from tests.gateway.test_server_faults import until

CHAT = "/v1/chat/completions"


class Workshop:
    """Where versions of a skill `rhyme` are made and published."""

    def __init__(self, home: Path) -> None:
        self._home, self.versions = home, Versions(home / "versions")

    def publish(self, longest: int) -> str:
        """A version that differs by what its schema lets be said."""
        folder = write_skill(self._home / "making" / str(longest) / "rhyme", schema=answer_schema(longest))
        return publish(folder, self.versions).version


def served(client: TestClient) -> list[str]:
    rows = client.get("/v1/models").json()["data"]
    return [row["version"] for row in rows if row["id"] == "rhyme"]


def version_of(client: TestClient, model: str = "rhyme") -> str | None:
    response = client.post(CHAT, json={"model": model, "messages": [{"role": "user", "content": "rhyme"}]})
    return response.json()["usage"]["quiver"]["version"] if response.status_code == 200 else None


def seconds(act: Callable[[], Any], holds: Callable[[], bool]) -> float:
    act()
    began = time.monotonic()
    until(holds)
    return time.monotonic() - began


def test_a_skill_comes_is_replaced_goes_back_and_leaves(tmp_path: Path) -> None:
    workshop, admission = Workshop(tmp_path), Admission()
    gateway = make_gateway(tmp_path, admission=admission)
    with TestClient(create_app(gateway)) as client:
        assert version_of(client) is None
        first = workshop.publish(100)
        until(lambda: served(client) == [first])
        assert version_of(client) == version_of(client, "quiver") == first
        second = workshop.publish(200)
        until(lambda: served(client) == [second])
        assert version_of(client) == second
        rollback("rhyme", workshop.versions)
        until(lambda: served(client) == [first])
        assert version_of(client) == first
        remove("rhyme", workshop.versions)
        until(lambda: served(client) == [])
        assert version_of(client) is None
        until(lambda: admission.retired[-1:] == [first])
        assert [v for v in admission.admitted if "rhyme" in v] == [first, second, first]
        assert 'quiver_skill_loads_total{skill="rhyme"} 3' in client.get("/metrics").text


def test_every_process_over_one_home_takes_it_in(tmp_path: Path) -> None:
    workshop = Workshop(tmp_path)
    one, other = make_gateway(tmp_path), make_gateway(tmp_path)
    with TestClient(create_app(one)) as first, TestClient(create_app(other)) as second:
        version = workshop.publish(100)
        until(lambda: served(first) == served(second) == [version])


def test_what_is_not_admitted_leaves_the_version_before_it_in_service(tmp_path: Path) -> None:
    workshop, admission = Workshop(tmp_path), Admission()
    good = workshop.publish(100)
    with TestClient(create_app(make_gateway(tmp_path, admission=admission))) as client:
        assert served(client) == [good]
        admission.refuses.add("rhyme")
        bad = workshop.publish(200)
        until(lambda: "rhyme" in client.get("/health").json()["refused"])
        assert bad in client.get("/health").json()["refused"]["rhyme"]
        assert version_of(client) == good
        assert good not in admission.retired


def test_a_version_that_was_damaged_does_not_end_the_one_that_serves(tmp_path: Path) -> None:
    workshop = Workshop(tmp_path)
    good = workshop.publish(100)
    with TestClient(create_app(make_gateway(tmp_path))) as client:
        (workshop.versions.folder / "rhyme.json").write_text("{")
        until(lambda: "rhyme" in client.get("/health").json()["refused"])
        assert version_of(client) == good


def test_a_request_under_way_ends_with_the_version_it_began_with(tmp_path: Path) -> None:
    workshop, admission = Workshop(tmp_path), Admission()
    first = workshop.publish(100)
    begun, go = threading.Event(), threading.Event()

    def held(request: Request) -> str | None:
        if "wait" in request.messages[-1].content:
            begun.set()
            assert go.wait(60)
        return None

    with TestClient(create_app(make_gateway(tmp_path, EchoEngine(held), admission=admission))) as client:
        found: list[Any] = []
        body = {"model": "rhyme", "messages": [{"role": "user", "content": "wait"}]}
        thread = threading.Thread(target=lambda: found.append(client.post(CHAT, json=body).json()))
        thread.start()
        assert begun.wait(60)
        second = workshop.publish(200)
        until(lambda: served(client) == [second])
        assert version_of(client) == second
        assert admission.retired == []
        go.set()
        thread.join(60)
        assert found[0]["usage"]["quiver"]["version"] == first
        until(lambda: admission.retired == [first])


def test_versions_come_and_go_under_load_and_no_answer_is_lost_or_mixed_up(tmp_path: Path) -> None:
    workshop = Workshop(tmp_path)
    known = {workshop.publish(longest) for longest in (100, 200)}
    gateway = make_gateway(tmp_path, running=8)
    stop, wrong, right = threading.Event(), [], []

    def ask(client: TestClient, who: int) -> None:
        number = 0
        while not stop.is_set():
            words, number = f"rhyme {who}-{number}", number + 1
            response = client.post(CHAT, json={"model": "rhyme", "messages": [{"role": "user", "content": words}]})
            body = response.json()
            fine = response.status_code == 200 and words in body["choices"][0]["message"]["content"]
            fine = fine and body["usage"]["quiver"]["version"] in known
            (right if fine else wrong).append(body)

    with TestClient(create_app(gateway)) as client:
        threads = [threading.Thread(target=ask, args=(client, who)) for who in range(4)]
        for thread in threads:
            thread.start()
        for _ in range(6):
            number = gateway.offering.current.number
            rollback("rhyme", workshop.versions, to=next(v for v in known if [v] != served(client)))
            until(lambda number=number: gateway.offering.current.number > number)  # type: ignore[misc]
        stop.set()
        for thread in threads:
            thread.join(60)
    assert wrong == []
    assert len(right) > 6
    assert gateway.offering.current.number >= 6


def test_another_engine_takes_over_with_every_skill_admitted_again(tmp_path: Path) -> None:
    admission = Admission()
    gateway: Gateway = make_gateway(tmp_path, admission=admission)
    with TestClient(create_app(gateway)) as client:
        before = len(admission.admitted)
        gateway.offering.replace_engine(EchoEngine(lambda request: None))
        assert len(admission.admitted) == 2 * before
        assert client.post(CHAT, json={"model": "answer", "messages": [{"role": "user", "content": "x"}]}).is_success


def test_another_engine_gets_the_version_that_served_where_the_current_one_may_not(tmp_path: Path) -> None:
    workshop, admission = Workshop(tmp_path), Admission()
    good = workshop.publish(100)
    gateway: Gateway = make_gateway(tmp_path, admission=admission)
    with TestClient(create_app(gateway)) as client:
        admission.refuses.add("rhyme")
        workshop.publish(200)
        until(lambda: "rhyme" in client.get("/health").json()["refused"])
        admission.refuses.clear()
        admission.refuses.add(workshop.versions.pointer("rhyme").current or "")
        admission.admitted.clear()
        gateway.offering.replace_engine(EchoEngine())
        assert served(client) == [good]
        assert admission.admitted.count(good) == 1
        admission.refuses.add(good)
        gateway.offering.replace_engine(EchoEngine())
        assert served(client) == []
