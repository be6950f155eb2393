"""Requests for the tools of files, with the arguments they ask for.

Texts to save and words to find stand in the arguments exactly as they stand in the request. What files hold is
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
