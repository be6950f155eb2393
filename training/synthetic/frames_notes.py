"""The wordings of requests to save a note and to find notes, with the values open.

`{t}` is a clause at the end; `{q}` the same in quotation marks; `{r}` words that
point back to a value said before.
"""

from __future__ import annotations

from training.synthetic.manner import frames

_NOTE = (
    "[note|note down|write down|jot down|remember|record|keep|save|store|memorise|put down|set down|log|take down|file"
    "|scribble down|retain|register|mark down|make a note|take a note|pen down]"
)
_NOTE_THAT = (
    "[note|note down|remember|record|keep in mind|jot down|write down|make a note|take a note|save a note|add a note"
    "|don't forget|log|store the fact|bear in mind|keep a note|leave a note|leave yourself a note"
    "|put on record|memorise"
    "|save|keep|write yourself a note|put down|mark down|never forget|take note|have it noted|save the fact|set down]"
)
_A_NOTE = (
    "[a note|a note|a note|a short note|a quick note|a new note|another note|a reminder|this note|the note|a brief note"
    "|a memo|a little note|one more note|a small reminder|the following note|this as a note|an entry in my notes]"
)
_MAKE = "[save|take|make|add|write|store|keep|create|leave|put down|record|set|file|enter|start|jot down|log]"
_SAYING = (
    "[saying|that says|that reads|with the text|reading|which says|along the lines of|with the words|stating|to say"
    "|with this text:|with the content|containing|that goes|which reads|to the effect of|with|:]"
)
_MY = "[my|the|our|your|my saved|my own]"
_KEEP = "[as a note|in my notes|in the notes|for later|for me|to my notes|among my notes|as a reminder|on file]"

_EITHER = """
do: <note_that>: {t}
do: <make> <a_note>: {t}
do: <make> <a_note> <saying> {q}
do: <make> <a_note> <saying> {q}
do: <make> <a_note> - {t}
do: <make> me <a_note>: {t}
do: <note>[ this| for me| the following| this down| this for later|]: {t}
do: <note> {q} <keep>
do: <note> {q}
do: [add|save|put|write|append|copy|enter|drop] {q} [to|in|into] <my> notes
do: [add|save|put|write|append|enter] [this|it|the following|a line] [to|in|into] <my> notes: {t}
do: <make> <a_note> [about|on] [the|my] {h}: {t}
do: [keep|have|store] in [mind|the notes|my notes]: {t}
do: [save|keep|file|note] the [sentence|words|line|text|message|thought|remark] {q} <keep>
do: [add|create|open|start] a new [note|entry] [in my notes |]<saying> {q}
do: [write|put] {q} [down|on my list|in a note|on a note|into a note]
ask: [would|could|can] you [note|write down|save|keep|remember|jot down|take down][ this|]: {t}
ask: [would|could|can|will] you <make> <a_note> <saying> {q}
ask: will you [keep|save|store|remember] {q} for me
ask: [can|could] you [add|put|write] {q} [to|into|in] <my> notes
ask: [can|could|should] [we|you] have a note [saying|that says] {q}
say: [note|note to self|remember|new note|memo|keep this|for the notes|reminder|take note|save this|please note]: {t}
say: [for later|NB|N.B.|note|mental note|self|quick note|to my notes|into the notes|for the record|jot this down]: {t}
say: [note|remember|memo|todo|to remember|notes|save|reminder|note to self] - {t}
say: [I must not forget this|This is important|One to keep|Do not lose this|For my notes|Write this down]: {t}
say: [Something to keep|Here is a note|A note|This goes into my notes|Please remember this|Save for later]: {t}
say: [save|make|add|new|take|write] note {q}
say: [save|make|add|new|take|write] note: {t}
say: remember {t}
say: remember this for me: {t}
say: remember, {t}
say: [I want|I'd like|I need] <a_note> <saying> {q}
say: {q} - [note that|remember that|save it as a note|keep it in my notes|make a note of it|write it down]
say: {q}: [save this as a note|put it in my notes|please remember|keep this]
say: My notes should [say|mention|have] {q}
say: notes += {q}
say: Just so [you|we|I] [remember|don't forget]: {t}
say: Before I forget: {q} - note it.
"""
_CLAUSE = """
do: <note_that> that {t}
do: <note_that> that {t}
do: <make> <a_note> that {t}
do: [put|write|enter|get] into <my> notes that {t}
do: [remind|tell] [me|yourself] [later |]that {t}
do: [make|help|let] me remember that {t}
do: [do not|don't] let me forget that {t}
do: [see to it|make sure|take care] that I [remember|don't forget]: {t}
do: [keep|save|store] the [information|fact|detail|thought|idea] that {t}
ask: [can|could|would|will] you [remember|note|keep in mind|write down|record|make a note|jot down|memorise] that {t}
ask: [would|could|can|will] you <make> <a_note> that {t}
ask: may I ask you to [remember|note|write down|keep in mind] that {t}
ask: [would|do] you mind [noting|writing down|remembering|keeping in mind] that {t}
say: [don't|do not|never] let me forget that {t}
say: note that {t}
say: [I want|I'd like|I need] [it noted|it on record|to remember|to keep in mind|to note|a note saying] that {t}
say: [I should|I must|I have to|I want to] remember that {t}
say: Let the notes [say|show|record] that {t}
say: Before I forget, [write down|note|remember|save] that {t}
"""
_ORDER = """
do: [remember|note down|make a note|write down|don't forget|save a reminder|jot down] to {t}
do: [make|save|add|leave|write] [a note|a reminder|a memo|me a note] to {t}
do: [save|add|put|write] to my [notes|to-do notes|reminders]: {t}
ask: [can|could] you [remember|note|write down] to {t}
say: note: {t}
say: [note to self|reminder|todo|to do|don't forget|remember]: {t}
say: [remember to|don't forget to|I must remember to|remind me to|note to self: I have to] {t}
"""
_PARTS = {
    "note": _NOTE,
    "note_that": _NOTE_THAT,
    "a_note": _A_NOTE,
    "make": _MAKE,
    "saying": _SAYING,
    "my": _MY,
    "keep": _KEEP,
}
SAVE = frames(_EITHER + _CLAUSE, **_PARTS)
SAVE_TEXT = frames(_EITHER, **_PARTS)
SAVE_ORDER = frames(_EITHER + _ORDER * 2, **_PARTS)
NOTE_BACK = frames(
    """
do: [save|store|keep|record|remember|put down|file|log|write down] {r} <keep>
do: <note> {r}
do: <make> [a note|a memo|a reminder|a short note|a quick note] [of|with|about|saying|containing|for] {r}
do: [add|put|write|copy|enter|append] {r} [to|into|in] <my> notes
do: [keep|make|have] {r} [as a note|noted|in a note|on record]
do: [make|turn] {r} into a note
do: [make sure|see to it that] {r} [is noted|gets into my notes|is in my notes|is saved as a note]
ask: [can|could|should] {r} [go|be put|be added] [into|in|to] my notes
ask: [can|could] you [note|remember|write down|keep] {r} for me
say: note {r}
say: remember {r}
say: {r} [into|to|in] my notes
say: {r} as a note
say: I want [to remember|to keep|a note of] {r}
say: [note|memo|reminder|for my notes]: {r}
""",
    note=_NOTE,
    make=_MAKE,
    my=_MY,
    keep=_KEEP,
)
_ABOUT = (
    "[about|about|about|on|on|mentioning|with|containing|regarding|for|concerning|that mention|that contain|related to"
    "|to do with|in which I mention|having to do with|where I mention|with the word|that talk about|that say]"
)
_WROTE = (
    "[note|write down|save|jot down|note down|want to remember|write|put down|record|keep|log|store|tell you"
    "|ask you to remember|ask you to note|scribble|put in my notes]"
)
_FIND = (
    "[find|show|show me|list|look up|search for|get|pull up|bring up|read me|check|open|fetch|give me|dig up|dig out"
    "|tell me|read out|look for|retrieve|print|display|collect|recall|call up|get me|locate]"
)
FIND = frames(
    """
do: <find> [my|the|all my|our|any|all|every|those] [saved |]notes <about> {t}
do: <find> [my|the|all my|our|any|all] [saved |]notes <about> {t}
do: <find> [the|my|that|any|every|a] [note|reminder|memo] [about|on|where I mention|that mentions|with\
|regarding|for] {t}
do: [search|look through|go through|check|scan|comb|browse|look in|dig through|query] <my> [saved |]notes for {t}
do: [search|look through|check|go through] <my> notes [and tell me|to see|to find out] what they say about {t}
do: <find> what I [noted|wrote down|saved|wrote|jotted down|recorded|kept|told you] [about|on|regarding] {t}
do: [see|check|find out|look] [if|whether] I [have|saved|made|wrote|kept] [a note|any notes|anything] [about|on] {t}
do: [see|check] [if|whether] [there is|there's] [a note|anything in my notes|something noted] [about|on] {t}
do: [remind me|tell me] what [I wrote|I noted|I said|I saved|my note says|my notes say] about {t}
do: [remind me|refresh my memory|bring me up to date] [about|on] {t}, [it's in my notes|from my notes|see my notes]
do: find {t} in [my|the] notes
do: grep [my|the] notes for {t}
do: [look|search] for {t} in [my|the|our] notes
do: look up {t} in [my|the|our] [saved |]notes
do: [look up|check] [the note|my note] for {t}
ask: [what|which] notes [do I have|did I save|did I write|are there|have I made|exist|did I take] <about> {t}
ask: what did I <wrote> [about|on|regarding|concerning] {t}
ask: what have I [noted|written|saved|jotted down|recorded|written down] [about|on|regarding] {t}
ask: what [do|did] my notes say [about|on|regarding] {t}
ask: what [does|did] my note [about|on] {t} say
ask: what [is|was] [in|written in|noted in] my notes [about|on] {t}
ask: what was [noted|saved|written down|my note] [about|on] {t}
ask: do I have [any|a|some] [note|notes|reminder|memo|reminders] [about|on|mentioning|for|regarding|with] {t}
ask: do [my|the|our] notes [mention|say anything about|contain|have anything on|say something about] {t}
ask: did I [note|write|save|jot down|record|keep|leave] [anything|something|a note] [about|on|regarding] {t}
ask: have I [noted|written|saved|got] [anything|something|a note] [about|on] {t}
ask: is there [a note|anything in my notes|any note|something in my notes|a reminder] [about|on|for|regarding] {t}
ask: are there [any|some] notes [about|on|for|mentioning] {t}
ask: is {t} [mentioned |]in [my|the] notes
ask: where did I note [anything about |]{t}
ask: which [of my|of the|] notes [mention|mentions|contain|contains|is about|are about|talk about] {t}
ask: which note [mentions|contains|is about|talks about|has] {t}
ask: [can|could] you [find|recall|remember] [the note|my note|what I noted|what I wrote] about {t}
ask: do you [remember|recall|know] what I [noted|wrote|said|saved|told you] about {t}
ask: what [should|did] I [remember|want to remember] about {t}
ask: [any|got any|have you any] notes [on|about|mentioning] {t}
know: what I [noted|wrote|saved|wrote down|jotted down|recorded] [about|on] {t}
know: what my notes say [about|on] {t}
know: [whether|if] I have [a note|notes|anything noted] [on|about] {t}
know: [whether|if] my notes mention {t}
know: what notes I have [about|on] {t}
give: [my|the|all|all my|any|our] notes <about> {t}
give: [the|my|that|any] note [about|on|that mentions|with|for] {t}
give: [anything|everything|whatever] [I noted|in my notes|I wrote down|I saved] [about|on] {t}
say: notes on {t}
say: notes about {t}?
say: my notes: {t}
say: notes: {t}
say: {q} notes
say: any note on {t}?
say: notes with {t}
say: [search|find|check] notes[: | for ]{t}
say: {q} - what did I note?
say: {q} - any notes?
say: [find|search] [my |]notes {q}
say: I [made|wrote|saved|took] a note about {t}[. What was it?|, what did it say?|. Find it.|, can you find it?]
say: I [noted|wrote down|saved] something about {t}[. What was it?|, what did it say?|. Show me.|, look it up]
say: There [is|should be|must be] a note about {t}[. What does it say?|, find it|. Show it to me.]
say: I [need|want] [my notes|the note|what I noted] [about|on] {t}
say: something about {t} in my notes?
""",
    about=_ABOUT,
    wrote=_WROTE,
    find=_FIND,
    my=_MY,
)
_ALL = "[all|all of|all the|every one of|the whole of|the complete list of|each of]"
ALL = frames(
    """
do: [show|list|read|display|print|get|open|give|fetch|bring up|pull up|read out] [me |]<all> my [saved |]notes
do: [show|list|read|display|print|get|open|check|see|bring up] [my|the|our] [saved |]notes
do: [go through|look at|check|read out|run through|look over|browse|read me] [my|all|the saved|all my|our] notes
do: [tell|show|read] me [what I noted|what I have noted|what is in my notes|what notes there are|what my notes say]
do: list [everything|all] [I noted|I wrote down|I saved|in my notes|that is in my notes|I asked you to remember]
do: [show|give] me [everything|all that] [I noted|I saved as notes|I wrote down|you noted for me]
do: [make|give me] a list of [all |]my notes
do: [read|print|show] the notes [you have|I made|I saved|so far|to me]
do: [see|check] [what|which] notes [I have|there are|exist|are saved]
do: [see|check] [if|whether] I have any notes
do: count my notes
ask: what [notes do I have|is in my notes|have I noted so far|did I note down|notes are saved|notes did I save]
ask: what [notes are there|have I saved|have I asked you to remember|did I ask you to remember|have you noted for me]
ask: what are [my|all my|the|our] [saved |]notes
ask: do I have any [saved |]notes
ask: are there any [saved |]notes
ask: which notes [do I have|are there|exist|did I make|have I made|have been saved]
ask: how many notes [do I have|are there|have I saved|did I save]
ask: [can|could|may] I [see|hear|read|have] [all |]my notes
ask: [can|could] you [list|show|read] [me |][all |]my notes
ask: what do my notes say
ask: is there anything in my notes
ask: what did I [note|write down|save|jot down] [so far|lately|recently|before|earlier]
know: [what|which] notes [I have|there are|are saved|I made]
know: what is in my notes
know: what [I noted|I have noted|I wrote down|I asked you to remember] [so far|]
know: [whether|if] I have any notes
give: [all|all of|] my [saved |]notes
give: a list of [all |]my notes
give: [everything|all that is] in my notes
give: the notes [I saved|I made|so far|you have]
say: my notes
say: notes?
say: [list|show|all|read|open|print|see|get] notes
say: [list|show] [my|all] notes[, please| please]
say: all notes please
say: what have I saved?
say: notes, all of them
say: everything in my notes
say: [my|the|all] notes, please
""",
    all=_ALL,
)
