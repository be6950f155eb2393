"""Texts that programs write and read: JSON, YAML, settings, CSV with numbers, tables in Markdown, logs of servers."""

from __future__ import annotations

import json
from collections.abc import Callable
from random import Random

from training.synthetic import values as v
from training.synthetic import words as w
from training.synthetic.facts import Document, Fact, Kind, facts
from training.synthetic.phrases import fill


def settings(rng: Random) -> Document:
    """Keys and values under a heading or two, as INI, YAML, shell variables or TOML have them."""
    chosen = facts(rng, rng.randint(2, 6))
    style = rng.choice(("{k}: {v}", "{k} = {v}", '{k} = "{v}"', "{k}: '{v}'", 'export {k}="{v}"', "  {k}: {v}"))
    joint = rng.choice("_-_")
    upper = style.startswith("export") or rng.random() < 0.15
    lines = []
    for fact in chosen:
        key = fact.key.replace(" ", joint)
        lines.append(style.format(k=key.upper() if upper else key, v=fact.value))
    if rng.random() < 0.5:
        lines.insert(0, rng.choice((f"[{v.draw(rng, 'noun')}]", f"# {v.topic(rng)}", f"{v.draw(rng, 'noun')}:", "---")))
    return Document("\n".join(lines), tuple(chosen))


def json_object(rng: Random) -> Document:
    chosen = facts(rng, rng.randint(2, 5))
    values = {fact.key.replace(" ", "_"): fact.value for fact in chosen}
    indent = rng.choice((None, None, 2))
    return Document(json.dumps(values, ensure_ascii=False, indent=indent), tuple(chosen))


def sheet(rng: Random) -> Document:
    """Rows with a code or number each, two or three columns; a question means one cell."""
    columns: dict[str, Callable[[Random], str]] = {
        "customer": v.full_name,
        "amount": v.money_text,
        "city": lambda rng: rng.choice(w.CITIES),
        "due": lambda rng: v.day(rng).isoformat(),
        "status": lambda rng: rng.choice(("paid", "open", "late", "sent", "draft", "cancelled")),
        "item": lambda rng: rng.choice(w.ITEMS),
        "quantity": lambda rng: str(rng.randint(1, 300)),
        "owner": lambda rng: rng.choice(w.FIRST_NAMES),
        "email": v.email,
    }
    head = rng.choice(("order", "id", "invoice", "ticket", "number", "code"))
    names = rng.sample(list(columns), rng.randint(2, 3))
    codes = list(
        dict.fromkeys(rng.choice((v.code(rng), str(rng.randint(100, 9999)))) for _ in range(rng.randint(2, 5)))
    )
    rows = [(code, [columns[name](rng) for name in names]) for code in codes]
    noun = {"id": "row", "number": "order", "code": "row"}.get(head, head)
    found = []
    for code, cells in rows:
        for place, (name, cell) in enumerate(zip(names, cells, strict=True)):
            kind: Kind = "money" if name == "amount" else "number" if name == "quantity" else "text"
            asks = (
                f"what is the {name} of {noun} {code}",
                f"[which|what] {name} does {noun} {code} have",
                f"{name} of {noun} {code}",
            )
            others = [more[place] for _, more in rows if more[place] != cell]
            found.append(
                Fact(
                    f"{name} of {noun} {code}",
                    cell,
                    kind,
                    cell if kind != "text" else "",
                    asks=asks,
                    reply=f"The {name} of {noun} {code} is {cell}.",
                    claims=(f"is the {name} of {noun} {code} \0",),
                    other=rng.choice(others or [""]),
                )
            )
    return Document(_grid(rng, [head, *names], [[code, *cells] for code, cells in rows]), tuple(found))


def _grid(rng: Random, head: list[str], rows: list[list[str]]) -> str:
    kind = rng.random()
    if kind < 0.35:
        lines = [" | ".join(row) for row in (head, ["---"] * len(head), *rows)]
        return "\n".join(f"| {line} |" for line in lines)
    joint = rng.choice((",", ";", "\t", ", ", " | "))
    return "\n".join(joint.join(row) for row in (head, *rows))


def server_log(rng: Random) -> Document:
    """Requests or jobs with a time, a state and how long each took; one of them stands out."""
    count = rng.randint(3, 6)
    names = list(dict.fromkeys(rng.choice((v.draw(rng, "noun"), v.invented(rng))) for _ in range(count)))
    bad = rng.randrange(len(names))
    minute = rng.randint(0, 1200)
    lines, found = [], []
    day = v.day(rng).isoformat()
    shape = rng.choice(
        (
            "{d} {c} {l} {j} {s} in {m} ms",
            "[{l}] {c} {j}: {s} ({m} ms)",
            "{c} {l} job={j} state={s} ms={m}",
            "{d}T{c} {l} {j} {s} after {m} ms",
        )
    )
    for place, name in enumerate(names):
        minute += rng.randint(1, 30)
        clock, spent = f"{minute // 60 % 24:02d}:{minute % 60:02d}", str(rng.randint(3, 9000))
        state = (
            rng.choice(("failed", "crashed", "timed out")) if place == bad else rng.choice(("done", "finished", "ok"))
        )
        level = "ERROR" if place == bad else "INFO"
        lines.append(shape.format(d=day, c=clock, l=level, j=name, s=state, m=spent))
        found += [
            Fact(
                f"duration of {name}",
                spent,
                "number",
                spent,
                asks=(f"how long did {name} take", f"how many ms did {name} take"),
                reply=f"{name} took {spent} ms.",
            ),
            Fact(
                f"time of {name}",
                clock,
                asks=(f"when did {name} run", f"at what time did {name} run"),
                reply=f"{name} ran at {clock}.",
            ),
        ]
        if place == bad:
            asks = ("which [job|one] failed", "what failed", "what [is|was] the error", "is there an error")
            found += [Fact("failed job", name, asks=asks, reply=f"{name} {state}.")] * 2
    return Document("\n".join(lines), tuple(found))


def article(rng: Random) -> Document:
    """A page: a headline, what it tells, a line of links that says nothing."""
    from training.synthetic.prose import told

    lines: list[str] = []
    found: list[Fact] = []
    for _ in range(rng.randint(1, 3)):
        text, more = told(rng)
        if not {fact.key for fact in more} & {fact.key for fact in found}:
            lines.append(text)
            found += more
    head = fill(
        rng, "[{adjective} {noun} in {city}|News from {company}|About the {noun}|{company}|{noun} report]", v.slots(rng)
    )
    foot = rng.choice(
        ("Home Contact Imprint", "Share this page", "Read more", "About us Jobs Press", "Back to top", "")
    )
    return Document("\n".join(part for part in (head[:1].upper() + head[1:], *lines, foot) if part), tuple(found))


MAKERS: tuple[Callable[[Random], Document], ...] = (settings, json_object, sheet, sheet, server_log, article)
