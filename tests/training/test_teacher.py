"""The teacher over HTTP: every fault is tried again and then counted, no budget is overdrawn, no answer asked twice."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from router import jsonl
from router.engines.scripted import ScriptedEngine
from router.errors import TeacherUnreachable, UsageError
from router.redaction import HIDDEN
from tests.router.http_server import Exchange
from tests.training.teacher_server import FAULTS, TeacherServer, teaching
from training.budget import Budget
from training.responses import Answer, Responses, key_of
from training.teacher import LocalTeacher, OpenAITeacher, Prompt, Reply, TeacherLimits, open_teacher

LIMITS = TeacherLimits(concurrency=4, tries=3, first_wait_s=0.001, read_s=20, longest_wait_s=5)
ONE = replace(LIMITS, concurrency=1)
HASTY = replace(ONE, tries=2, read_s=1.0)  # of a server that is slow on purpose


def prompts(*words: str) -> list[Prompt]:
    return [Prompt(({"role": "user", "content": each},), max_tokens=16) for each in words]


def spoken(words: str, seed: int) -> str:
    return f"heard {words} {seed}"


def ask(
    server: TeacherServer,
    log: Path,
    asked: Sequence[Prompt],
    limits: TeacherLimits = LIMITS,
    budget: Budget | None = None,
) -> list[Reply]:
    with teaching(server) as url, Responses(log) as responses:
        teacher = OpenAITeacher(url, "wise", responses, limits=limits, budget=budget)
        try:
            return list(teacher.ask(asked))
        finally:
            teacher.close()


def texts(replies: Sequence[Reply]) -> list[str | None]:
    return [reply.answer.text if reply.answer else None for reply in replies]


def once(fault: str, at: int = 0) -> Callable[[int], str | None]:
    return lambda number: fault if number == at else None


def saying(status: int, words: str, **headers: str) -> Callable[[Exchange], None]:
    return lambda exchange: exchange.json({"error": {"message": words}}, status, **headers)


def always(fault: str) -> Callable[[int], str | None]:
    return lambda number: fault


# --- order, concurrency, cache ---------------------------------------------------------------------------------------


def test_replies_come_in_the_order_asked_however_the_server_hurries(tmp_path: Path) -> None:
    server = TeacherServer(answers=lambda words, seed: (time.sleep(0.05 if words == "a" else 0), words)[1])
    assert texts(ask(server, tmp_path / "log", prompts("a", "b", "c", "d", "e"))) == ["a", "b", "c", "d", "e"]


def test_as_many_requests_are_under_way_as_allowed_and_no_more(tmp_path: Path) -> None:
    together = threading.Barrier(LIMITS.concurrency, timeout=15)  # nobody is answered before so many have asked
    server = TeacherServer(answers=lambda words, seed: f"{words} {together.wait() >= 0}")
    assert None not in texts(ask(server, tmp_path / "log", prompts(*"abcdefghijkl")))
    assert server.most_under_way == LIMITS.concurrency


def test_an_answer_that_is_there_is_not_asked_for_again(tmp_path: Path) -> None:
    server = TeacherServer(answers=spoken)
    first = ask(server, tmp_path / "log", prompts("a", "b"))
    again = ask(server, tmp_path / "log", prompts("a", "b", "c"))
    assert texts(again)[:2] == texts(first)
    assert len(server.seen) == 3


def test_the_same_words_twice_are_one_request_and_another_sample_is_another(tmp_path: Path) -> None:
    server = TeacherServer(answers=spoken)
    [a] = prompts("a")
    other = Prompt(a.messages, max_tokens=16, sample=1)
    assert texts(ask(server, tmp_path / "log", [a, a, other])) == ["heard a 0", "heard a 0", "heard a 1"]
    assert len(server.seen) == 2


def test_the_address_of_an_answer_is_its_request() -> None:
    [prompt] = prompts("a")
    assert key_of(prompt.request("wise")) == key_of(dict(reversed(prompt.request("wise").items())))
    others = [
        Prompt(prompt.messages, temperature=0.5, max_tokens=16),
        Prompt(prompt.messages, max_tokens=17),
        Prompt(prompt.messages, max_tokens=16, sample=1),
        *prompts("b"),
    ]
    keys = {key_of(each.request("wise")) for each in [prompt, *others]} | {key_of(prompt.request("wiser"))}
    assert len(keys) == 6


# --- faults ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_that_passes_costs_no_answer(tmp_path: Path, fault: str) -> None:
    server = TeacherServer(answers=spoken, fault=once(fault))
    limits = replace(HASTY, tries=4) if fault == "slow" else LIMITS
    assert texts(ask(server, tmp_path / "log", prompts("a", "b"), limits)) == ["heard a 0", "heard b 0"]
    assert len(server.seen) == 3 or fault == "slow"


NAMED = {
    "429": "unreachable", "429 without a time": "unreachable", "500": "unreachable", "502 as a page": "unreachable",
    "a page": "broken", "truncated": "broken", "no JSON": "broken", "another schema": "broken", "no choice": "broken",
    "a list": "broken", "content of another kind": "broken", "empty": "empty", "nothing": "empty",
    "slow": "unreachable", "reset": "unreachable",
}  # fmt: skip


@pytest.mark.parametrize(("fault", "named"), NAMED.items())
def test_a_fault_that_stays_is_counted_under_its_name_and_the_others_are_answered(
    tmp_path: Path, fault: str, named: str
) -> None:
    server = TeacherServer(answers=spoken)
    server.fault = lambda number: fault if server.seen[number].body["messages"][-1]["content"] == "b" else None
    replies = ask(server, tmp_path / "log", prompts("a", "b", "c"), HASTY if fault == "slow" else ONE)
    assert [reply.fault for reply in replies] == [None, named, None]
    assert replies[1].why
    assert len(list(jsonl.read(tmp_path / "log"))) == 2


def test_every_fault_of_the_server_has_a_name() -> None:
    assert set(NAMED) == set(FAULTS)


@pytest.mark.parametrize("fault", ["500", "a page", "empty", "reset"])
def test_a_teacher_that_answers_nobody_any_more_ends_the_asking(tmp_path: Path, fault: str) -> None:
    server = TeacherServer(answers=spoken, fault=lambda number: fault if number >= 2 else None)
    with pytest.raises(TeacherUnreachable, match="came to nothing") as caught:
        ask(server, tmp_path / "log", prompts(*"abcdefghijklmnop"), replace(LIMITS, concurrency=2))
    assert caught.value.exit_code == 3
    assert "--resume" in caught.value.hint
    assert len(server.seen) < 2 + 4 * LIMITS.tries + 2
    assert len(list(jsonl.read(tmp_path / "log"))) == 2


def test_where_nobody_listens_it_says_so(tmp_path: Path) -> None:
    with teaching(TeacherServer()) as url:
        pass
    with Responses(tmp_path / "log") as responses:
        teacher = OpenAITeacher(url, "wise", responses, limits=replace(LIMITS, tries=1))
        with pytest.raises(TeacherUnreachable, match="cannot be reached"):
            list(teacher.ask(prompts(*"abcd")))


def test_a_pause_the_server_asks_for_is_kept_by_all(tmp_path: Path) -> None:
    times: list[float] = []

    def busy(number: int) -> str | None:
        times.append(time.monotonic())
        return "busy" if number == 0 else None

    server = TeacherServer(answers=spoken, fault=busy, faults={"busy": saying(429, "later", Retry_After="1")})
    assert texts(ask(server, tmp_path / "log", prompts("a", "b"), ONE)) == ["heard a 0", "heard b 0"]
    assert all(later - times[0] >= 1.0 for later in times[1:])


def test_a_pause_asked_for_again_and_again_is_kept_every_time(tmp_path: Path) -> None:
    times: list[float] = []

    def busy(number: int) -> str | None:
        times.append(time.monotonic())
        return "busy" if number < 4 else None

    server = TeacherServer(answers=spoken, fault=busy, faults={"busy": saying(429, "later", Retry_After="1")})
    assert texts(ask(server, tmp_path / "log", prompts("a"), ONE)) == ["heard a 0"]
    assert all(later - before >= 0.9 for before, later in pairwise(times))


def test_nobody_waits_for_a_day(tmp_path: Path) -> None:
    server = TeacherServer(fault=always("busy"), faults={"busy": saying(429, "later", Retry_After="86400")})
    with pytest.raises(TeacherUnreachable, match="86400 s"):
        ask(server, tmp_path / "log", prompts("a"))
    assert len(server.seen) == 1


@pytest.mark.parametrize("status", [400, 401, 404])
def test_a_request_refused_from_the_first_on_is_a_mistake_of_the_caller(tmp_path: Path, status: int) -> None:
    server = TeacherServer(fault=always("refused"), faults={"refused": saying(status, "no")})
    with pytest.raises(UsageError, match=str(status)):
        ask(server, tmp_path / "log", prompts("a", "b"), ONE)
    assert len(server.seen) == 1


def test_one_request_refused_among_others_is_a_fault_of_its_own(tmp_path: Path) -> None:
    server = TeacherServer(answers=spoken, fault=once("refused", at=1), faults={"refused": saying(400, "filtered")})
    replies = ask(server, tmp_path / "log", prompts("a", "b", "c"), ONE)
    assert [reply.fault for reply in replies] == [None, "refused", None]
    assert len(server.seen) == 3


def test_a_prompt_that_does_not_fit_is_not_sent_again(tmp_path: Path) -> None:
    full = saying(400, "This model's maximum context length is 8 tokens.")
    server = TeacherServer(answers=spoken, fault=once("full"), faults={"full": full})
    replies = ask(server, tmp_path / "log", prompts("a", "b"), ONE)
    assert [reply.fault for reply in replies] == ["too-long", None]
    assert len(server.seen) == 2


def test_an_answer_that_was_cut_is_kept_as_one(tmp_path: Path) -> None:
    body = {"choices": [{"message": {"content": '{"a": '}, "finish_reason": "length"}]}
    server = TeacherServer(fault=always("cut"), faults={"cut": lambda exchange: exchange.json(body)})
    [reply] = ask(server, tmp_path / "log", prompts("a"))
    assert reply.answer is not None
    assert reply.answer.cut
    assert reply.answer.tokens > 0  # estimated: this server counts none


# --- budget ----------------------------------------------------------------------------------------------------------


def test_no_more_requests_are_sent_than_the_budget_allows(tmp_path: Path) -> None:
    server = TeacherServer(answers=spoken)
    replies = ask(server, tmp_path / "log", prompts(*"abcdef"), budget=Budget(requests=4))
    assert len(server.seen) == 4
    assert sorted(str(reply.fault) for reply in replies) == ["None"] * 4 + ["budget"] * 2


def test_the_budget_of_tokens_is_never_overdrawn_and_goes_on_where_it_was(tmp_path: Path) -> None:
    server = TeacherServer(answers=spoken)
    most = prompts("a")[0].most_tokens
    limit = 50 + most  # an answer costs 50 tokens here; the next must still fit with the most it can cost
    replies = ask(server, tmp_path / "log", prompts("a", "b", "c"), ONE, Budget(tokens=limit))
    assert [reply.fault for reply in replies] == [None, None, "budget"]
    again = ask(server, tmp_path / "log", prompts("a", "b", "c"), ONE, Budget(tokens=limit))
    assert [reply.fault for reply in again] == [None, None, "budget"]
    assert len(server.seen) == 2


def test_failed_attempts_count_as_requests(tmp_path: Path) -> None:
    server = TeacherServer(answers=spoken, fault=always("500"))
    [reply] = ask(server, tmp_path / "log", prompts("a"), budget=Budget(requests=2))
    assert reply.fault == "budget"
    assert len(server.seen) == 2


def test_threads_reserve_no_more_than_there_is() -> None:
    budget = Budget(requests=50, tokens=1000)
    granted: list[bool] = []

    def spend() -> None:
        for _ in range(20):
            if budget.reserve(30):
                granted.append(True)
                budget.settle(30, 20)

    threads = [threading.Thread(target=spend) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert budget.spent_tokens == 20 * len(granted) <= 1000
    assert budget.spent_requests == len(granted) > 40


# --- the log ---------------------------------------------------------------------------------------------------------


def test_the_key_is_sent_and_in_no_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key = "plain-as-a-pikestaff"
    monkeypatch.setenv("QUIVER_API_KEY", key)
    server = TeacherServer(answers=lambda words, seed: f"you sent {key} and sk-abcdefghijklmnop1234")
    [reply] = ask(server, tmp_path / "log", prompts(f"my key is {key}"))
    assert server.seen[0].headers["authorization"] == f"Bearer {key}"
    logged = (tmp_path / "log").read_text()
    assert key not in logged
    assert "sk-abc" not in logged
    assert texts([reply]) == [f"you sent {HIDDEN} and {HIDDEN}"]
    assert texts(ask(server, tmp_path / "log", prompts(f"my key is {key}"))) == texts([reply])
    assert len(server.seen) == 1


def test_the_key_is_in_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key = "plain-as-a-pikestaff"
    monkeypatch.setenv("QUIVER_API_KEY", key)
    server = TeacherServer(fault=always("refused"), faults={"refused": saying(401, f"{key} is wrong")})
    with pytest.raises(UsageError) as caught:
        ask(server, tmp_path / "log", prompts("a"))
    assert key not in str(caught.value.to_json())


def test_a_log_torn_anywhere_in_its_last_line_loses_that_line_only(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with Responses(log) as responses:
        responses.add("1", {"model": "wise"}, Answer("é one", False, 3, 4))
        begun = log.stat().st_size
        responses.add("2", {"model": "wise"}, Answer("two", True, 5, 6))
    whole = log.read_bytes()
    for cut in range(begun, len(whole) - 1, 9):
        log.write_bytes(whole[:cut])
        with Responses(log) as responses:
            assert responses.get("1") == Answer("é one", False, 3, 4)
            assert responses.get("2") is None
            assert responses.tokens == 7
            responses.add("2", {"model": "wise"}, Answer("two", True, 5, 6))
        assert log.read_bytes() == whole


def test_two_processes_do_not_write_to_one_log(tmp_path: Path) -> None:
    with Responses(tmp_path / "log"), pytest.raises(UsageError, match="another process"):
        Responses(tmp_path / "log")
    Responses(tmp_path / "log").close()


@pytest.mark.parametrize("line", ['{"text": "no key"}', '{"key": "1", "text": 3, "finish": "stop", "tokens": {}}'])
def test_what_is_no_log_is_refused_and_left_as_it_was(tmp_path: Path, line: str) -> None:
    log = tmp_path / "log"
    log.write_text(line + "\n")
    with pytest.raises(UsageError):
        Responses(log)
    assert log.read_text() == line + "\n"


# --- a local model ---------------------------------------------------------------------------------------------------


def test_a_local_model_answers_in_order_and_is_asked_once(tmp_path: Path) -> None:
    engine = ScriptedEngine(["one", "two"])
    with Responses(tmp_path / "log") as responses:
        first = list(LocalTeacher(engine, responses).ask(prompts("a", "b")))
        again = list(LocalTeacher(engine, responses).ask(prompts("b", "a")))
    assert texts(first) == ["one", "two"]
    assert texts(again) == ["two", "one"]
    assert [request.messages[0].content for request in engine.requests] == ["a", "b"]


def test_a_folder_that_holds_a_model_teaches(tmp_path: Path) -> None:
    from tests.router.tiny import make_base

    folder = make_base(tmp_path / "base", "opt")
    with Responses(tmp_path / "log") as responses:
        teacher = open_teacher(str(folder), "", responses)
        first = list(teacher.ask(prompts("a", "b")))
        again = list(teacher.ask(prompts("a")))
        teacher.close()
    assert texts(again) == texts(first)[:1]
    assert all(reply.answer and reply.answer.generated_tokens <= 16 for reply in first)
    assert teacher.name.count("@") == 1


def test_an_address_without_a_model_is_a_usage_error(tmp_path: Path) -> None:
    with Responses(tmp_path / "log") as responses, pytest.raises(UsageError, match="model is not named"):
        open_teacher("http://localhost:1/v1", "", responses)


def test_the_log_says_what_was_asked(tmp_path: Path) -> None:
    server = TeacherServer(answers=spoken)
    ask(server, tmp_path / "log", prompts("a"))
    [row] = jsonl.read(tmp_path / "log")
    assert row["request"] == json.loads(json.dumps(server.seen[0].body))
    assert row["key"] == key_of(row["request"])
    assert row["tokens"] == {"prompt": 40, "generated": 10}
