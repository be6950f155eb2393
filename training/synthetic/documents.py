"""Texts as files and pages hold them, with what they say: the facts one can ask for, each with its place in the text.

Forms, prose, tables, letters, logs and lists, all invented. A fact's value stands in the text exactly as given, so that
an answer can be copied. Nothing here knows of tools or skills.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Literal

from training.synthetic import values as v
from training.synthetic import words as w
from training.synthetic.phrases import fill

Kind = Literal["money", "date", "measure", "number", "text"]


@dataclass(frozen=True)
class Fact:
    """`key`: what one asks for ("due date"); `value`: as the text has it; `number`: its digits, where it has a number;
    `unit`: of a measure; `asks`: questions of its own; `reply`: the answer in a sentence."""

    key: str
    value: str
    kind: Kind = "text"
    number: str = ""
    unit: str = ""
    asks: tuple[str, ...] = ()
    reply: str = ""

    @property
    def sentence(self) -> str:
        return self.reply or f"The {self.key} is {self.value}."


@dataclass(frozen=True)
class Document:
    text: str
    facts: tuple[Fact, ...]

    def of(self, *kinds: Kind) -> list[Fact]:
        return [fact for fact in self.facts if fact.kind in kinds]


_KEYS: dict[Kind, tuple[str, ...]] = {
    "money": tuple(
        "total,subtotal,price,rent,fee,deposit,budget,tax,balance,net "
        "amount,discount,shipping,salary,tip,hotel,taxi,flight,lunch,"
        "train,rent for {month},cost of the {noun},{noun} fee,{noun} cost,{items},{noun}".split(",")
    ),
    "date": tuple(
        "date,due date,deadline,delivery date,start date,end date,birthday,expiry "
        "date,check-in,departure,next visit,{noun} date,"
        "last {noun},opening day".split(",")
    ),
    "measure": tuple(
        (
            "distance,weight,height,length,width,volume,temperature,speed,file "
            "size,duration,depth,{noun} weight,{noun} length"
        ).split(",")
    ),
    "number": tuple(
        (
            "quantity,guests,seats,pages,floor,room,participants,copies,port,score,votes,{noun}s,boxes,{adjective} "
            "{noun}s"
        ).split(",")
    ),
    "text": tuple(
        "name,customer,author,city,address,email,phone,status,colour,contact,owner,order "
        "number,code,reference,supplier,venue,place,"
        "{noun} name,manager,driver,company,contact person,{noun} code,invoice number,password,gate".split(",")
    ),
}
_MEASURES: dict[str, tuple[str, ...]] = {
    "weight": ("kg", "pounds", "g", "lbs", "grams", "tonnes", "kilograms", "ounces"),
    "volume": ("litres", "gallons", "ml", "cups"),
    "temperature": ("°C", "°F", "celsius", "fahrenheit"),
    "speed": ("km/h", "mph", "knots", "m/s"),
    "size": ("MB", "GB", "KB"),
    "duration": ("hours", "minutes", "days", "weeks", "seconds"),
    "": ("km", "miles", "m", "metres", "feet", "cm", "inches", "kilometres", "yards"),
}
_TEXT_VALUES: dict[str, Callable[[Random], str]] = {
    "city": lambda rng: rng.choice(w.CITIES),
    "venue": lambda rng: rng.choice((v.company(rng), rng.choice(w.CITIES))),
    "place": lambda rng: rng.choice(w.CITIES),
    "address": lambda rng: f"{v.draw(rng, 'street')}, {rng.choice(w.CITIES)}",
    "email": v.email,
    "phone": v.phone,
    "status": lambda rng: rng.choice(
        ("open", "closed", "paid", "pending", "late", "shipped", "cancelled", "draft", "ready", "approved")
    ),
    "colour": lambda rng: rng.choice(w.COLOURS),
    "order number": v.code,
    "invoice number": v.code,
    "code": v.code,
    "reference": v.code,
    "password": lambda rng: v.invented(rng) + str(rng.randint(1, 99)),
    "gate": lambda rng: f"{rng.choice('ABCDEFG')}{rng.randint(1, 60)}",
    "supplier": v.company,
    "company": v.company,
}


def fact(rng: Random, kind: Kind) -> Fact:
    """A key with a value of the kind, as a form has it."""
    key = fill(rng, rng.choice(_KEYS[kind]), v.slots(rng))
    if kind == "money":
        amount = v.money_text(rng)
        return Fact(
            key,
            rng.choice((amount, amount, f"${amount}", f"€{amount}", f"£{amount}", f"{amount} EUR", f"{amount} euros")),
            kind,
            amount,
        )
    if kind == "date":
        return Fact(key, v.date_text(rng, v.day(rng)), kind)
    if kind == "measure":
        unit = rng.choice(next(units for word, units in _MEASURES.items() if word in key))
        amount = v.number_text(rng, 500).replace(",", "")
        return Fact(key, f"{amount} {unit}", kind, amount, unit)
    if kind == "number":
        amount = str(rng.randint(1, 900))
        return Fact(key, amount, kind, amount)
    last = key.split()[-1]
    value = _TEXT_VALUES.get(key) or _TEXT_VALUES.get(last) or rng.choice((v.full_name, v.full_name, v.company))
    return Fact(key, value(rng), kind)


def facts(rng: Random, count: int, kinds: Sequence[Kind] = ()) -> list[Fact]:
    """`count` facts of different keys; the first ones of the kinds asked for."""
    found: dict[str, Fact] = {}
    wanted = list(kinds)
    while len(found) < count:
        kind: Kind = (
            wanted.pop(0) if wanted else rng.choice(("money", "date", "measure", "number", "text", "text", "text"))
        )
        one = fact(rng, kind)
        if one.key in found:
            wanted = [kind, *wanted] if kinds else wanted
        found.setdefault(one.key, one)
    chosen = list(found.values())
    rng.shuffle(chosen)
    return chosen


def form(rng: Random, kinds: Sequence[Kind] = ()) -> Document:
    """Lines of key and value, in one of the usual layouts, with a heading or a remark now and then."""
    chosen = facts(rng, max(len(kinds), rng.randint(2, 5)), kinds)
    style = rng.choice(
        (
            "{k}: {v}",
            "{k}: {v}",
            "{k}: {v}",
            "{k} = {v}",
            "{k} - {v}",
            "- {k}: {v}",
            "{k}\t{v}",
            "* {k}: {v}",
            "{k}={v}",
            "{k}:  {v}",
        )
    )
    cased = rng.choice((str.lower, str.capitalize, str.capitalize, str.capitalize, str.title, str.upper))
    lines = [style.format(k=cased(one.key), v=one.value) for one in chosen]
    if rng.random() < 0.35:
        lines.insert(
            0, rng.choice((v.draw(rng, "noun").capitalize(), f"# {v.topic(rng)}", v.company(rng), v.topic(rng)))
        )
    if rng.random() < 0.2:
        lines.append(v.sentence(rng))
    return Document("\n".join(lines), tuple(chosen))


# A sentence, and for some of its slots: questions and the answer in a sentence.
_Asked = tuple[str, Kind, str, tuple[str, ...], str]
_PROSE: tuple[tuple[str, tuple[_Asked, ...]], ...] = (
    (
        "{name} was born in {city} in {year}.",
        (
            (
                "city",
                "text",
                "birthplace of {name}",
                ("where was {name} born", "in which city was {name} born"),
                "{name} was born in {city}.",
            ),
            (
                "year",
                "text",
                "year of birth of {name}",
                ("when was {name} born", "in [what|which] year was {name} born"),
                "{name} was born in {year}.",
            ),
        ),
    ),
    (
        "{name} works as a {job} in {city}.",
        (
            (
                "job",
                "text",
                "job of {name}",
                ("what does {name} do", "what is {name}'s job", "what [job|profession] does {name} have"),
                "{name} works as a {job}.",
            ),
            (
                "city",
                "text",
                "workplace of {name}",
                ("where does {name} work", "in which city does {name} work"),
                "{name} works in {city}.",
            ),
        ),
    ),
    (
        "The {noun} was moved to {date}.",
        (
            (
                "date",
                "date",
                "new date of the {noun}",
                ("when is the {noun}", "[what|which] date was the {noun} moved to"),
                "The {noun} was moved to {date}.",
            ),
        ),
    ),
    (
        "The {adjective} {noun} costs {money} euros.",
        (
            (
                "money",
                "money",
                "price of the {adjective} {noun}",
                ("how much [is|does] the {adjective} {noun} [cost|]", "what does the {adjective} {noun} cost"),
                "The {adjective} {noun} costs {money} euros.",
            ),
        ),
    ),
    (
        "{name} will bring {n} {items}.",
        (
            (
                "name",
                "text",
                "person bringing {items}",
                ("who will bring [the|] {items}", "who brings the {items}"),
                "{name} will bring the {items}.",
            ),
            (
                "n",
                "number",
                "number of {items}",
                ("how many {items} will {name} bring",),
                "{name} will bring {n} {items}.",
            ),
        ),
    ),
    (
        "Please call {name} at {phone}.",
        (
            (
                "phone",
                "text",
                "phone number of {name}",
                ("[what|which] number should I call", "what is {name}'s [phone number|number]"),
                "The number of {name} is {phone}.",
            ),
        ),
    ),
    (
        "Our train leaves {city} at {clock} from platform {n}.",
        (
            (
                "clock",
                "text",
                "departure time",
                ("when does the train leave", "what time does [our|the] train leave {city}"),
                "The train leaves at {clock}.",
            ),
            (
                "n",
                "number",
                "platform",
                ("[what|which] platform does the train leave from",),
                "The train leaves from platform {n}.",
            ),
        ),
    ),
    (
        "The {noun} is kept in the {colour} {other}.",
        (
            (
                "colour",
                "text",
                "place of the {noun}",
                ("what colour is the {other}", "[which|what] {other} is the {noun} kept in"),
                "The {noun} is kept in the {colour} {other}.",
            ),
        ),
    ),
    (
        "{company} was founded in {year} by {name}.",
        (
            (
                "name",
                "text",
                "founder of {company}",
                ("who founded {company}", "who is the founder of {company}"),
                "{company} was founded by {name}.",
            ),
            (
                "year",
                "text",
                "founding year of {company}",
                ("when was {company} founded", "in [what|which] year was {company} founded"),
                "{company} was founded in {year}.",
            ),
        ),
    ),
    (
        "We agreed that {name} takes over the {noun} on {date}.",
        (
            (
                "name",
                "text",
                "person taking over the {noun}",
                ("who takes over the {noun}", "who will take over the {noun}"),
                "{name} takes over the {noun}.",
            ),
            (
                "date",
                "date",
                "handover date",
                ("when does {name} take over [the {noun}|]",),
                "{name} takes over on {date}.",
            ),
        ),
    ),
    (
        "The meeting with {company} is on {weekday} at {clock} in {city}.",
        (
            (
                "weekday",
                "text",
                "day of the meeting",
                ("[what|which] day is the meeting [with {company}|]", "on which day do we meet {company}"),
                "The meeting is on {weekday}.",
            ),
            (
                "clock",
                "text",
                "time of the meeting",
                ("[what time|when] is the meeting [with {company}|]", "at what time do we meet"),
                "The meeting is at {clock}.",
            ),
            (
                "city",
                "text",
                "place of the meeting",
                ("where is the meeting [with {company}|]", "in which city do we meet {company}"),
                "The meeting is in {city}.",
            ),
        ),
    ),
    (
        "From {city} to {city2} it is {n} km.",
        (
            (
                "n",
                "number",
                "distance from {city} to {city2}",
                ("how far is it [from {city} to {city2}|to {city2}]", "how many km is it to {city2}"),
                "It is {n} km from {city} to {city2}.",
            ),
        ),
    ),
    (
        "{n} people signed up for the {noun}, {number} more than last year.",
        (
            (
                "n",
                "number",
                "number of people for the {noun}",
                ("how many people signed up [for the {noun}|]",),
                "{n} people signed up for the {noun}.",
            ),
        ),
    ),
    (
        "The {noun} code is {code}.",
        (
            (
                "code",
                "text",
                "{noun} code",
                ("what is the {noun} code", "what code is for the {noun}"),
                "The {noun} code is {code}.",
            ),
        ),
    ),
    (
        "The winner of the {noun} was {name} with {n} points.",
        (
            (
                "name",
                "text",
                "winner of the {noun}",
                ("who won [the {noun}|]", "who was the winner"),
                "{name} won the {noun}.",
            ),
            (
                "n",
                "number",
                "points of {name}",
                ("how many points did {name} have", "with how many points"),
                "{name} had {n} points.",
            ),
        ),
    ),
    (
        "Send the {noun} to {email} before {date}.",
        (
            (
                "email",
                "text",
                "email address",
                ("where do I send the {noun}", "[which|what] [address|email address] should I send the {noun} to"),
                "The {noun} goes to {email}.",
            ),
            (
                "date",
                "date",
                "deadline for the {noun}",
                ("by when must I send the {noun}", "when is the {noun} due"),
                "The {noun} must be sent before {date}.",
            ),
        ),
    ),
    (
        "{name} paid {money} for the {adjective} {noun}.",
        (
            (
                "money",
                "money",
                "amount {name} paid",
                ("how much did {name} pay [for the {adjective} {noun}|]",),
                "{name} paid {money}.",
            ),
            (
                "name",
                "text",
                "buyer of the {noun}",
                ("who paid for the {adjective} {noun}",),
                "{name} paid for the {adjective} {noun}.",
            ),
        ),
    ),
    (
        "{name} lives at {street} in {city}.",
        (
            (
                "street",
                "text",
                "address of {name}",
                ("where does {name} live", "what is {name}'s address"),
                "{name} lives at {street}.",
            ),
        ),
    ),
    (
        "The invoice from {company} comes to {money}.",
        (
            (
                "money",
                "money",
                "invoice from {company}",
                ("how much is the invoice [from {company}|]", "what does {company} charge"),
                "The invoice comes to {money}.",
            ),
        ),
    ),
    (
        "The shop opens at {clock} and closes at {clock2}.",
        (
            ("clock", "text", "opening time", ("when does the shop open",), "The shop opens at {clock}."),
            ("clock2", "text", "closing time", ("when does the shop close",), "The shop closes at {clock2}."),
        ),
    ),
    (
        "{name}'s favourite {noun} is the {adjective} one from {city}.",
        (
            (
                "city",
                "text",
                "origin of {name}'s favourite {noun}",
                ("where is {name}'s favourite {noun} from",),
                "{name}'s favourite {noun} is from {city}.",
            ),
        ),
    ),
    (
        "The {adjective} {noun} weighs {n} kg and belongs to {name}.",
        (
            (
                "name",
                "text",
                "owner of the {adjective} {noun}",
                ("whose is the {adjective} {noun}", "who owns the {adjective} {noun}"),
                "The {adjective} {noun} belongs to {name}.",
            ),
            (
                "n",
                "number",
                "weight of the {noun}",
                ("how [heavy is the {adjective} {noun}|much does the {adjective} {noun} weigh]",),
                "The {adjective} {noun} weighs {n} kg.",
            ),
        ),
    ),
)


def told(rng: Random) -> tuple[str, list[Fact]]:
    """One sentence and the facts in it."""
    template, asked = rng.choice(_PROSE)
    draws = v.slots(rng)
    text = fill(rng, template, draws)
    found = []
    for slot, kind, key, asks, reply in asked:
        value = draws[slot]
        number = value if kind in ("money", "number") else ""
        questions = tuple(fill(rng, ask, draws) for ask in asks)
        found.append(Fact(fill(rng, key, draws), value, kind, number, "", questions, fill(rng, reply, draws)))
    return text, found


def prose(rng: Random) -> Document:
    """Two to five sentences that say things, with some that matter to nobody in between."""
    lines: list[str] = []
    found: list[Fact] = []
    for _ in range(rng.randint(1, 3)):
        text, more = told(rng)
        if any(one.key in {two.key for two in found} for one in more):
            continue
        lines.append(text)
        found += more
    if rng.random() < 0.5:
        extra = v.sentence(rng)
        lines.insert(rng.randint(0, len(lines)), extra[:1].upper() + extra[1:] + ("" if extra.endswith(".") else "."))
    return Document(rng.choice((" ", " ", "\n", "\n\n")).join(lines), tuple(found))


def letter(rng: Random) -> Document:
    """A greeting, a body, a name at the end."""
    body = prose(rng)
    to, sender = rng.choice(w.FIRST_NAMES), v.full_name(rng)
    greeting, close = (
        rng.choice(("Dear", "Hi", "Hello")),
        rng.choice(("Regards", "Best wishes", "Yours", "Kind regards", "Thanks", "See you", "Cheers")),
    )
    signed = Fact(
        "sender",
        sender,
        "text",
        asks=("who [wrote|signed|sent] [it|the letter|this]", "who is [it|the letter] from"),
        reply=f"It is from {sender}.",
    )
    addressed = Fact(
        "recipient",
        to,
        "text",
        asks=("who is [it|the letter] [to|for|addressed to]",),
        reply=f"It is addressed to {to}.",
    )
    return Document(f"{greeting} {to},\n\n{body.text}\n\n{close},\n{sender}", (*body.facts, signed, addressed))


_TABLE_COLUMNS: dict[str, tuple[Kind, Callable[[Random], str]]] = {
    "price": ("money", v.money_text),
    "amount": ("money", v.money_text),
    "cost": ("money", v.money_text),
    "quantity": ("number", lambda rng: str(rng.randint(1, 400))),
    "stock": ("number", lambda rng: str(rng.randint(0, 400))),
    "city": ("text", lambda rng: rng.choice(w.CITIES)),
    "date": ("date", lambda rng: v.day(rng).isoformat()),
    "email": ("text", v.email),
    "phone": ("text", v.phone),
    "status": ("text", lambda rng: rng.choice(("paid", "open", "late", "new", "sent"))),
    "colour": ("text", lambda rng: rng.choice(w.COLOURS)),
    "age": ("number", lambda rng: str(rng.randint(18, 90))),
    "score": ("number", lambda rng: str(rng.randint(0, 100))),
    "code": ("text", v.code),
}


def table(rng: Random) -> Document:
    """Rows of a named thing and its columns, apart by commas, semicolons, tabs or bars."""
    named = rng.choice(("name", "item", "product", "person", "customer", "city"))
    pool: Sequence[str] = (
        w.CITIES if named == "city" else w.FIRST_NAMES if named in ("name", "person", "customer") else w.ITEMS
    )
    columns = rng.sample([column for column in _TABLE_COLUMNS if column != named], rng.randint(1, 3))
    rows = rng.sample(pool, rng.randint(2, 5))
    joint = rng.choice((",", ",", ",", ";", "\t", " | ", ", "))
    lines, found = [joint.join((named, *columns))], []
    for row in rows:
        cells = {column: _TABLE_COLUMNS[column][1](rng) for column in columns}
        lines.append(joint.join((row, *cells.values())))
        for column, cell in cells.items():
            kind = _TABLE_COLUMNS[column][0]
            number = cell if kind in ("money", "number") else ""
            asks = (
                f"[what is|what's] the {column} of {row}",
                f"{row}'s {column}",
                f"what {column} does {row} have",
            )
            found.append(Fact(f"{column} of {row}", cell, kind, number, "", (asks[0], asks[2])))
    return Document("\n".join(lines), tuple(found))


def log(rng: Random) -> Document:
    """Dated lines of a machine, one of them an error."""
    when, minute = v.day(rng), rng.randint(0, 1300)
    count = rng.randint(2, 5)
    bad = rng.randrange(count)
    lines, found = [], []
    for place in range(count):
        minute += rng.randint(1, 40)
        clock = f"{minute // 60 % 24:02d}:{minute % 60:02d}"
        what = fill(
            rng,
            "[{noun} {other}|{noun} {code}|{word}] "
            + (
                "[failed|timed out|is full|was refused|crashed|not found]"
                if place == bad
                else "[started|done|saved|sent|closed|ready|loaded]"
            ),
            v.slots(rng),
        )
        level = rng.choice(("ERROR", "error")) if place == bad else rng.choice(("INFO", "info", "DEBUG"))
        lines.append(f"{when.isoformat()} {clock} {level} {what}")
        if place == bad:
            found = [
                Fact(
                    "error",
                    what,
                    "text",
                    asks=("what went wrong", "what [is|was] the error", "what failed"),
                    reply=f"The error was: {what}.",
                ),
                Fact(
                    "time of the error",
                    clock,
                    "text",
                    asks=("when did [it fail|the error happen]", "at what time was the error"),
                    reply=f"The error was at {clock}.",
                ),
            ]
    return Document("\n".join(lines), tuple(found))


def amounts(rng: Random) -> Document:
    """Two to four amounts with their names: something to add up."""
    count = rng.choice((2, 2, 2, 3, 3, 4))
    sign = rng.choice(("", "", "", "$", "€", "£"))
    names = rng.sample((*w.ITEMS, *w.NOUNS), count)
    cased = rng.choice((str.lower, str.capitalize, str.capitalize))
    style = rng.choice(
        (
            "{k}: {v}",
            "{k}: {v}",
            "{k} {v}",
            "{k} = {v}",
            "- {k}: {v}",
            "{k},{v}",
            "The {k} [was|cost|is] {v}.",
            "{k} - {v}",
            "{k} for {v}",
            "{v} {k}",
        )
    )
    whole = rng.random() < 0.3
    found, lines = [], []
    for name in names:
        amount = str(rng.randint(2, 900)) if whole else v.money_text(rng)
        lines.append(
            fill(rng, style.replace("{k}", "\1").replace("{v}", "\2"))
            .replace("\1", cased(name))
            .replace("\2", sign + amount)
        )
        found.append(Fact(name, sign + amount, "money", amount))
    joint = rng.choice(("\n", "\n", "\n", ", ", "; ")) if "." not in style else rng.choice((" ", "\n"))
    return Document(joint.join(lines), tuple(found))


def checklist(rng: Random) -> Document:
    """Things to do or buy, one a line."""
    things = [
        rng.choice((v.draw(rng, "items"), fill(rng, "{verb} the {noun}", v.slots(rng))))
        for _ in range(rng.randint(2, 6))
    ]
    mark = rng.choice(("- ", "* ", "", "[ ] ", "1. "))
    found = (
        Fact(
            "first item",
            things[0],
            "text",
            asks=("what is [the first thing|first|the first item]",),
            reply=f"The first is {things[0]}.",
        ),
        Fact(
            "last item",
            things[-1],
            "text",
            asks=("what is [the last thing|last|the last item]",),
            reply=f"The last is {things[-1]}.",
        ),
    )
    return Document("\n".join(mark.replace("1", str(n)) + thing for n, thing in enumerate(things, 1)), found)


_MAKERS = (form, form, form, prose, prose, letter, table, table, log, amounts, checklist)


def document(rng: Random) -> Document:
    return rng.choice(_MAKERS)(rng)


def dated(rng: Random) -> tuple[str, str]:
    """Two dates some weeks apart, as written."""
    first = v.day(rng)
    return v.date_text(rng, first), v.date_text(rng, first + timedelta(days=rng.randint(2, 400)))
