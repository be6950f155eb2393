"""The bench of a server, over one that answers from a table: what is asked, counted, compared and refused."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import httpx
import pytest

from evals import bench_serving
from evals.bench import main
from evals.bench_serving import Middle, Server, conversation, measure, steps, table
from router.errors import UsageError
from router.http import HttpClient

CONTEXT = 2048


class Vllm:
    """A vLLM that keeps whole prompts: by adapter, or (`shared`) whoever read them. A token is four characters."""

    def __init__(self, shared: bool, skills: int = 3, counts: bool = True) -> None:
        self.shared, self.skills, self.counts = shared, skills, counts
        self.kept: dict[str, list[str]] = {}
        self.asked: list[dict[str, Any]] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/v1/models":
            entries = [{"id": "base"}, *({"id": f"skill-{n}@d", "parent": "base"} for n in range(self.skills))]
            return httpx.Response(200, json={"data": entries})
        body = json.loads(request.content)
        text = "".join(message["content"] for message in body["messages"])
        if request.url.path == "/tokenize":
            return httpx.Response(200, json={"count": len(text) // 4, "max_model_len": CONTEXT})
        return httpx.Response(200, headers={"content-type": "text/event-stream"}, content=self.answer(body, text))

    def answer(self, body: dict[str, Any], text: str) -> bytes:
        self.asked.append(body)
        held = self.kept.setdefault("" if self.shared else body["model"], [])
        reused = max((len(old) for old in held if text.startswith(old)), default=0) // 4
        held.append(text)
        usage: dict[str, Any] = {"prompt_tokens": len(text) // 4}
        if self.counts:
            usage["prompt_tokens_details"] = {"cached_tokens": reused}
        events = [{"choices": [{"delta": {"content": "x"}}]}, {"choices": [], "usage": usage}]
        return b"".join(b"data: " + json.dumps(event).encode() + b"\n\n" for event in events) + b"data: [DONE]\n\n"


def server(vllm: Vllm, *patterns: str) -> Server:
    return Server(HttpClient("http://vllm/v1", key="", transport=httpx.MockTransport(vllm)), patterns)


def test_every_skill_acts_twice_over_a_conversation_that_grows() -> None:
    vllm = Vllm(shared=True)
    found = list(steps(server(vllm), 300, 0))
    assert Counter(step.kind for step in found) == {"cold": 1, "switch": 2, "return": 3}
    assert [body["model"] for body in vllm.asked] == [f"skill-{n}@d" for n in (0, 1, 2)] * 2
    lengths = [len(body["messages"]) for body in vllm.asked]
    assert lengths == sorted(set(lengths))
    assert found[0].prompt == found[0].computed >= 300
    assert all(body["stream"] and body["max_tokens"] == 1 for body in vllm.asked)


def test_conversations_share_no_beginning() -> None:
    at = server(Vllm(shared=True))
    first, second, longer = (conversation(at, tokens, n)[0] for tokens, n in ((200, 0), (200, 1), (300, 0)))
    assert first != second != longer != first
    assert conversation(at, 200, 0)[0] == first


def test_two_servers_are_compared_where_a_skill_is_new() -> None:
    figures = measure({"server": server(Vllm(True)), "against": server(Vllm(False))}, [300, 900], 2)
    assert [each["context"] for each in figures] == [300, 900]
    for each in figures:
        own, other = each["servers"]["server"], each["servers"]["against"]
        assert own["switch"]["computed_tokens"]["n"] == 2 * 2
        assert own["switch"]["computed_tokens"]["median"] < 40
        assert other["switch"]["computed_tokens"]["median"] >= each["context"]
        assert own["cold"]["computed_tokens"] == other["cold"]["computed_tokens"]
        assert other["return"]["computed_tokens"]["median"] < other["switch"]["computed_tokens"]["median"]
        assert each["ratio"]["computed_tokens"] < 0.2
    assert json.dumps(figures)
    assert "at a switch" in "\n".join(table(figures))


def test_one_server_alone_has_no_ratio() -> None:
    assert [each["ratio"] for each in measure({"server": server(Vllm(True))}, [200], 1)] == [None]


def test_what_cannot_be_measured_is_refused() -> None:
    with pytest.raises(UsageError, match="serves 1 such"):
        server(Vllm(True, skills=1))
    with pytest.raises(UsageError, match="serves 1 such"):
        server(Vllm(True), "skill-1*")
    with pytest.raises(UsageError, match="does not count"):
        list(steps(server(Vllm(True, counts=False)), 200, 0))
    with pytest.raises(UsageError, match="takes 2048") as refused:
        conversation(server(Vllm(True)), 2040, 0)
    room = int(refused.value.hint.split()[-1])
    assert conversation(server(Vllm(True)), room, 0)


def test_a_middle_is_the_median_between_its_quartiles() -> None:
    assert Middle.of([4, 1, 2, 3, 100]) == Middle(3, (2, 4), 5)
    assert Middle.of([7]) == Middle(7, (7, 7), 1)


def test_the_gate_and_the_word(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """`bench serving` is reached through `bench`; a switch that costs as much as elsewhere fails the gate."""
    for shared, code in ((True, 0), (False, 1)):
        servers = iter([server(Vllm(shared)), server(Vllm(False))])
        monkeypatch.setattr(bench_serving, "Server", lambda client, patterns, servers=servers: next(servers))
        monkeypatch.setattr(bench_serving, "TARGET", 0.5)
        monkeypatch.setattr(bench_serving, "ratio", lambda arms: {"computed_tokens": bench_serving_ratio(arms)})
        words = ["serving", "--url", "http://a/v1", "--against", "http://b/v1", "--context", "300", "--json"]
        assert main([*words, "--rounds", "1"]) == code
        assert json.loads(capsys.readouterr().out)["contexts"][0]["context"] == 300


def bench_serving_ratio(arms: Any) -> float:
    """Tokens only: time is the machine's business."""
    one, other = (arm["switch"]["computed_tokens"]["median"] for arm in arms)
    return float(one / other)
