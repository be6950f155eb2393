"""Requests for the tools of files, notes, databases and pages, with the arguments they ask for.

Texts to save, words to find and queries stand in the arguments exactly as they stand in the request. What files hold is
made elsewhere (documents.py); here a request only names them.
"""

from __future__ import annotations

from random import Random

from training.synthetic import values as v
from training.synthetic.case import Case
from training.synthetic.phrases import Forms, fill, wording

READ_FORMS = Forms(
    do=(
        (
            "[read|open|load|view|look at|check|look into|print|display|show|show me|read out|get|"
            "fetch|take a look at|have a look at|go through] [the file|the document|] {f}"
        ),
        "[read|open|show me|print|display|get|load] the [contents|content|text] of {f}",
        "[see|find out|tell me|check] what [is in|is written in|is to be found in|stands in] {f}",
        "[show|give|read] me [what is in|what's in|what is inside|the text in|everything in] {f}",
        "open [up|] {f} and [read it|show it|tell me what it says|tell me what is in it]",
        "cat {f}",
    ),
    ask=(
        "[what is|what's|whats] [in|inside|written in|the content of|the text of|stored in] [the file|] {f}",
        "what does [the file|] {f} [say|contain|hold|read|look like|have in it]",
        "what do we have in {f}",
        "what [can you see|do you find|can be read|stands] in {f}",
        "can I see [what is in|the contents of|] {f}",
    ),
    know=("what [is in|is inside|is written in|stands in] {f}", "what {f} [says|contains|holds|is about]"),
    give=("the [contents|content|text|words] of [the file|] {f}", "[everything in|what is in] {f}"),
    say=(
        "[|cat|read|open|show|type|less|file:] {f}",
        "{f}: what does it say?",
        "contents of {f}",
        "{f} please",
        "I need to see {f}",
        "There is a file [called|named] {f}[. Read it.|, what does it say?|. What is in it?|. Open it.]",
    ),
)
# Questions for a thing named by its key, whatever it is.
LOOK_UP_FORMS_PLAIN = Forms(
    do=(
        "[find|look up|get|check|tell me|give me|fetch] the {k} [from|in] {f}",
        "[look|check] in {f} for the {k}",
        "[read|open|check] {f} and [tell me|give me|report|find] the {k}",
        "use {f} to [find|look up|tell me] the {k}",
    ),
    ask=(
        "[what is|what's|what was] the {k} [in|given in|according to|written in|stated in] {f}",
        "[according to|in|going by|looking at] {f}, [what is|what's|what was] the {k}",
        "what does {f} [say about|give as] the {k}",
    ),
    know=("what the {k} in {f} is", "[what|which] {k} {f} gives"),
    give=("the {k} [in|from|given in|written in] {f}",),
    say=("{k} in {f}?", "{f}: {k}?", "{k} from {f}", "The {k} is in {f}[. What is it?|, what is it?]"),
)
# Questions whose answer lies in a file: the file must be read first.
LOOK_UP_FORMS = Forms(
    do=(
        "[find|look up|get|check|tell me|give me|fetch|extract] [the|] {k} [from|in] {f}",
        "[look|check] in {f} for the {k}",
        "[read|open|check] {f} and [tell me|give me|report|find] the {k}",
        "use {f} to [find|look up|tell me] the {k}",
        "[summarise|explain|describe] {f}",
        "[count|add up|list] the {k2} in {f}",
    ),
    ask=(
        "[what is|what's|what was] the {k} [in|given in|mentioned in|listed in|according to|written in|stated in] {f}",
        "[according to|in|going by|looking at] {f}, [what is|what's|what was] the {k}",
        "[which|what] {k} [is given in|does {f} mention in|is named in|stands in|is listed in] {f}",
        "what does {f} say about the {k}",
        "what {k} does {f} [give|list|mention|state|name|have]",
        "does {f} [mention|say anything about|contain] [the|a] {k}",
        "[who|when|where] is the {k} [in|according to] {f}",
        "how many {k2} [are in|does {f} list in|are there in|are listed in] {f}",
        "how much is the {k} in {f}",
        "who [wrote|signed|is named in|sent] {f}",
        "when is the {k} [according to|in] {f}",
        "is there [a|any] {k} in {f}",
    ),
    know=(
        "what the {k} in {f} is",
        "[what|which] {k} {f} [gives|mentions|names]",
        "who [signed|wrote|is mentioned in] {f}",
        "when the {k} is, according to {f}",
        "how many {k2} {f} lists",
    ),
    give=("the {k} [in|from|given in|listed in|mentioned in|written in] {f}",),
    say=(
        "{k} in {f}?",
        "{f}: {k}?",
        "{k} from {f}",
        "The {k} is in {f}[. What is it?|, what is it?|. Tell me.]",
        "I wrote the {k} [down|] in {f}[. What was it?|, can you look it up?]",
    ),
)
_KEYS = (
    "[{noun}|{noun} {other}|{adjective} {noun}|{noun} name|{noun} number|total|price|date|"
    "deadline|phone number|address|email|owner|author|budget|amount|due date|status|city|"
    "name|title|distance|weight|temperature|start time|code|reference|password hint|version|"
    "port|customer|winner|rent|fee|net amount|order number]"
)


def key_words(rng: Random) -> str:
    return fill(rng, _KEYS, v.slots(rng))


def quoted(rng: Random, text: str, often: float = 0.3) -> str:
    """Now and then in quotes, as people do with names and texts; never where the text has quotes itself."""
    if rng.random() > often or '"' in text or "'" in text:
        return text
    left, right = rng.choice((('"', '"'), ('"', '"'), ("'", "'"), ("“", "”"), ("`", "`")))
    return f"{left}{text}{right}"


def read_file(rng: Random) -> Case:
    path = v.file_name(rng)
    slots = {"f": quoted(rng, path, 0.12), "k": key_words(rng), "k2": v.draw(rng, "noun") + "s"}
    forms = READ_FORMS if rng.random() < 0.55 else LOOK_UP_FORMS
    return Case(wording(rng, forms, slots), "read_file", {"path": path})


WRITE_FORMS = Forms(
    do=(
        (
            "[write|save|put|store|add|type|drop|enter] {t} [to|into|in|in the file|to the file|into "
            "a file called|to a file named|in a new file called|as|under] {f}"
        ),
        (
            "[create|make|start|produce|prepare] [a file|a new file|a text file|the file|a document] "
            "[called|named|] {f} [containing|with the text|with|that says|that reads|with the "
            "content|holding|with the words|saying] {t}"
        ),
        "[create|make|write|save] {f} [with|containing|with the text|with the content|holding] {t}",
        (
            "[write|save|put|store] [the text|the words|the line|the following|this|the sentence|the "
            "message] {t} [to|into|in] {f}"
        ),
        "[write|save|put|create] [in|into|to|a file] {f}: {c}",
        "[fill|overwrite|update] {f} with {t}",
        "[write|save|put] [this|the following] [to|into|in] {f}: {c}",
        "[create|make] {f} [and|, then] [write|put|save] {t} [in it|into it|there]",
        "[let|make] {f} say {t}",
    ),
    ask=("[can|could] {f} [say|contain|hold] {t}", "would you [put|write|save] {t} [into|in|to] {f}"),
    say=(
        "{f}: {c}",
        "{c} -> {f}",
        "[New file|File|Create|Save as] {f}: {c}",
        "{f} should [contain|say|read|hold] {t}",
        "I need a file {f} [that says|with|containing] {t}",
        "Save as {f}: {c}",
        "write {f} {t}",
        "[Text|Content] for {f}: {c}",
    ),
)


def written(rng: Random) -> str:
    """What people have written to files: a sentence, a word or two, a list, a number with a name."""
    kind = rng.random()
    if kind < 0.55:
        return v.sentence(rng)
    if kind < 0.7:
        return v.topic(rng)
    if kind < 0.85:
        return ", ".join(v.draw(rng, "items") for _ in range(rng.randint(2, 5)))
    return rng.choice(
        (
            v.money_text(rng),
            v.code(rng),
            f"{v.draw(rng, 'noun')}: {v.money_text(rng)}",
            v.email(rng),
            f"{v.draw(rng, 'noun')}={v.draw(rng, 'n')}",
            v.invented(rng),
        )
    )


def write_file(rng: Random) -> Case:
    path, text = v.file_name(rng), written(rng)
    slots = {"f": quoted(rng, path, 0.1), "t": quoted(rng, text, 0.75), "c": quoted(rng, text, 0.25)}
    return Case(wording(rng, WRITE_FORMS, slots), "write_file", {"path": path, "content": text})


LIST_FORMS = Forms(
    do=(
        (
            "[list|show|show me|display|print|enumerate|name|give me|tell me] [the|all|all the|all "
            "of the|] [files|documents|file names] {in}"
        ),
        "[list|show|display] [everything|what is there|what's there] {in}",
        "[look|see|check] what [files are|is] {in}",
        "[list|show|print] the [contents|content|file list] {of}",
    ),
    ask=(
        (
            "[what|which] [files|documents] [are|do you see|do we have|exist|can you find|are there|"
            "are stored|can you see] {in}"
        ),
        "[what is|what's|what do we have] {in}",
        "how many files are {in}",
        "is there [anything|any file|a file] {in}",
        "what [does the folder contain|files are there] {in}",
    ),
    know=("[what|which] files are {in}", "what is {in}", "how many files there are {in}"),
    give=("[a list of|] [the|all|] files {in}", "a [listing|directory listing|file list] {of}"),
    say=(
        "ls {bare}",
        "files {in}",
        "files {in}?",
        "dir {bare}",
        "list {bare}",
        "[all|] files {in} please",
        "contents {of}",
    ),
)


HERE = {"in": "in the work directory", "of": "of the work directory", "bare": ""}


def list_files(rng: Random) -> Case:
    name = v.folder(rng)
    if rng.random() < 0.3:
        here = rng.choice(
            (
                "here",
                "in the work directory",
                "in this folder",
                "in the current folder",
                "there",
                "in the working directory",
                "in my work directory",
                "in this directory",
            )
        )
        of = rng.choice(
            ("of the work directory", "of this folder", "of the current directory", "of the working folder")
        )
        return Case(wording(rng, LIST_FORMS, {"in": here, "of": of, "bare": ""}), "list_files", {})
    shown = quoted(rng, name, 0.15)
    inside = rng.choice(
        (
            "in {}",
            "in the {} folder",
            "in the folder {}",
            "inside {}",
            "under {}",
            "in the directory {}",
            "in folder {}",
            "within {}",
            "in my {} folder",
            "in the {} directory",
        )
    )
    of = rng.choice(("of {}", "of the folder {}", "of the {} folder", "of the directory {}", "of the {} directory"))
    slots = {"in": inside.format(shown), "of": of.format(shown), "bare": shown}
    return Case(wording(rng, LIST_FORMS, slots), "list_files", {"folder": name})


SEARCH_FORMS = Forms(
    do=(
        (
            "[search|look through|go through|scan|check|comb through] {where} for [the word|the "
            "words|the text|the phrase|mentions of|anything about|] {t}"
        ),
        (
            "[find|look for|search for|locate|spot] [the word|the phrase|the text|mentions of|every "
            "mention of|all lines with|lines containing|anything on|] {t} {in}"
        ),
        (
            "[find|list|show me|tell me] [the files|which files|all files|documents|lines] [that "
            "mention|containing|that contain|with|mentioning|about] {t} {in}"
        ),
        "[see|check|find out] [whether|if] {t} [appears|is mentioned|occurs|comes up|shows up] {in}",
        "grep {t} {in}",
    ),
    ask=(
        "[which|what] [files|file|documents] {in} [mention|mentions|contain|contains|talk about|refer to|have] {t}",
        "where [is|was|do we mention|do I mention|does it say|do the files mention|is there a mention of] {t} {in}",
        "[is|are] {t} mentioned [anywhere|somewhere|] {in}",
        "[does anything|does any file|do any files] {in} [mention|contain|say] {t}",
        "in which [file|files|document] {in} [is {t} mentioned|can I find {t}|is {t} written|does {t} appear]",
        "what do the files {in} say about {t}",
        "where {in} did I write [about|] {t}",
    ),
    know=(
        "[where|in which file] {t} is [mentioned|written] {in}",
        "[which|what] files {in} [mention|contain] {t}",
        "what [the|my|our] files {in} say about {t}",
    ),
    give=("[all|every|the] [lines|mentions|places|files] [with|of|mentioning|about] {t} {in}",),
    say=(
        "search {t} {in}",
        "grep {t}",
        "{t}: which files {in}?",
        "search files: {t}",
        "find {t} {in}",
        "look for {t} {in}",
        "mentions of {t} {in}",
        "{t} {in}?",
    ),
)


def search_files(rng: Random) -> Case:
    text = v.topic(rng)
    if rng.random() < 0.68:
        where, inside = rng.choice(
            (
                ("the files", ""),
                ("my files", "in my files"),
                ("the documents", "in the files"),
                ("all files", "in any file"),
                ("the work directory", "in the work directory"),
                ("everything", "here"),
                ("our documents", "in our documents"),
            )
        )
        arguments = {"text": text}
    else:
        name = v.folder(rng)
        where, inside = rng.choice(
            (
                ("the {} folder", "in the {} folder"),
                ("{}", "in {}"),
                ("the files in {}", "in {}"),
                ("folder {}", "in folder {}"),
                ("everything under {}", "under {}"),
                ("the files under {}", "in the files under {}"),
            )
        )
        where, inside = where.format(name), inside.format(name)
        arguments = {"text": text, "folder": name}
    forms = SEARCH_HERE_FORMS if len(arguments) == 1 and rng.random() < 0.1 else SEARCH_FORMS
    slots = {"t": quoted(rng, text, 0.5), "where": where, "in": inside}
    request = wording(rng, forms, slots)
    if arguments.get("folder", "") not in request.replace(text, "", 1):
        del arguments["folder"]  # a wording that names no place
    return Case(request, "search_files", arguments)


SEARCH_HERE_FORMS = Forms(
    do=("[search|look|check] everywhere for {t}", "[find|locate] [every file|the document] [about|on|with] {t}"),
    ask=(
        "which [of the|of my|] [files|documents] [is|are] about {t}",
        "[has|did] anyone [written|write] about {t} in the files",
    ),
    say=("where is {t} mentioned?", "any file with {t}?"),
)

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
        (
            "[note|note down|remember|record|keep in mind|jot down|write down|make a note|take a "
            "note|save a note|add a note|don't forget|log] that {t}"
        ),
        "[save|take|make|add|write|store|keep|create|leave] [a|this|the following|a short|a quick|a new] note: {t}",
        "[save|add|make|write|leave|create|keep|take] a note [saying|that says|that reads|with the text|reading] {q}",
        "[note|remember|save|jot down|write down|note down|keep|store|record]: {t}",
        "[remember|note|save|jot down|write down|keep] {q} [as a note|in my notes|in the notes|for later|]",
        "[add|save|put|write] {q} [to|in|into] [my|the|our] notes",
        "[remind me|make me remember|let me remember] that {t}",
    ),
    ask=("[can|could] you [remember|note|keep in mind] that {t}", "would you [note|write down|save]: {t}"),
    say=(
        "note: {t}",
        "Note to self: {t}",
        "remember: {t}",
        "new note: {t}",
        "note - {t}",
        "memo: {t}",
        "For the notes: {t}",
        "keep this: {t}",
        "I must not forget this: {t}",
        "don't let me forget that {t}",
        "save note {q}",
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
