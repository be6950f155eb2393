"""The tools in the box are the ones everybody relies on: names, parameters, order, effects, descriptions."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from router.errors import UsageError
from tests.tools.conftest import Use
from tools.builtin import builtin_tools

EXPECTED = """
calculate(expression: string) read
convert_unit(value: number, from_unit: string, to_unit: string) read
current_time(timezone?: string) read
shift_date(date: string, amount: integer, unit: days|weeks|months|years) read
days_between(start: string, end: string) read
day_of_week(date: string) read
read_file(path: string) read
write_file(path: string, content: string) write
list_files(folder?: string) read
search_files(text: string, folder?: string) read
query_database(database: string, sql: string) read
save_note(text: string) write
find_notes(text?: string) read
fetch_url(url: string) network
"""


def test_signatures_and_order(tmp_path: Path) -> None:
    lines = []
    for spec in [tool.spec for tool in builtin_tools(tmp_path)]:
        parameters = []
        for name, schema in spec.parameters["properties"].items():
            mark = "" if name in spec.parameters["required"] else "?"
            parameters.append(f"{name}{mark}: {'|'.join(schema.get('enum', [schema['type']]))}")
        lines.append(f"{spec.name}({', '.join(parameters)}) {spec.effect}")
    assert lines == EXPECTED.split("\n")[1:-1]


def test_each_is_described_in_one_sentence(tmp_path: Path) -> None:
    for spec in [tool.spec for tool in builtin_tools(tmp_path)]:
        assert re.fullmatch(r"[A-Z].{15,110}\.", spec.description), spec.name
        for name, schema in spec.parameters["properties"].items():
            assert re.fullmatch(r"[A-Z].{3,110}\.", schema["description"]), (spec.name, name)


def test_the_real_clock_has_a_zone(use: Use) -> None:
    assert re.fullmatch(r"[A-Z]\w+day, \d{4}-\d\d-\d\d, \d\d:\d\d \S+", use("current_time").text)


def test_only_listed_hosts(use: Use) -> None:
    seen = use("fetch_url", url="http://example.org/")
    assert (seen.kind, seen.text) == ("refused", "Refused: The host example.org is not allowed. Allowed hosts: none.")


def test_the_work_folder_must_be_one(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="not a folder"):
        builtin_tools(tmp_path / "missing")
