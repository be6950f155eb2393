"""The wordings of requests to write a text into a file and to search the files for a text, with the values open.

`{f}` is a file; `{q}` a text in quotation marks; `{t}` and `{c}` a text at the end, with or without them; `{r}` words
that point back to a value said before; `{in}` and `{where}` a place to search.
"""

from __future__ import annotations

from training.synthetic.manner import frames

_WRITE = (
    "[write|save|put|store|add|type|enter|record|place|insert|log|jot|note|drop|set down|file|keep|key in|print|dump"
    "|copy|paste|stick]"
)
_INTO = (
    "[to|into|in|to|into|in|in the file|to the file|into the file|into a file called|to a file named|to a new file|as"
    "|in a new file called|in a file with the name|to file|under|under the name|into a new file named"
    "|in a text file|inside]"
)
_MAKE = "[create|make|start|produce|prepare|set up|generate|write|build|open|save|draft|add]"
_A_FILE = (
    "[{f}|{f}|a file {f}|a file called {f}|a file named {f}|a new file {f}|a new file called {f}|the file {f}"
    "|a text file {f}|a text file called {f}|a document {f}|a file with the name {f}|a fresh file {f}"
    "|a little file {f}]"
)
_HOLDING = (
    "[containing|with|with the text|with the content|with the words|that says|that reads|holding|saying|reading"
    "|which says|which contains|with the line|and put in it|with this in it:|whose content is|whose only line is"
    "|that contains|with the following content:|with this text:|with the message|to hold|to say|which reads]"
)
_COLON = "[: |: |: |:\n|:\n\n| - |. Text: |. Content: |, content: |, namely: ]"

WRITE = frames(
    """
do: <write> {q} <into> {f}
do: <write> {q} <into> {f}
do: <write> {q} <into> {f}
do: <write> {u} <into> {f}
do: <write> {u} [to|into|in] {f}
do: <write> the [text|words|line|sentence|message|string|phrase|word|note|entry|reminder] {q} <into> {f}
do: <make> <a_file> <holding> {q}
do: <make> <a_file> <holding> {q}
do: <make> <a_file> <holding> {t}
do: <make> <a_file> [containing|that says|with the text|with|with this content|that reads|holding]: {c}
do: <make> <a_file> [and|, then|, and then] <write> {q} [in it|into it|there|in there|inside]
do: [write|save|put] [in|into|to] {f}<colon>{c}
do: [create|make] [a file |]{f}<colon>{c}
do: <write> [this|the following|these words|this text|this line|the text below|this sentence] <into> {f}<colon>{c}
do: <write> [this|the following] <into> {f} exactly as it is: {c}
do: [fill|overwrite|update|replace] {f} with {t}
do: [fill|overwrite|update] <a_file> with {q}
do: [replace|overwrite] [the contents|the content|everything|whatever is] [of|in] {f} with {t}
do: [let|make|have] {f} [say|read|contain|hold] {t}
do: [make|see to it|ensure|take care] that {f} [says|contains|reads|holds] {t}
do: [set|change] the [content|contents|text] of {f} to {t}
say: [in|into] {f}[, |] [write|put|save|type|note] {t}
say: [under|as] {f}[, |] [save|store|file|keep] {t}
do: [save|keep|store|file] the [line|sentence|text|words|message] {q} as {f}
do: [save|keep|store] {q} for me [in|as|under] {f}
do: use {f} to [store|keep|save|hold] {t}
do: [store|save|keep|put] {q} [there|somewhere safe|on disk], [in|as] {f}
do: [add|create|make] {f}, [content|text|body][:|] {c}
ask: [can|could|should] {f} [say|contain|hold|read] {t}
ask: [would|can|could|will] you [put|write|save|store] {q} [into|in|to|as] {f}
ask: [would|can|could|will] you [make|create] <a_file> <holding> {q}
ask: [would|can|could] you [make|create] <a_file> [saying|with|containing] {t}
ask: how about <a_file> [saying|that says|with] {t}
say: {f}<colon>{c}
say: {c} -> {f}
say: {q} > {f}
say: echo {q} > {f}
say: {q} [goes|should go|belongs|has to go|must go|needs to go] [in|into|to] {f}
say: {q}, [in|into|to] {f}
say: [New file|File|Create|Save as|Write|New|Make|To file|Put in] {f}<colon>{c}
say: [File|File name|Name|Path]: {f}[, |; |<nl>][content|text|body|contents]: {c}
say: {f} [should|must|shall|has to|needs to] [contain|say|read|hold] {t}
say: [I need|I want|I'd like|we need] <a_file> <holding> {t}
say: [I need|I want|I'd like] {q} [written|saved|stored|put] [to|in|into] {f}
say: Save as {f}<colon>{c}
say: write {f} {t}
say: [Text|Content|Contents|Body] for {f}<colon>{c}
say: [Text|Content|Line]: {q}[, |; |. ][file|into|to|target]: {f}
say: Here is [the text|what goes|the content|a line] for {f}<colon>{c}
say: The [text|content|line|message] of {f} [should be|is|shall be|must be][:|] {t}
say: [All|The only thing] {f} [should|needs to] say is {t}
say: In {f} [it|there] should [say|stand|be written] {t}
""",
    write=_WRITE,
    into=_INTO,
    make=_MAKE,
    a_file=_A_FILE,
    holding=_HOLDING,
    colon=_COLON,
)
SAVE_BACK = frames(
    """
do: <write> {r} <into> {f}
do: <write> {r} <into> {f}
do: <write> {r} [to|into|in|as] {f}
do: <write> {r} [down |][in|into] {f}
do: <make> <a_file> [with|containing|holding|out of|from|that contains|that says] {r}
do: <make> <a_file> and [put|write|save] {r} [in it|into it|there|in there]
do: [put|record|log|keep|note] {r} [in|into] [the file|a file called|] {f}
do: [export|copy|dump|send|output|move|transfer|print] {r} [to|into] {f}
do: [keep|preserve|hold on to] {r} [in|as] {f}
say: [in|into|to] {f}[, |] [write|put|save|store] {r}
do: [make sure|see to it that] {r} [is saved|is written|ends up|lands|gets stored] in {f}
do: use {f} [for|to store|to keep|to save] {r}
do: [let|have] {f} [contain|hold|say] {r}
do: [fill|overwrite|update] {f} with {r}
ask: [can|could|may|should] {r} be [saved|written|stored|kept|put] [to|in|into] {f}
ask: [can|could] we [save|keep|store|have] {r} in {f}
say: {r} -> {f}
say: {r} [goes|should go|belongs] [in|into|to] {f}
say: {r} [in|into|to] {f}
say: [I need|I want|I'd like] {r} [written|saved|stored|kept|put] [to|in|into] {f}
say: {f} should [hold|contain|have] {r}
say: [save|write|store|export] to {f}
say: [save|store|write it|put it] [as|in|under] {f}
say: [to|into] {f} [with {r}|]
""",
    write=_WRITE,
    into=_INTO,
    make=_MAKE,
    a_file=_A_FILE,
)

_WORD = (
    "[{t}|{t}|{t}|{q}|{q}|the word {q}|the words {q}|the text {q}|the phrase {q}|the string {q}"
    "|the term {q}|the name {q}"
    "|the line {q}|the expression {q}]"
)
_LOOK = "[search|look|hunt|check|go|scan|comb|dig|sift|browse]"
_SPOT = (
    "[find|look for|search for|locate|spot|seek|track down|hunt for|scan for|hunt down|get|show me|dig up|dig out|trace"
    "|point out|check for|pick out]"
)
_SAYS = (
    "[mention|contain|talk about|refer to|have|say|include|use|speak of|show|cite|quote|deal with|list"
    "|name|hold|bring up"
    "|have something on|have a line with|have anything about]"
)
_SAYING = (
    "[mentioning|containing|about|with|that mention|that contain|which mention|which contain|that talk about|that have"
    "|referring to|that include|that refer to|that say|including|dealing with|where you find|with a mention of]"
)
_FILES = "[files|files|documents|text files|notes files|papers|data files]"
SEARCH = frames(
    """
do: search {where} for <word>
do: search {where} for [mentions of|anything about|anything on|references to|any trace of|lines with|all about] {t}
do: [look|check|go|comb|sift|browse|hunt|dig|scan] through {where} for <word>
do: [scan|grep|check|comb|scour|sweep|inspect|trawl] {where} for <word>
do: <spot> <word> {in}
do: <spot> <word> {in}
do: <spot> [mentions of|every mention of|all lines with|lines containing|anything on|references to\
|any line about] {t} {in}
do: <spot> [each|every|any] [place|spot|line|file|passage|document] [that mentions|with|containing\
|that says] <word> {in}
do: <spot> [the|all|all the|those|any] <files> <saying> <word> {in}
do: <spot> where <word> [is written|is mentioned|stands|appears|occurs|comes up|is used|turns up|was written] {in}
do: <spot> where [I|we|it|they] [wrote|mention|mentions|said|noted|talk about] {t} {in}
do: [list|name|show|give me] [the|all|all the] <files> [{in} <saying>|<saying>] <word>
do: [tell|show] me [which|what] <files> {in} <says> <word>
do: [see|check|find out|look|verify] [whether|if] <word> [appears|is mentioned|occurs|comes up|shows up|turns up] {in}
do: [see|check|find out|look] [whether|if] [any file|any document|something|anything] {in} [mentions|contains] <word>
do: [see|check] what {where} [say|says] about {t}
do: grep {t} {in}
do: grep for <word> {in}
do: grep [-r|-i|-rn|-n] {t} {in}
do: [do|run|make|start] a [search|text search|full-text search|quick search] for <word> {in}
do: [run|do] a grep for <word> {in}
do: [collect|gather] [all|the] [lines|mentions|passages] [with|of] <word> {in}
say: {in}, [find|search for|look for] <word>
ask: which <files> {in} <says> <word>
ask: which <files> <says> <word>
ask: which [file|document] {in} [mentions|contains|says|has|talks about|includes|names|refers to] <word>
ask: which [file|document] [mentions|contains|says|has|talks about|refers to] <word>
ask: what <files> {in} <says> <word>
ask: where [is|was] <word> [mentioned|written|said|used|found|noted|listed|recorded] {in}
ask: where {in} [is|was] <word> [mentioned|written|used|noted]
ask: where [do|did] [I|we|they|the files] [mention|write about|talk about|say|note|use|refer to] {t} {in}
ask: where does [<word> appear|<word> come up|<word> occur|<word> turn up|the text say {t}] {in}
ask: where can I [find|read about|see] <word> {in}
ask: [is|was] <word> [mentioned|written|noted|used|found|listed] [anywhere|somewhere|] {in}
ask: [does anything|does any file|do any files|does any document|does something|do any documents] {in} <says> <word>
ask: [do|does] {where} [mention|say anything about|contain|say] <word>
ask: in [which|what] [file|files|document|line] {in} [is <word> mentioned|can I find <word>|does <word> appear]
ask: in [which|what] [file|document] [do I find|did I write about|did we mention|is there something about] {t}
ask: what [do|does] {where} say about {t}
ask: what [is|was] [said|written] about {t} {in}
ask: how often [is|does] <word> [mentioned|appear|come up] {in}
ask: is there [a|any] [mention of|line about|file about|file with|document on|reference to|trace of] {t} {in}
ask: are there [any|some] [mentions of|lines about|files about|references to] {t} {in}
ask: have [we|I] [written|got|noted] anything [about|on] {t} {in}
ask: did [I|we|anyone|someone] [write|mention|note|say] anything [about|on] {t} {in}
ask: who [mentions|wrote about|talks about] {t} {in}
know: where <word> is [mentioned|written|used|found] {in}
know: [which|what] [files|documents] {in} <says> <word>
know: in which [file|document] {in} <word> [is mentioned|appears|stands|occurs]
know: [whether|if] <word> is [mentioned|written] [anywhere|somewhere] {in}
know: what {where} [say|says] about {t}
know: where [I|we] [wrote|mention|noted|talk about] {t} {in}
give: [all|every|the|any] [lines|mentions|places|files|passages|spots|references] [with|of|about|to] <word> {in}
give: the [file|document|line|passage] {in} [that mentions|with|containing|about] <word>
give: [everything|anything|all] [about|on] {t} {in}
say: search {t} {in}
say: search: {q}
say: search for {t}
say: search [files|the files|documents|all files][: | for ]{t}
say: grep {t}
say: find {t} {in}
say: find: {q} {in}
say: {q}: which files {in}?
say: look for {t} {in}
say: look up {q} {in}
say: mentions of {t} {in}
say: {q} {in}?
say: {t} - where {in}?
say: where's {t} mentioned?
say: any [file|files|document|mention|line] [with|about|of] {t} {in}?
say: files [with|about|mentioning|containing] {t} {in}
say: [I'm|I am|we're] looking for <word> {in}
say: I [need|want] [the files|all files|the lines|every line|the document] [with|about|mentioning] {t} {in}
say: I know I [wrote|put|mentioned] <word> somewhere {in}[. Where?|, where is it?|. Find it.|, please find it]
say: <word> must be [somewhere|written somewhere|mentioned] {in}[. Where?|, find it|. Search for it.]
""",
    word=_WORD,
    look=_LOOK,
    spot=_SPOT,
    says=_SAYS,
    saying=_SAYING,
    files=_FILES,
)
# Pairs of the place as searched ("the files") and as a phrase ("in the files"); the second may be empty.
EVERYWHERE = (
    ("the files", ""),
    ("my files", "in my files"),
    ("the documents", "in the files"),
    ("all files", "in any file"),
    ("the work directory", "in the work directory"),
    ("everything", "here"),
    ("our documents", "in our documents"),
    ("all the files", ""),
    ("every file", "in all files"),
    ("my documents", "in my documents"),
    ("all documents", "anywhere"),
    ("the work folder", "in the work folder"),
    ("all text files", "in the text files"),
    ("our files", "across all files"),
    ("the folder", "in this folder"),
    ("the texts", "in the texts"),
    ("the current folder", "in the current directory"),
    ("the files here", "in the files here"),
    ("my papers", "in one of the files"),
    ("the lot", "in my work folder"),
    ("the workspace", "in the workspace"),
    ("what we have", "among the files"),
)
IN_A_FOLDER = (
    ("the {} folder", "in the {} folder"),
    ("the {} folder", "in {}"),
    ("{}", "in {}"),
    ("{}", "in {}"),
    ("the files in {}", "in {}"),
    ("folder {}", "in folder {}"),
    ("everything under {}", "under {}"),
    ("the files under {}", "in the files under {}"),
    ("the files of the {} folder", "in the files in {}"),
    ("the folder {}", "in the folder {}"),
    ("the directory {}", "in the directory {}"),
    ("all files in {}", "inside {}"),
    ("the {} directory", "within the {} directory"),
    ("the documents in {}", "in the documents in {}"),
    ("my {} folder", "in my {} folder"),
    ("our {} folder", "in our {} folder"),
    ("the documents of {}", "somewhere in {}"),
    ("the folder called {}", "in the folder called {}"),
    ("what is in {}", "anywhere in {}"),
    ("the {} dir", "in the {} dir"),
)
