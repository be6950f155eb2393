"""Requests for `calculate` and the expression each asks for.

A sum is copied as it is worded wherever the calculator reads such words; other instructions and little stories become
the symbols.
"""

from __future__ import annotations

from random import Random

from training.synthetic import values as v
from training.synthetic.case import Case
from training.synthetic.phrases import Forms, fill, wording
from training.synthetic.words import pool

SUM_FORMS = Forms(
    do=(
        "[calculate|compute|work out|evaluate|solve|do|determine|figure out|find] {x}",
        (
            "[calculate|compute|work out|evaluate|tell me|give me] [the result of|the value of|the "
            "answer to|the outcome of] {x}"
        ),
        "[run|put|type] {x} [through|into] the calculator",
        "[get|give|find] me [the answer to|the result of|] {x}",
        "do the [maths|math|arithmetic|sum]: {x}",
    ),
    ask=(
        (
            "[what is|what's|whats|what does|how much is|what do you get for|so what is|what would "
            "be|what's the answer to] {x}"
        ),
        "[what is|what's] [the result of|the value of|the answer to|the outcome of] {x}",
        "{x} [is|makes|equals|comes to|gives] [what|how much]",
        "how much [does {x} make|do you get from {x}|would {x} be|is {x} exactly|is {x} in total]",
        "what does {x} [come to|equal|make|give|work out to|evaluate to|add up to]",
        "what number [is|equals] {x}",
    ),
    know=(
        "[what|how much] {x} [is|equals|makes|comes to|gives|would be]",
        "what {x} [works out to|amounts to|evaluates to]",
    ),
    give=("{x}", "[the result of|the value of|the answer to] {x}"),
    say=(
        "{x}",
        "{x} = ?",
        "{x}?",
        "{x} =",
        "= {x}",
        "calc {x}",
        "calculate: {x}",
        "compute: {x}",
        "{x}, please",
        "maths: {x}",
        "sum: {x}",
        "[I wonder|Any idea] [how much|what] {x} is?",
    ),
)

_SYMBOLS = ("+", "-", "*", "/")


def plain(rng: Random, most: float = 1000) -> str:
    """A number without thousands commas."""
    return v.number_text(rng, most).replace(",", "")


def symbolic(rng: Random) -> str:
    """One to three operators in symbols, brackets now and then, with or without spaces."""
    gap = rng.choice((" ", " ", " ", ""))
    text = plain(rng)
    for _ in range(rng.choice((1, 1, 1, 2, 2, 3))):
        symbol, other = rng.choice(_SYMBOLS), plain(rng)
        if rng.random() < 0.3 and any(sign in text for sign in _SYMBOLS):
            text = f"({text})"
        text = f"{text}{gap}{symbol}{gap}{other}" if rng.random() < 0.6 else f"{other}{gap}{symbol}{gap}{text}"
    return text


_PERCENTS = pool("1 2 3 5 7 7.5 8 10 12 12.5 15 18 19 20 21 22 25 30 33 35 40 45 60 75 85 90 110")
# Sums in words that the calculator reads as they stand; {a} to {c} are numbers, {i} a small whole one, {s} a square.
_WORDED = (
    "{a} [plus|minus|times|multiplied by|over|divided by|x|×] {b}",
    "{a} [divided by|over|÷] {i}",
    "{p}% of {b}",
    "{p}% of {b}",
    "{p}% of {i}",
    "{p} percent of {b}",
    "[the|] square root of {s}",
    "[sqrt|√]({s})",
    "{i} [squared|cubed]",
    "{i} to the power of {e}",
    "{i}^{e}",
    "[the|] sum of {a} and {b}",
    "[the|] sum of {a}, {b} and {c}",
    "[the|] product of {a} and {b}",
    "[the|] difference between {a} and {b}",
    "[the|] average of {a}, {b} and {c}",
    "[the|] average of {a} and {b}",
    "[half|a quarter|a third] of {b}",
    "[twice|double|triple] {b}",
    "{a} + {b} + {c}",
    "{a} plus {b} [minus|plus|times] {c}",
    "{p}% off {b}",
    "{a} [increased|reduced] by {p}%",
    "{w} [plus|times|minus] {w2}",
)
_SMALL = pool(
    "two three four five six seven eight nine ten eleven twelve fifteen twenty thirty-five forty fifty ninety"
)


def worded(rng: Random) -> str:
    """A sum in words that can be copied as it stands."""
    root = rng.randint(1, 40)
    slots = {"a": plain(rng), "b": plain(rng), "c": plain(rng), "i": str(rng.randint(2, 99)), "s": str(root * root)}
    slots |= {
        "e": str(rng.randint(2, 6)),
        "p": rng.choice(_PERCENTS),
        "w": rng.choice(_SMALL),
        "w2": rng.choice(_SMALL),
    }
    return fill(rng, rng.choice(_WORDED), slots)


# An instruction or a small story, and the symbols it comes to; {a}, {b}, {c} are the numbers in the order of the text.
_TOLD: tuple[tuple[str, str], ...] = (
    ("[add up|sum|total|sum up] {a} [and|plus] {b}", "{a} + {b}"),
    ("[sum|total|add up|add together] {a}, {b} and {c}", "{a} + {b} + {c}"),
    ("[take|deduct|take away] {a} from {b}", "{b} - {a}"),
    (
        "[split|share|divide] {a} [between|among|equally among|evenly between|over] {d} "
        "[people|friends|of us|guests|children|teams]",
        "{a} / {d}",
    ),
    ("[increase|raise] {a} by {b}", "{a} + {b}"),
    ("[reduce|lower|decrease] {a} by {b}", "{a} - {b}"),
    ("halve {a}", "{a} / 2"),
)
_STORIES: tuple[tuple[str, str], ...] = (
    (
        (
            "[If|When|Say] I buy {d} {items} at {a} [each|apiece|a piece], [what do I pay|how much "
            "is that|what is the total|what does it cost]"
        ),
        "{d} * {a}",
    ),
    ("{d} {items} [cost|are|at] {a} each, [what is the total|how much in total|how much altogether]", "{d} * {a}"),
    (
        (
            "[I have|We have|There are] {a} {items} and [get|buy|find|add] {b} more, how many [is "
            "that|in total|do I have now]"
        ),
        "{a} + {b}",
    ),
    ("I [had|saved] {a} and [spent|paid|lost] {b}, [what is left|how much is left|how much remains]", "{a} - {b}"),
    (
        (
            "[The bill|Dinner|The trip|Rent] is {a} and [we are|there are] {d} [of us|people], how "
            "much [each|does each pay|per person]"
        ),
        "{a} / {d}",
    ),
    (
        (
            "How much [is|are] {d} [tickets|nights|hours|boxes|days|lessons] at {a} [each|a piece|"
            "euros each|dollars each|per unit]"
        ),
        "{d} * {a}",
    ),
    (
        (
            "[{person} drove|We walked|I cycled] {a} km [on {weekday}|in the morning] and {b} km "
            "[later|the next day], how far [altogether|in total]"
        ),
        "{a} + {b}",
    ),
)


# Orders the calculator reads as they stand.
_ORDERS = (
    "add {a} and {b}",
    "add {a} to {b}",
    "add {a}, {b} and {c}",
    "subtract {a} from {b}",
    "multiply {a} by {b}",
    "multiply {a} and {b}",
    "divide {a} by {i}",
    "double {a}",
    "triple {a}",
    "square {i}",
)
_ORDER_FORMS = Forms(
    do=("{x}", "{x}", "use the calculator to {x}"),
    know=("what I get if I {x}",),
    ask=("what do I get if I {x}", "what happens when you {x}"),
    say=("{x}", "{x}."),
)


def ordered(rng: Random) -> tuple[str, str]:
    """An order and its expression, which is the order itself, in the letters it has in the request."""
    slots = {"a": plain(rng), "b": plain(rng), "c": plain(rng), "i": str(rng.randint(2, 99))}
    order = fill(rng, rng.choice(_ORDERS), slots)
    request = wording(rng, _ORDER_FORMS, {"x": order})
    if request.startswith(order) and rng.random() < 0.7:
        return request[:1].upper() + request[1:], order[:1].upper() + order[1:]
    return request, order


def told(rng: Random) -> tuple[str, str]:
    """An instruction or story whose symbols must be written, the numbers copied in the right order."""
    slots = v.slots(rng)
    slots.update({"a": plain(rng), "b": plain(rng), "c": plain(rng), "d": str(rng.randint(2, 30))})
    if rng.random() < 0.5:
        template, symbols = rng.choice(_TOLD)
        return wording(rng, _TOLD_FORMS[template], slots), fill(rng, symbols, slots)
    template, symbols = rng.choice(_STORIES)
    return wording(rng, _STORY_FORMS[template], slots), fill(rng, symbols, slots)


_TOLD_FORMS = {template: Forms(do=(template,)) for template, _ in _TOLD}
_STORY_FORMS = {template: Forms(ask=(template,)) for template, _ in _STORIES}


def calculate(rng: Random) -> Case:
    kind = rng.random()
    if kind < 0.14:
        request, expression = ordered(rng)
    elif kind < 0.3:
        request, expression = told(rng)
    else:
        expression = symbolic(rng) if kind < 0.6 else worded(rng)
        request = wording(rng, SUM_FORMS, {"x": expression})
    return Case(request, "calculate", {"expression": expression})
