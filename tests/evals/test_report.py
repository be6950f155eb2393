"""The page of a run: what a model wrote stays text, every plot is there when there is something to plot, no network."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from evals import report_plots
from evals.breakdown import Calibration, Confusion, accuracy, arms, facets, slices
from evals.intervals import Share, bootstrap
from evals.report import page
from evals.report_tables import tables
from evals.runs import NO_CLASS, Record, Run, open_run, read_run
from router.cli.app import quiver

EVIL = "</pre></script><script>alert(1)</script><img src=x onerror=alert(1)>'\"&\ud800"
VOID = {"meta", "input", "br"}


class Page(HTMLParser):
    """Every tag with its attributes, and whether all that was opened was closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.words = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words += data


def run_of(folder: Path, records: Iterable[Record], config: Mapping[str, Any] | None = None) -> Run:
    with open_run("routing", config or {"options": {"seed": 1}}, folder) as run:
        for record in records:
            run.add(record)
    return read_run(folder)


def routed(number: int, classes: int = 3) -> Record:
    right = number % 4 != 0
    gold = f"skill-{number % classes}"
    said = {"prompt": f"request {number}", "output": "{}", "expected": [gold], "reason": None if right else "another"}
    return Record(
        f"case-{number}",
        {"observed": bool(number % 2)},
        right,
        confidence=0.2 + 0.7 * (number % 10) / 10,
        gold=gold,
        predicted=gold if right else NO_CLASS,
        ms=1.0 + number,
        tokens={"prompt": 10, "generated": 3},
        failure=None if right else "route",
        **said,  # type: ignore[arg-type]
    )


def test_every_part_is_there(tmp_path: Path) -> None:
    run = run_of(tmp_path, map(routed, range(80)))
    drawn = Page(page(run, {"accuracy": accuracy(run.records()), "ece": 0.02, "sets": {"own": {"auroc": 0.9}}}))
    assert drawn.open == []
    sections = [attributes["id"] for tag, attributes in drawn.tags if tag == "section"]
    assert sections == ["figures", "slices", "calibration", "confusion", "time", "failures", "configuration"]
    assert sum(tag == "details" for tag, _ in drawn.tags) == 20
    assert {f"#{name}" for name in sections} == {a["href"] for tag, a in drawn.tags if tag == "a"}
    for words in ("75.0", "60 of 80", "ECE", "AUROC", "request 4", "options › seed", run.digest):
        assert words in drawn.words


def test_what_was_said_stays_text_wherever_it_stands(tmp_path: Path) -> None:
    records = [
        Record(f"{EVIL}{n}", {EVIL: f"{EVIL}{n % 2}", "set": f"{EVIL}{n % 2}"}, n % 2 == 0, {}, EVIL, EVIL, [EVIL],
               EVIL, EVIL, 1.0 + n, {"prompt": 1}, n / 10, f"{EVIL}{n % 3}", EVIL, None)
        for n in range(10)
    ]  # fmt: skip
    run = run_of(tmp_path, records, {"options": {EVIL.replace("\ud800", ""): [EVIL.replace("\ud800", "")]}})
    text = page(run, {EVIL: {EVIL: EVIL}, "a": {EVIL: {"x": 1}, "b": {"x": 2}}})
    drawn = Page(text)
    assert drawn.open == []
    assert [tag for tag, _ in drawn.tags if tag in ("script", "img")] == ["script"]
    assert not any(name.startswith("on") for _, attributes in drawn.tags for name in attributes)
    assert drawn.words.count("alert(1)") > 50
    policy = next(a["content"] for tag, a in drawn.tags if tag == "meta" and "http-equiv" in a)
    script = text[text.rindex("<script>") + 8 : text.rindex("</script>")]
    assert base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() in str(policy)


def test_it_asks_nothing_of_a_network(tmp_path: Path) -> None:
    text = page(run_of(tmp_path, map(routed, range(8))), {})
    assert not re.search(r"https?:|url\(|@import|<link|src=", text)


@pytest.mark.parametrize(
    "records",
    [
        [],
        [Record("one")],
        [Record("one", right=True, ms=0.0)],
        [Record("one", right=False, ms=3.0), Record("two", right=False, ms=3.0)],
        [Record(f"c{n}", {"a": 1}, True, confidence=1.0, gold="x", predicted="x", ms=0.0) for n in range(3)],
    ],
)
def test_little_is_drawn_of_little(tmp_path: Path, records: list[Record]) -> None:
    drawn = Page(page(run_of(tmp_path, records), {}))
    assert drawn.open == []
    assert "nan" not in drawn.words.lower().replace("finance", "")


def test_many_classes_become_a_list_of_confusions(tmp_path: Path) -> None:
    few = page(run_of(tmp_path / "few", (routed(n, 19) for n in range(60))), {})
    many = page(run_of(tmp_path / "many", (routed(n, 60) for n in range(60))), {})
    assert "plot heat" in few
    assert "plot heat" not in many
    assert "The most frequent confusions of 61 classes" in many


def test_arms_are_what_differs_for_the_same_case() -> None:
    records = [
        Record(f"c{n}/{how}", {"how": how, "kind": n % 2}, how == "raw", group=f"c{n}")
        for n in range(6)
        for how in ("raw", "held")
    ]
    assert {name: accuracy(some)["share"] for name, some in arms(records).items()} == {"raw": 1.0, "held": 0.0}
    assert list(slices(records)) == ["kind"]
    assert list(facets([Record("a", {"set": "x"}), Record("b", {"set": "y"})])) == ["x", "y"]


def test_values_of_a_slice_are_in_order() -> None:
    records = [Record(f"c{n}", {"offered": n}, True) for n in (16, 4, 64, 1)]
    assert list(slices(records)["offered"]) == ["1", "4", "16", "64"]


def test_runs_of_one_task_do_not_narrow_the_interval() -> None:
    runs = [Record(f"t{task}#{n}", right=task < 5, group=f"t{task}") for task in range(10) for n in range(10)]
    found = accuracy(runs)
    assert (found["share"], found["n"]) == (0.5, 100)
    assert found["high"] - found["low"] > 0.5


def test_calibration_by_hand() -> None:
    sure = [0.9] * 10 + [0.3] * 10
    right = [True] * 8 + [False] * 2 + [True] * 3 + [False] * 7
    found = Calibration.of(
        [Record(f"c{n}", right=r, confidence=c) for n, (r, c) in enumerate(zip(right, sure, strict=True))]
    )
    assert found is not None
    assert found.error == pytest.approx(0.05)
    assert found.risks() == [(0.5, pytest.approx(0.2)), (1.0, pytest.approx(0.45))]
    assert Calibration.of([Record("a", right=True)]) is None


def test_confusions_by_hand() -> None:
    pairs = [("a", "a"), ("a", "b"), ("a", "b"), ("b", "b"), ("b", NO_CLASS)]
    found = Confusion.of([Record(f"c{n}", gold=gold, predicted=said) for n, (gold, said) in enumerate(pairs)])
    assert found is not None
    assert found.classes == ["a", "b", NO_CLASS]
    assert found.worst(2) == [("a", "b", 2), ("b", NO_CLASS, 1)]
    assert found.of_gold("a") == 3


@pytest.mark.parametrize("values", [[5.0, 5.0], [0.0, 0.0], [1e-9, 1e6, 3.0], [0.0, 1.0, 2.0], list(range(1, 500))])
@pytest.mark.parametrize("wide", [True, False])
def test_a_histogram_counts_every_case(values: list[float], wide: bool) -> None:
    drawn = report_plots.histogram(np.array(values, dtype=float), wide=wide)
    counts = [int(each) for each in re.findall(r": (\d+)</title>", drawn)]
    assert sum(counts) == len(values)
    assert "nan" not in drawn


def test_figures_are_shown_with_their_intervals() -> None:
    text = tables({
        "tool_name": Share(9, 10).to_json(), "nothing": Share(0, 0).to_json(), "steps": bootstrap([2.0, 4.0]).to_json(),
        "arms": {"raw": {"exact": Share(1, 4).to_json()}, "held": {"exact": Share(3, 4).to_json(), "ms": 12345.6}},
    })  # fmt: skip
    words = Page(text).words
    for shown in ("tool name", "90.0%", "59.6–98.2 · n 10", "2 to 4 · n 2", "25.0%", "75.0%", "12,346"):
        assert shown in words


def test_the_command_draws_an_unfinished_run(tmp_path: Path) -> None:
    run_of(tmp_path / "run", map(routed, range(8)))
    result = CliRunner().invoke(quiver, ["eval", "report", str(tmp_path / "run"), "--json"])
    found = json.loads(result.stdout)
    assert (result.exit_code, found["cases"], found["figures"]["right"]["hits"]) == (0, 8, 6)
    assert Path(found["report"]).read_text().startswith("<!doctype html>")
    elsewhere = CliRunner().invoke(quiver, ["eval", "report", str(tmp_path / "run"), "-o", str(tmp_path / "p.html")])
    assert elsewhere.stdout.strip() == str(tmp_path / "p.html")
    assert CliRunner().invoke(quiver, ["eval", "report", str(tmp_path)]).exit_code == 2
    assert CliRunner().invoke(quiver, ["eval", "compare", str(tmp_path / "run"), str(tmp_path / "run")]).exit_code == 0
