"""How a text tells its facts: prose that runs on, forms, letters, rows of a table, lines of a log, lists. What is asked
of them is in extraction.py."""

from __future__ import annotations

from random import Random

from training.synthetic import values as v
from training.synthetic import words as w
from training.synthetic.phrases import fill
from training.synthetic.records import Told


def laid_out(rng: Random, told: list[Told]) -> str:
    """The text that tells the facts, in one of the layouts."""
    text: str = rng.choice(_LAYOUTS)(rng, told)
    return text


def _prose(rng: Random, told: list[Told]) -> str:
    sentences = [_sentence(rng, one) for one in told]
    if rng.random() < 0.4:
        sentences = _run_on(rng, sentences)
    return rng.choice((" ", " ", " ", "\n", "\n\n")).join(_with_noise(rng, sentences))


_GOING_ON = (
    ", as agreed", ", as {person} said", " (see page {n})", ", which nobody expected", " - confirmed by phone",
    ", by the way", " (as last year)", ", if I remember well", ", according to {other_person}", " as you know",
    ", in case you wonder", " (please check)", ", and that is final", ", see also {code}", "; more on {weekday}",
)  # fmt: skip


def _run_on(rng: Random, sentences: list[str]) -> list[str]:
    """Sentences that go on after a value, or into the next one, so that a value does not end where a sentence does."""
    out: list[str] = []
    for sentence in sentences:
        plain = sentence.endswith(".") and "\n" not in sentence
        kind = rng.random()
        if plain and kind < 0.3:
            out.append(f"{sentence[:-1]}{_after(rng)}.")
        elif plain and kind < 0.75 and out and out[-1].endswith(".") and "\n" not in out[-1]:
            joint = rng.choice((", ", "; ", " and ", " - ", ", and "))
            follows = sentence if sentence.split()[0] not in _OPENERS else sentence[0].lower() + sentence[1:]
            out[-1] = f"{out[-1][:-1]}{joint}{follows}"
        else:
            out.append(sentence)
    return out


_OPENERS = frozenset(
    w.pool("It The We Our This That There Please Paid Sent From To Price Total Date Place Start End He She")
)


def _after(rng: Random) -> str:
    """A clause to go on with after a value."""
    after = rng.choice(_GOING_ON)
    return after[0] + fill(rng, after[1:], v.slots(rng)) if after[0] == " " else fill(rng, after, v.slots(rng))


def _sentence(rng: Random, one: Told) -> str:
    said = rng.choice(one.field.said)
    if one.field.type == "boolean":
        return said.split("/")[0 if one.value else 1]
    sentence = said.replace("{x}", one.text)
    return sentence if said.startswith("{x}") else sentence[:1].upper() + sentence[1:]


def _with_noise(rng: Random, lines: list[str]) -> list[str]:
    """A line that matters to nobody, now and then."""
    if rng.random() < 0.35:
        lines.insert(rng.randint(0, len(lines)), v.sentence(rng).rstrip(".") + ".")
    return lines


def _form(rng: Random, told: list[Told]) -> str:
    style = rng.choice(
        (
            "{k}: {v}",
            "{k}: {v}",
            "{k} = {v}",
            "{k} - {v}",
            "- {k}: {v}",
            "{k}\t{v}",
            "| {k} | {v} |",
            "**{k}:** {v}",
            "{k}={v}",
        )
    )
    cased = rng.choice((str.capitalize, str.capitalize, str.title, str.lower, str.upper))
    lines = [style.format(k=cased(rng.choice(one.field.names)), v=_cell(one)) for one in told]
    if rng.random() < 0.3:
        lines.insert(0, rng.choice((v.topic(rng), f"# {v.topic(rng)}", v.company(rng))))
    return "\n".join(lines)


def _cell(one: Told) -> str:
    if one.field.type == "boolean":
        return "yes" if one.value else "no"
    return one.text.rstrip("\n")


def _letter(rng: Random, told: list[Told]) -> str:
    greeting = rng.choice(("Hi", "Dear", "Hello")) + f" {v.draw(rng, 'person').split()[0]},"
    close = rng.choice(("Best", "Regards", "Yours", "Thanks", "See you soon"))
    return f"{greeting}\n\n{_prose(rng, told)}\n\n{close},\n{v.draw(rng, 'person').split()[0]}"


def _record(rng: Random, told: list[Told]) -> str:
    """A line of a table under its head."""
    plain = [one for one in told if one.field.type not in ("objects", "strings")]
    rest = [one for one in told if one not in plain]
    joint = rng.choice((" | ", ";", "\t", " ; "))
    head = joint.join(one.field.names[0] for one in plain)
    table = f"{head}\n{joint.join(_cell(one) for one in plain)}" if plain else ""
    return "\n".join(part for part in (table, *(_sentence(rng, one) for one in rest)) if part)


_PAIRS = (("{k}: {v}", "; "), ("{k}={v}", " "), ("{k}: {v}", " | "), ("{k} {v}", ", "), ("[{k}: {v}]", " "))


def _one_line(rng: Random, told: list[Told]) -> str:
    """Keys and values in a row, as a log or a label has them; lists and lines of goods after it."""
    plain = [one for one in told if one.field.type not in ("objects", "strings")]
    pair, joint = rng.choice(
        (("{k}: {v}", "; "), ("{k}={v}", " "), ("{k}: {v}", " | "), ("{k} {v}", ", "), ("[{k}: {v}]", " "))
    )
    pairs = [pair.format(k=rng.choice(one.field.names), v=_cell(one)) for one in plain]
    rest = [_sentence(rng, one) for one in told if one not in plain]
    stamp = f"{v.day(rng).isoformat()} {rng.randint(0, 23):02d}:{rng.randint(0, 59):02d} " if rng.random() < 0.3 else ""
    return "\n".join(part for part in (stamp + joint.join(pairs) if pairs else "", *rest) if part)


def _passed_on(rng: Random, told: list[Told]) -> str:
    """A line of whoever passes the text on, then prose."""
    return f"{rng.choice(_INTRODUCED)}\n\n{_prose(rng, told)}"


_INTRODUCED = (
    *("Please see below.", "FYI", "---------- Forwarded message ----------", "Copy of what came in:", "(scanned)"),
    *("Can somebody file this?", "As we said on the phone:", "Here is the text:", "For the records.", "Draft:"),
)


def _bullets(rng: Random, told: list[Told]) -> str:
    mark = rng.choice(("- ", "* ", "• ", "> "))
    return "\n".join(
        sentence if "\n" in sentence else mark + sentence for sentence in (_sentence(rng, one) for one in told)
    )


def _yaml(rng: Random, told: list[Told]) -> str:
    """As a program would write it, text in quotation marks now and then."""
    mark = rng.choice(("", "", '"'))
    pairs = [(one.field.names[0].replace(" ", "_"), _cell(one)) for one in told]
    return "\n".join(f"{key}: {cell}" if "\n" in cell else f"{key}: {mark}{cell}{mark}" for key, cell in pairs)


def _two_of_a_kind(rng: Random, told: list[Told]) -> str:
    """The facts as a form, and after them the like of somebody else, which is not asked for."""
    others = [Told(one.field, *one.field.draw(rng)) for one in told[:3] if one.field.type == "string"]
    before = rng.choice(("Previous:", "Last time:", "Old entry:", "Not this one:", "Archived:"))
    remark = "; ".join(one.text for one in others)
    return f"{_form(rng, told)}\n{before} {remark}" if others else _form(rng, told)


def _mixed(rng: Random, told: list[Told]) -> str:
    """A short form, then prose."""
    half = len(told) // 2
    return f"{_form(rng, told[:half])}\n\n{_prose(rng, told[half:])}" if half else _prose(rng, told)


_LAYOUTS = (
    *(_prose, _prose, _prose, _prose, _form, _form, _form, _letter, _record, _mixed),
    *(_one_line, _passed_on, _bullets, _yaml, _two_of_a_kind),
)
