"""Sums told as instructions and little stories, whose symbols must be written: the numbers copied in the right order.

Every row has its value beside its symbols, worked out from the numbers drawn, so that a test can hold one against the
other. Amounts are {a}, {b}, {c}; {d}, {e}, {g}, {h} small whole numbers, all different; {p} a percentage; {k} a small
number in words. Most stories are in the modules `sum_stories_…`, by what they are about.
"""

from __future__ import annotations

from fractions import Fraction
from random import Random

from training.synthetic import (
    sum_stories_daily,
    sum_stories_home,
    sum_stories_kitchen,
    sum_stories_percent,
    sum_stories_plain,
    sum_stories_sharing,
    sum_stories_shopping,
    sum_stories_steps,
    sum_stories_travel,
    sum_stories_work,
)
from training.synthetic import values as v
from training.synthetic.number_wording import wording
from training.synthetic.phrases import Forms, fill
from training.synthetic.sum_meanings import Story
from training.synthetic.sum_words import Meaning, Numbers, Sum, in_words, plain

_EACH = "[each|apiece|a piece|per piece|each one|a pop|per item]"
_ASKED = "[what do I pay|how much is that|what is the total|what does it cost|what's the bill|how much do I owe]"
_TOTAL = "[how much altogether|how much in total|what is the total|what does that make|what's that in all]"

# Orders: a verb phrase, which any "please", "could you" may stand before.
ORDERS: tuple[Story, ...] = (
    ("[add up|sum up|tot up|count up|tally|total up] {a} [and|plus] {b}", "{a} + {b}", lambda n: n["a"] + n["b"]),
    (
        "[add up|add together|sum up|tot up|tally up|put together] {a}, {b} and {c}",
        "{a} + {b} + {c}",
        lambda n: n["a"] + n["b"] + n["c"],
    ),
    ("[put|combine|join] {a} [and|with] {b} [together|into one sum]", "{a} + {b}", lambda n: n["a"] + n["b"]),
    ("[take|deduct|take away|knock|remove|strike] {a} from {b}", "{b} - {a}", lambda n: n["b"] - n["a"]),
    ("[take|knock|shave] {a} off {b}", "{b} - {a}", lambda n: n["b"] - n["a"]),
    ("[reduce|lower|decrease|cut|bring down] {a} by {b}", "{a} - {b}", lambda n: n["a"] - n["b"]),
    ("[increase|raise|bump up|bring up] {a} by {b}", "{a} + {b}", lambda n: n["a"] + n["b"]),
    ("[increase|raise|bump up|put up] {a} by {p}[%| percent]", "{a} + {p}%", lambda n: n["a"] * (1 + n["p"] / 100)),
    (
        "[reduce|lower|decrease|cut|discount] {a} by {p}[%| percent]",
        "{a} - {p}%",
        lambda n: n["a"] * (1 - n["p"] / 100),
    ),
    ("[take|knock|deduct|subtract] {p}% [off|from] {a}", "{a} - {p}%", lambda n: n["a"] * (1 - n["p"] / 100)),
    (
        "[add|put] {p}% [tax|VAT|GST|sales tax|a service charge|interest|shipping|] [to|on|on top of|onto] {a}",
        "{a} + {p}%",
        lambda n: n["a"] * (1 + n["p"] / 100),
    ),
    (
        "[work out|calculate|find|figure out] [a|the] {p}% [tip|gratuity|service "
        "charge|discount|commission|deposit|tax] "
        "[on|for|of] {a}",
        "{p}% of {a}",
        lambda n: n["p"] / 100 * n["a"],
    ),
    (
        "[take|find|work out|get|give me] {p} [percent|%] [out of|from] {a}",
        "{p}% of {a}",
        lambda n: n["p"] / 100 * n["a"],
    ),
    (
        "[split|share|divide|distribute|break up] {a} [between|among|equally among|evenly "
        "between|over|amongst|across] {d} "
        "[people|friends|of us|guests|children|teams|persons|colleagues|flatmates|households|ways]",
        "{a} / {d}",
        lambda n: n["a"] / n["d"],
    ),
    (
        "[split|share|cut|divide] {a} [in|into] {d} [equal parts|parts|shares|pieces]",
        "{a} / {d}",
        lambda n: n["a"] / n["d"],
    ),
    (
        "[split|share|divide] {a} [between|among] {k} [people|friends|of us|children]",
        "{a} / {K}",
        lambda n: n["a"] / n["k"],
    ),
    ("split {a} {d} ways", "{a} / {d}", lambda n: n["a"] / n["d"]),
    ("see how [many times|often] {d} goes into {a}", "{a} / {d}", lambda n: n["a"] / n["d"]),
    ("divide {d} into {a}", "{a} / {d}", lambda n: n["a"] / n["d"]),
    ("halve {a}", "{a} / 2", lambda n: n["a"] / 2),
    ("cut {a} in half", "{a} / 2", lambda n: n["a"] / 2),
    ("multiply {a} [with|times] {d}", "{a} * {d}", lambda n: n["a"] * n["d"]),
    ("[add|put] {a} [onto|on top of|on] {b}", "{b} + {a}", lambda n: n["a"] + n["b"]),
    (
        "[start at|start with|take|begin with] {a}[,| and] [subtract|take away] {b}",
        "{a} - {b}",
        lambda n: n["a"] - n["b"],
    ),
    ("[start at|start with|take|begin with] {a}[,| and] add {b}", "{a} + {b}", lambda n: n["a"] + n["b"]),
    ("[take|start with] {a} and multiply [it|that] by {d}", "{a} * {d}", lambda n: n["a"] * n["d"]),
    ("[take|start with] {a} and divide [it|that] by {d}", "{a} / {d}", lambda n: n["a"] / n["d"]),
    (
        "[add|sum] {a} and {b}[,| and] then [multiply|times] [it|that|the result] by {d}",
        "({a} + {b}) * {d}",
        lambda n: (n["a"] + n["b"]) * n["d"],
    ),
    (
        "[add|sum] {a} and {b}[,| and] then divide [it|that|the result|the sum] by {d}",
        "({a} + {b}) / {d}",
        lambda n: (n["a"] + n["b"]) / n["d"],
    ),
    ("multiply {a} by {d} and [then|] add {b}", "{a} * {d} + {b}", lambda n: n["a"] * n["d"] + n["b"]),
    ("multiply {a} by {d} and [then|] subtract {b}", "{a} * {d} - {b}", lambda n: n["a"] * n["d"] - n["b"]),
    ("average {a} and {b}", "({a} + {b}) / 2", lambda n: (n["a"] + n["b"]) / 2),
    ("average {a}, {b} and {c}", "({a} + {b} + {c}) / 3", lambda n: (n["a"] + n["b"] + n["c"]) / 3),
)
# Questions, without their mark; most are a little story.
QUESTIONS: tuple[Story, ...] = (
    (
        "what [do|does] {a}, {b} and {c} [come to|add up to|make|sum to|total|amount to] [together|in "
        "total|altogether|]",
        "{a} + {b} + {c}",
        lambda n: n["a"] + n["b"] + n["c"],
    ),
    (
        "what [do|does] {a} and {b} [come to|add up to|make|sum to|total] [together|in total|altogether|]",
        "{a} + {b}",
        lambda n: n["a"] + n["b"],
    ),
    (
        "how much [is|are|do] {a} and {b} [together|altogether|in all|combined|make]",
        "{a} + {b}",
        lambda n: n["a"] + n["b"],
    ),
    ("{a} and {b} [make|makes|is|gives] [what|how much]", "{a} + {b}", lambda n: n["a"] + n["b"]),
    ("{a}, {b} and {c}: what is the [total|sum]", "{a} + {b} + {c}", lambda n: n["a"] + n["b"] + n["c"]),
    ("what is {a} more than {b}", "{b} + {a}", lambda n: n["a"] + n["b"]),
    ("what is {a} less than {b}", "{b} - {a}", lambda n: n["b"] - n["a"]),
    ("what [number|] is {a} [smaller|lower|fewer] than {b}", "{b} - {a}", lambda n: n["b"] - n["a"]),
    ("what [number|] is {a} [bigger|higher|greater] than {b}", "{b} + {a}", lambda n: n["b"] + n["a"]),
    ("how much [more|bigger|larger|higher] is {a} than {b}", "{a} - {b}", lambda n: n["a"] - n["b"]),
    ("how much [less|smaller|lower] is {a} than {b}", "{b} - {a}", lambda n: n["b"] - n["a"]),
    ("how [far apart are|far is it between] {a} and {b}", "{a} - {b}", lambda n: n["a"] - n["b"]),
    (
        "what [is|do you get for|remains of|is left of] {a} [after|once] [taking away|subtracting|you take away] {b}",
        "{a} - {b}",
        lambda n: n["a"] - n["b"],
    ),
    ("what [is left|remains] [if|when] [I|you|we] take {a} from {b}", "{b} - {a}", lambda n: n["b"] - n["a"]),
    ("how many times does {d} [go|fit] into {a}", "{a} / {d}", lambda n: n["a"] / n["d"]),
    ("how [many times|often] [is|does] {d} [contained in|fit in] {a}", "{a} / {d}", lambda n: n["a"] / n["d"]),
    ("what is {a} shared [equally|] [between|among] {d}", "{a} / {d}", lambda n: n["a"] / n["d"]),
    ("what is {a} split {d} ways", "{a} / {d}", lambda n: n["a"] / n["d"]),
    ("what is {d} lots of {a}", "{d} * {a}", lambda n: n["d"] * n["a"]),
    (
        "how much [is|are|for|would be|do I pay for] {d} {items} at {s}{a} " + _EACH,
        "{d} * {a}",
        lambda n: n["d"] * n["a"],
    ),
    (
        "what [do|will|would|does] {d} {items} [cost|come to] [at|if they cost|if they are] {s}{a} " + _EACH,
        "{d} * {a}",
        lambda n: n["d"] * n["a"],
    ),
    (
        "how much [is|are] {d} [tickets|nights|hours|boxes|days|lessons|seats|shares|metres|bags] at {s}{a} "
        "[each|a piece|euros each|dollars each|per unit|for one|a head]",
        "{d} * {a}",
        lambda n: n["d"] * n["a"],
    ),
    (
        "what is [a|the] {p}% [tip|gratuity|service charge|commission|deposit|discount] [on|for] [a|my|the|our] "
        "[bill|order|meal|total|invoice|sale] of {s}{a}",
        "{p}% of {a}",
        lambda n: n["p"] / 100 * n["a"],
    ),
    ("how much is a [tip|service charge|fee] of {p}% on {s}{a}", "{p}% of {a}", lambda n: n["p"] / 100 * n["a"]),
    ("how much [tip|should I tip|to tip] [for|on] {s}{a} at {p}%", "{p}% of {a}", lambda n: n["p"] / 100 * n["a"]),
    (
        "what is {s}{a} [with|including|plus] a {p}% [tip|tax|surcharge|markup]",
        "{a} + {p}%",
        lambda n: n["a"] * (1 + n["p"] / 100),
    ),
    (
        "what [is|does] [a|the] {s}{a} {thing} [cost|come to] [with|after|at] [a|] {p}% [discount|off|reduction]",
        "{a} - {p}%",
        lambda n: n["a"] * (1 - n["p"] / 100),
    ),
    (
        "how much is {s}{a} [with|after|including] {p}% [VAT|tax|sales tax|interest|inflation]",
        "{a} + {p}%",
        lambda n: n["a"] * (1 + n["p"] / 100),
    ),
    (
        "a {thing} costs {s}{a} [and|but] is {p}% off[, what is the new price|, what do I pay|, how much is it now]",
        "{a} - {p}%",
        lambda n: n["a"] * (1 - n["p"] / 100),
    ),
    (
        "[the price|my rent|the fee|my salary|the cost] [was|is] {s}{a} and [goes|went|is going] up [by|] {p}%[, "
        "what is "
        "it now|, what will it be|, what do I end up with]",
        "{a} + {p}%",
        lambda n: n["a"] * (1 + n["p"] / 100),
    ),
    (
        "[if|when|say|suppose] I buy {d} {items} at {s}{a} " + _EACH + ", " + _ASKED,
        "{d} * {a}",
        lambda n: n["d"] * n["a"],
    ),
    ("{d} {items} [cost|are|at|for] {s}{a} " + _EACH + "[, |: | - ]" + _TOTAL, "{d} * {a}", lambda n: n["d"] * n["a"]),
    (
        "[I have|we have|there are|we own|she has] {d} {items} and [get|buy|find|add|receive] {e} more, how many [is "
        "that|in total|do I have now|are there then]",
        "{d} + {e}",
        lambda n: n["d"] + n["e"],
    ),
    (
        "I [had|saved|started with|earned] {s}{a} and [spent|paid|lost|gave away] {s}{b}, [what is left|how much is "
        "left"
        "|how much remains|what do I still have]",
        "{a} - {b}",
        lambda n: n["a"] - n["b"],
    ),
    (
        "I paid [with|] {s}{a} for something that costs {s}{b}, [what change do I get|how much change is that]",
        "{a} - {b}",
        lambda n: n["a"] - n["b"],
    ),
    (
        "[the bill|dinner|the trip|rent|the taxi|our gift|the house] [is|was|costs|came to] {s}{a} and [we "
        "are|there are] "
        "{d} [of us|people], [how much each|what does each pay|how much per person|what is my share]",
        "{a} / {d}",
        lambda n: n["a"] / n["d"],
    ),
    (
        "[{person} drove|we walked|I cycled|they sailed] {a} km [on {weekday}|in the morning] and {b} km "
        "[later|the next day|after lunch], how far [altogether|in total|is that]",
        "{a} + {b}",
        lambda n: n["a"] + n["b"],
    ),
    (
        "[I bought|we bought|the shop charged for] {items} for {s}{a} and {items2} for {s}{b}[, what did I spend|, "
        "how much "
        "is that together|; what is the total]",
        "{a} + {b}",
        lambda n: n["a"] + n["b"],
    ),
    (
        "[my costs|the prices|the amounts|my expenses|the scores] are {a}, {b} and {c}, [what is the total|what's "
        "the sum|"
        "how much together]",
        "{a} + {b} + {c}",
        lambda n: n["a"] + n["b"] + n["c"],
    ),
    (
        "[my marks|the scores|the readings|the temperatures] [are|were] {a}, {b} and {c}, what is the [average|mean]",
        "({a} + {b} + {c}) / 3",
        lambda n: (n["a"] + n["b"] + n["c"]) / 3,
    ),
    (
        "[a car|a train|a runner|a boat] covers {a} km in {d} hours, how [far|much] is that per hour",
        "{a} / {d}",
        lambda n: n["a"] / n["d"],
    ),
    (
        "I [earn|make|get paid] {s}{a} an hour and worked {d} hours, [what do I get|how much is that|what is my pay]",
        "{a} * {d}",
        lambda n: n["a"] * n["d"],
    ),
    (
        "[the rent|my subscription|the phone|insurance] is {s}{a} a month, [what is that for|how much is it "
        "for|what do "
        "I pay over] {d} months",
        "{a} * {d}",
        lambda n: n["a"] * n["d"],
    ),
    (
        "[the room|my garden|the wall|a field|the carpet] is {d} [by|times] {e} [metres|feet|m], what is [the|its] "
        "area",
        "{d} * {e}",
        lambda n: n["d"] * n["e"],
    ),
    (
        "[there are|we packed|I ordered] {d} boxes [with|of] {e} {items} [in each|each], how many {items} [is "
        "that|in all]",
        "{d} * {e}",
        lambda n: n["d"] * n["e"],
    ),
    ("what is the area of a {d} by {e} [room|rectangle|plot|sheet]", "{d} * {e}", lambda n: n["d"] * n["e"]),
    *sum_stories_daily.STORIES,
    *sum_stories_home.STORIES,
    *sum_stories_kitchen.STORIES,
    *sum_stories_percent.STORIES,
    *sum_stories_plain.STORIES,
    *sum_stories_sharing.STORIES,
    *sum_stories_shopping.STORIES,
    *sum_stories_steps.STORIES,
    *sum_stories_travel.STORIES,
    *sum_stories_work.STORIES,
)
ORDERED = 0.05  # share of the orders: they are few, and there is less to be read in them
_ORDER_FORMS = {
    story[0]: Forms(do=(story[0],), ask=(f"what [do I get|is it|happens] if I {story[0]}",), say=(story[0],))
    for story in ORDERS
}
_QUESTION_FORMS = {story[0]: Forms(ask=(story[0],)) for story in QUESTIONS}


def told(rng: Random) -> tuple[str, Sum]:
    """A request and the symbols it comes to."""
    _, request, said = told_in(rng)
    return request, said


def told_in(rng: Random) -> tuple[str, str, Sum]:
    """As `told`, with the frame it was told in first."""
    table, forms = (ORDERS, _ORDER_FORMS) if rng.random() < ORDERED else (QUESTIONS, _QUESTION_FORMS)
    template, symbols, meaning = rng.choice(table)
    slots, numbers = _slots(rng)
    request = wording(rng, forms[template], slots)
    return template, request, Sum(fill(rng, symbols, slots), "symbols", _value(meaning, numbers))


def _value(meaning: Meaning, numbers: Numbers) -> Fraction | None:
    """None where it would be divided by zero."""
    try:
        return meaning(numbers)
    except ZeroDivisionError:
        return None


def _slots(rng: Random) -> tuple[dict[str, str], Numbers]:
    slots = v.slots(rng)
    small = rng.randint(2, 20)
    slots |= {"a": _amount(rng), "b": _amount(rng), "c": _amount(rng)}
    slots |= dict(zip("degh", map(str, rng.sample(range(2, 41), 4)), strict=True))
    slots |= {"k": in_words(small), "K": str(small)}
    slots |= {
        "p": rng.choice(("5", "7", "8", "10", "12", "12.5", "15", "18", "19", "20", "21", "22", "25", "30", "40"))
    }
    slots |= {"s": rng.choice(("", "", "", "$", "€", "£")), "thing": v.draw(rng, "noun")}
    numbers = {name: Fraction(slots[name]) for name in "abcdeghp"} | {"k": Fraction(small)}
    return slots, numbers


def _amount(rng: Random) -> str:
    return v.money_text(rng) if rng.random() < 0.4 else plain(rng)
