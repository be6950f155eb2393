"""Requests for the tools of databases, notes and pages, with the arguments they ask for, copied from the request."""

from __future__ import annotations

from random import Random

from training.synthetic import values as v
from training.synthetic.calls_files import quoted, written
from training.synthetic.case import Case
from training.synthetic.phrases import Forms, wording

QUERY_FORMS = Forms(
    do=(
        (
            "[run|execute|do|use|try|perform] [the query|the SQL|this query|the statement|] {q} [on|"
            "against|in|over] [the database|] {d}"
        ),
        "[query|ask] [the database|] {d} [with|using|for]: {q}",
        "[on|in] {d}, [run|execute] {q}",
        "[open|connect to|use] {d} and [run|execute] {q}",
        "[query|ask] {d}: {q}",
        "[run|execute] [this|the following] [on|against] {d}: {q}",
    ),
    ask=(
        "what does {q} [give|return|yield] [on|in|for|against] {d}",
        "what [is|are] the [result|results|rows] of {q} [in|on|from] {d}",
        "what do you get from {d} with {q}",
    ),
    know=("what {q} [returns|gives] [on|in] {d}",),
    give=("the [result|results|output|rows] of {q} [on|in|from|against] {d}",),
    say=(
        "{d}: {q}",
        "{q} on {d}",
        "{q} [in|from] {d}",
        "sql on {d}: {q}",
        "database {d}, query {q}",
        "[Database|DB]: {d}\n[Query|SQL]: {q}",
        "sqlite {d} {q}",
    ),
)


def query_database(rng: Random) -> Case:
    database, sql = v.database_name(rng), v.sql(rng)
    slots = {
        "d": quoted(rng, database, 0.1),
        "q": sql if "'" in sql or rng.random() < 0.6 else rng.choice((f'"{sql}"', f"`{sql}`")),
    }
    return Case(wording(rng, QUERY_FORMS, slots), "query_database", {"database": database, "sql": sql})


NOTE_FORMS = Forms(
    do=(
        "[note|note down|remember|record|keep in mind|jot down|write down|make a note|take a "
        "note|save a note|add a note"
        "|don't forget|log|store the fact] that {t}",
        "[save|take|make|add|write|store|keep|create|leave] [a|this|the following|a short|a quick|a new|another|me a] "
        "[note|reminder]: {t}",
        "[save|add|make|write|leave|create|keep|take] a [note|reminder] [saying|that says|that reads|with the text"
        "|reading|which says|along the lines of] {q}",
        "[note|remember|save|jot down|write down|note down|keep|store|record][ this| for me| the following|]: {t}",
        "[remember|note|save|jot down|write down|keep|file] {q} [as a note|in my notes|in the notes|for later|for me]",
        "[add|save|put|write|append] {q} [to|in|into] [my|the|our] notes",
        "[remind me|make me remember|let me remember|do not let me forget|see to it that I remember] that {t}",
        "[put|write] [this|it|the following] [in|into] [my|the] notes: {t}",
    ),
    ask=(
        "[can|could|would|will] you [remember|note|keep in mind|write down|record|make a note] that {t}",
        "[would|could|can] you [note|write down|save|keep|remember][ this|]: {t}",
        "may I ask you to [remember|note|write down] that {t}",
        "will you [keep|save|store] {q} for me",
    ),
    say=(
        "<lead>[note|note to self|remember|new note|memo|keep this|for the notes|reminder|take note|save this"
        "|please note|for later]: {t}",
        "[note|remember|memo|todo|to remember] - {t}",
        "[I must not forget this|This is important|One to keep|Do not lose this|For my notes|Write this down]: {t}",
        "[don't|do not|never] let me forget that {t}",
        "[save|make|add] note {q}",
    ),
)


def save_note(rng: Random) -> Case:
    text = v.sentence(rng) if rng.random() < 0.85 else written(rng)
    slots = {"t": quoted(rng, text, 0.12), "q": quoted(rng, text, 0.9)}
    return Case(wording(rng, NOTE_FORMS, slots), "save_note", {"text": text})


FIND_NOTES_FORMS = Forms(
    do=(
        (
            "[find|show|show me|list|look up|search for|get|pull up|bring up|read me|check|open] [my|"
            "the|all my|our|any|] notes [about|on|mentioning|with|containing|regarding|for] {t}"
        ),
        "[search|look through|go through|check] [my|the|our] [saved|] notes for {t}",
        "[find|show me|look up] [the|my|that] note [about|on|where I mention|that mentions|with] {t}",
        "[find|look up|tell me|check] what I [noted|wrote down|saved|wrote] about {t}",
    ),
    ask=(
        (
            "[what|which] notes [do I have|did I save|did I write|are there|have I made|exist] "
            "[about|on|for|mentioning] {t}"
        ),
        "what did I [note|write down|save|jot down|note down|want to remember] [about|on|regarding] {t}",
        "what do my notes say [about|on] {t}",
        "do I have [any|a] [note|notes] [about|on|mentioning|for] {t}",
        "did I [note|write|save|jot down] anything about {t}",
        "is there [a note|anything in my notes] about {t}",
    ),
    know=("what I noted about {t}", "what my notes say [about|on] {t}", "whether I have a note on {t}"),
    give=("[my|the|all] notes [about|on|mentioning|with] {t}", "the note [about|on|that mentions] {t}"),
    say=("notes on {t}", "notes about {t}?", "my notes: {t}", "{t} notes", "any note on {t}?", "notes with {t}"),
)
ALL_NOTES_FORMS = Forms(
    do=(
        "[show|list|read|display|print|get|open|give] [me|] [all|all of|all the|every one of|] my [saved|] notes",
        "[go through|look at|check|read out] [my|all|the saved] notes",
    ),
    ask=(
        "what [notes do I have|is in my notes|have I noted so far|did I note down|notes are saved|notes did I save]",
        "what are my notes",
        "do I have any [saved|] notes",
    ),
    know=("what notes I have", "what is in my notes"),
    give=("[all|] my [saved|] notes", "a list of [all|] my notes"),
    say=("my notes", "notes?", "list notes", "show notes", "all notes please", "what have I saved?"),
)


def find_notes(rng: Random) -> Case:
    if rng.random() < 0.25:
        return Case(wording(rng, ALL_NOTES_FORMS, {}), "find_notes", {})
    text = v.topic(rng)
    request = wording(rng, FIND_NOTES_FORMS, {"t": quoted(rng, text, 0.3)})
    return Case(request, "find_notes", {"text": text})


FETCH_FORMS = Forms(
    do=(
        "[fetch|get|download|open|load|read|retrieve|visit|go to|pull|access|request|check|look at] "
        "[the page|the site|the web page|the address|the URL|the link|] {u}",
        (
            "[fetch|get|grab|pull down|download|retrieve] [whatever is at|everything at|what is on|"
            "the text at|the data from] {u}"
        ),
        "[get|fetch|download|read|show me|print] the [contents|content|text|page|body|HTML] [of|at|from|behind] {u}",
        "[see|find out|tell me|check] what [is at|is on|stands on|can be found at|they say on|it says at] {u}",
        (
            "[go to|open|visit|look up|load] {u} and [tell me what it says|read it|show me the text|"
            "get the text|report back]"
        ),
        "[read|show|give] me [what is at|the page|the website|the article at|what they wrote on] {u}",
        "have a look at [the page|the site|] {u}",
    ),
    ask=(
        "[what is|what's] [at|on|on the page|behind|the content of|published at|written on] {u}",
        "what does [the page|the site|the website|the link|] {u} [say|contain|show|return|tell|offer]",
        "what can [I|we] [read|see|find] [at|on|under] {u}",
        "what do [you find|you see|they say|they write] [at|on|under] {u}",
        "[does|will] {u} [load|answer|open], and what does it say",
    ),
    know=("what [is at|is on|is written on|stands on] {u}", "what {u} [says|returns|contains|shows|is about]"),
    give=("the [page|text|contents|content|article|data] [at|of|from|behind|on] {u}", "what is [at|on|behind] {u}"),
    say=(
        "[|fetch|GET|open|curl|wget|download|page:|url:|link:|visit|load|read] {u}",
        (
            "[Here is|This is|I found|Someone sent me] [the link|a link|the page|this]: {u}[. What "
            "does it say?|. Read it.|, get it|. Fetch it.]"
        ),
        "{u} [please|- read it|: what does it say?|, fetch it|, what is there?]",
    ),
)


def fetch_url(rng: Random) -> Case:
    address = v.url(rng)
    return Case(wording(rng, FETCH_FORMS, {"u": address}), "fetch_url", {"url": address})
