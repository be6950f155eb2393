"""Typed functions become tools whose schema says what the signature says; anything missing is refused by name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal, NotRequired, TypedDict

import pytest

from router.conversation import ToolSpec
from router.errors import ToolBroken
from tools.tool import Tool, tool


@dataclass
class Guest:
    """Someone invited.

    Attributes:
        name: What the guest is called.
        age: In whole years.
    """

    name: str
    age: int = 0


class Place(TypedDict):
    """Where it happens.

    Attributes:
        city: The city.
        street: The street and number.
    """

    city: str
    street: NotRequired[str]


def invite(
    guest: Guest, places: list[Place], seats: dict[str, int], weight: float, mood: Literal["gay", "grave"]
) -> str:
    """Invite a guest
    to some places.

    More about it, which no model needs.

    Args:
        guest: Who is invited.
        places: Where to, and this description
            goes on here.
        seats: Seats by table.
        weight: How much it matters.
        mood: In which mood.

    Returns:
        word: Not a parameter.
    """
    return f"{guest.name}, {guest.age}, {places}, {seats}, {weight!r}, {mood}"


def greet(name: str, times: int = 2, loud: bool | None = None, title: str | None = None) -> str:
    """Greet someone.

    Args:
        name: Who.
        times: How often.
        loud: Whether to shout.
        title: How to address them.
    """
    return " ".join([name] * times) + ("!" if loud else "")


def test_the_schema_follows_the_signature() -> None:
    parameters = Tool.from_function(invite).spec.parameters
    guest = {
        "type": "object",
        "properties": {
            "name": {"type": "string", "description": "What the guest is called."},
            "age": {"type": "integer", "description": "In whole years."},
        },
        "required": ["name"],
        "additionalProperties": False,
        "description": "Who is invited.",
    }
    assert list(parameters["properties"]) == ["guest", "places", "seats", "weight", "mood"]
    assert parameters["properties"]["guest"] == guest
    assert parameters["properties"]["places"]["items"]["required"] == ["city"]
    assert parameters["properties"]["places"]["description"] == "Where to, and this description goes on here."
    assert parameters["properties"]["seats"]["additionalProperties"] == {"type": "integer"}
    assert parameters["properties"]["mood"]["enum"] == ["gay", "grave"]
    assert parameters["required"] == list(parameters["properties"])
    assert parameters["additionalProperties"] is False


def test_only_the_first_paragraph_describes_the_tool() -> None:
    assert Tool.from_function(invite).spec.description == "Invite a guest to some places."


def test_defaults_make_parameters_optional_and_none_is_left_out() -> None:
    parameters = Tool.from_function(greet).spec.parameters
    assert parameters["required"] == ["name"]
    assert parameters["properties"]["times"] == {"type": "integer", "description": "How often.", "default": 2}
    assert parameters["properties"]["loud"] == {"type": "boolean", "description": "Whether to shout."}


def test_json_values_arrive_as_the_annotated_types() -> None:
    made = Tool.from_function(invite).run(
        guest={"name": "Ann", "age": 41.0}, places=[{"city": "Rome"}], seats={"a": 2.0}, weight=3, mood="gay"
    )
    assert made == "Ann, 41, [{'city': 'Rome'}], {'a': 2}, 3.0, gay"


def test_the_decorator_makes_a_tool() -> None:
    @tool(effect="network", name="say-hello")
    def hello() -> str:
        """Say hello."""
        return "hello"

    assert isinstance(hello, Tool)
    assert (hello.spec.name, hello.spec.effect, hello.spec.parameters["properties"]) == ("say-hello", "network", {})
    assert hello.run() == "hello"


def test_a_method_is_a_tool_without_its_self() -> None:
    class Counter:
        def up(self, by: int) -> int:
            """Count up.

            Args:
                by: How far.
            """
            return by + 1

    made = Tool.from_function(Counter().up, effect="write")
    assert list(made.spec.parameters["properties"]) == ["by"]
    assert made.run(by=1) == 2


def undescribed_tool(x: str) -> None:
    pass


def undescribed_parameter(x: str, y: str) -> None:
    """Do it.

    Args:
        x: This one is.
    """


def unannotated(x) -> None:  # type: ignore[no-untyped-def]
    """Do it.

    Args:
        x: Something.
    """


def variadic(*things: str) -> None:
    """Do it.

    Args:
        things: Some.
    """


def bytes_parameter(x: bytes) -> None:
    """Do it.

    Args:
        x: Some bytes.
    """


def mixed_literal(x: Literal["one", 2]) -> None:
    """Do it.

    Args:
        x: One of two.
    """


def keyed_by_number(x: dict[int, str]) -> None:
    """Do it.

    Args:
        x: By number.
    """


def undefined(x: Nowhere) -> None:  # type: ignore[name-defined]  # noqa: F821
    """Do it.

    Args:
        x: Something.
    """


async def awaited(x: str) -> None:
    """Do it.

    Args:
        x: Something.
    """


@dataclass
class Bare:
    """No attributes described."""

    name: str


def undescribed_field(x: Bare) -> None:
    """Do it.

    Args:
        x: Something.
    """


@pytest.mark.parametrize(
    ("function", "complaint"),
    [
        (undescribed_tool, "'x' of tool 'undescribed_tool' has no description"),
        (undescribed_parameter, "'y' of tool 'undescribed_parameter' has no description"),
        (unannotated, "'x' of tool 'unannotated' has no type annotation"),
        (variadic, "not passed by one name"),
        (bytes_parameter, "no JSON form"),
        (mixed_literal, "mixes types"),
        (keyed_by_number, "no JSON form"),
        (undefined, "cannot be evaluated"),
        (awaited, "async"),
        (undescribed_field, "field 'name'"),
        (lambda: None, "not a tool name"),
    ],
)
def test_what_is_missing_is_named(function: Any, complaint: str) -> None:
    with pytest.raises(ToolBroken) as broken:
        Tool.from_function(function)
    assert complaint in broken.value.message
    assert broken.value.hint
    assert broken.value.exit_code == 2


def test_a_function_without_parameters_still_needs_a_description() -> None:
    def silent() -> None:
        pass

    with pytest.raises(ToolBroken, match="'silent' has no description"):
        Tool.from_function(silent)


@pytest.mark.parametrize("name", ["", "a b", "a.b", "é", "x" * 65, "a\n", "../a"])
def test_names_are_checked(name: str) -> None:
    with pytest.raises(ToolBroken, match="not a tool name"):
        Tool(ToolSpec(name, "Does it.", {"type": "object"}), print)


def test_the_effect_is_one_of_three() -> None:
    with pytest.raises(ToolBroken, match="effect"):
        Tool.from_function(greet, effect="maybe")  # type: ignore[arg-type]


def test_annotated_adds_keywords_to_the_schema_and_changes_no_value() -> None:
    @tool()
    def scale(code: Annotated[str, {"pattern": "^[A-Z]+$"}]) -> str:
        """Scale it.

        Args:
            code: Which one.
        """
        return code

    field = scale.spec.parameters["properties"]["code"]
    assert field == {"type": "string", "pattern": "^[A-Z]+$", "description": "Which one."}
    assert scale.run(code="AB") == "AB"
