"""The page of a run: everything is on it, nothing is fetched, nothing that was recorded can act."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from router.record import GenerationRecord, StepRecord
from router.trace import Trace, TraceStore
from router.trace_page import lane_colours, page

HOSTILE = '"><script src=https://evil.example/x.js></script><img src=x onerror=alert(1)>'
MS = {"route": 4.0, "generate": 90.0, "check": 0.5, "tool": 5.5}


class Elements(HTMLParser):
    """Every start tag with its attributes, and all text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def trace(*steps: StepRecord, task: str = "a task", answer: str | None = "an answer") -> Trace:
    said = tuple((GenerationRecord(step.skill, text=f"word for word {step.skill}"),) for step in steps)
    return Trace("20310305-120000-abcdef", task, {}, "2031-03-05T12:00:00.000Z", None, "ok", answer, None, steps, said)


def test_every_step_stands_on_the_page_with_what_it_cost() -> None:
    call = StepRecord(
        "tool-call",
        0.93,
        "answer",
        valid=True,
        tool="read_file",
        arguments={"path": "notes.txt"},
        observation="bread 12.50",
        tokens={"prompt": 300, "reused": 280, "generated": 20, "forced": 12},
        ms=MS,
        clause="read notes.txt",
        ranked=(("tool-call", 0.93), ("answer", 0.07)),
        shortlist=(("read_file", 0.88),),
        repairs=1,
    )
    base = StepRecord(None, output="{ broken", failure="syntax", escalated_from=("answer",), ms=MS)
    text = Elements(page(trace(call, base, task="read notes.txt & say <hello>"))).text
    for part in (
        "read notes.txt & say <hello>",
        "an answer",
        "93%",
        "then answer 7%",
        'read_file(path="notes.txt")',
        "bread 12.50",
        "reused 280",
        "prompt, new 20",
        "forced 12",
        "chosen 8",
        "generate 90.0 ms",
        "asked again 1×",
        "handed on by answer",
        "syntax",
        "{ broken",
        "word for word tool-call",
        "88.0%",
    ):
        assert part in text, part


def test_nothing_is_fetched_and_nothing_recorded_can_act() -> None:
    step = StepRecord(
        HOSTILE,
        0.5,
        HOSTILE,
        output=HOSTILE,
        tool=HOSTILE,
        arguments={HOSTILE: HOSTILE},
        observation=HOSTILE,
        clause=HOSTILE,
        failure=HOSTILE,
        escalated_from=(HOSTILE,),
        ranked=((HOSTILE, 0.5),),
        version=HOSTILE,
    )
    html = page(trace(step, task=HOSTILE, answer=HOSTILE))
    elements = Elements(html)
    assert not {tag for tag, _ in elements.tags} & {
        "script",
        "img",
        "link",
        "iframe",
        "object",
        "embed",
        "base",
        "form",
    }
    for tag, attributes in elements.tags:
        assert not [name for name in attributes if name.startswith("on") or name == "src"], tag
        assert (attributes.get("href") or "#").startswith("#")
    assert "default-src 'none'" in html
    assert "url(" not in html
    assert "@import" not in html


def test_a_skill_keeps_one_lane_and_the_base_has_its_own() -> None:
    colours = lane_colours([StepRecord("b"), StepRecord(None), StepRecord("a"), StepRecord("b")])
    assert colours == {"b": "var(--lane-0)", "base": "var(--base)", "a": "var(--lane-1)"}


@settings(deadline=None)  # a busy machine is no failure
@given(st.lists(st.tuples(st.sampled_from(["a", "b", None]), st.floats(0, 1e6)), max_size=5))
def test_bars_fill_the_time_and_no_more(steps: list[tuple[str | None, float]]) -> None:
    run = trace(*(StepRecord(skill, valid=True, ms={**MS, "generate": ms}) for skill, ms in steps))
    bars = [dict(attrs)["style"] or "" for tag, attrs in Elements(page(run)).tags if attrs.get("class") == "bar"]
    assert len(bars) == len(steps)
    widths = [float(style.partition("width:")[2].rstrip("%")) for style in bars]
    assert sum(widths) == pytest.approx(100 if steps else 0, abs=0.1)


def test_a_run_that_was_killed_before_its_first_step_has_a_page(tmp_path: Path) -> None:
    store = TraceStore(tmp_path)
    with store.start("never begun", {}) as recorder:
        recorder.generation(GenerationRecord("answer", text="half"))
    text = Elements(page(store.load("last"))).text
    assert "No answer: the run is killed." in text
