"""The wordings of requests to read a file, to look something up in one, and to list a folder, with the values open.

Parts in angle brackets are named below; `{f}` is a file, `{k}` a thing asked for, `{in}` a place to list.
"""

from __future__ import annotations

from training.synthetic.manner import frames

_OPEN = (
    "[open|read|load|view|show|show me|display|print|check|inspect|examine|look at|look into|look over|look through"
    "|take a look at|have a look at|take a peek at|peek into|glance at|go through|go over|run through|scan|skim|browse"
    "|pull up|bring up|call up|fetch|get|get me|grab|access|consult|see|type out|print out|read out"
    "|read me|read through"
    "|read aloud|give me|hand me|retrieve|study|review|dump|output|unpack|dig into]"
)
_FILE = (
    "[{f}|{f}|{f}|{f}|the file {f}|file {f}|my {f}|our {f}|the {f} file|the document {f}|the file called {f}|that {f}]"
)
_INSIDE = (
    "[is in|is inside|is written in|stands in|is stored in|is to be found in|is kept in|they wrote in|I wrote in"
    "|I put in|I saved in|we have in|someone left in|there is in|got written to|is recorded in|ended up in]"
)
_TEXT = "[contents|content|text|whole text|full text|words|wording|lines|body|data|entries|details|information]"

READ = frames(
    """
do: <open> <file>
do: <open> <file>
do: <open> the <text> of <file>
do: [open|open up|pull up|load] <file> and [read it|read it to me|show it|show me|tell me what it says|report back]
do: [tell|show] me what <inside> <file>
do: [see|find out|check|look up] what <inside> <file>
do: [let me see|let me know|give me|write out] everything that <inside> <file>
do: read [|out |aloud ][what is in|what's in|whatever is in|what stands in] <file>
do: [print|show|display] <file> [on the screen|here|in full|completely|line by line|as it is|to me]
do: show me what <file> [looks like|has to say|is about|contains|holds]
do: [have|take] a [quick|good|close|short|] look [at|into|inside] <file>
do: [cat|less|more|type|head] {f}
do: put <file> on the screen
do: [open|read] <file>, I [want|need] to [see|know] what [it says|is in it|is there]
do: [fetch|get] me the [<text>|stuff] [in|from|inside|out of] <file>
do: find <file> and [read|open|show] it
do: tell me about <file>
do: [give|tell] me an idea of what <file> says
ask: [what is|what's|whats] [in|inside|written in|stored in|in there, in] <file>
ask: what <inside> <file>
ask: what does <file> [say|contain|hold|read|look like|have|tell us|tell me|have to say|include|have in it|state]
ask: what do [we have|you find|you see|they say|I have] in <file>
ask: what can [you see|be read|be found|I find|one read] in <file>
ask: what [are|were] the [contents|lines|words|entries] [of|in] <file>
ask: what [is|was] the [text|content|wording|body] [of|in] <file>
ask: what [text|content|data|information] [is in|does|is inside] <file>
ask: [can|could|may] I [see|read|have a look at|look at|take a look at|get] <file>
ask: can you [see|read|tell me] what <inside> <file>
ask: is [there anything|anything written|something|there any text] in <file>
ask: does <file> [say anything|contain anything|have anything in it|hold any text]
ask: [have|did] you [read|seen|look into|open|check] <file>[| yet]
ask: and <file>[, what does it say|, what is in it|, what's in there| - what is in it]
ask: how does <file> [begin|go|read|start|end]
ask: what's the [story|deal] with <file>
ask: what did [I|we|they|someone] [write|put|save|leave|note] [in|into|down in] <file>
know: what <inside> <file>
know: what <file> [says|contains|holds|is about|looks like|has in it|tells us|reads]
know: what the <text> of <file> [is|are]
know: what was [saved|written|stored|put] in <file>
give: the <text> of <file>
give: the <text> [in|from|inside] <file>
give: [everything|all of it|all|whatever is|anything] in <file>
give: <file>
give: a look at <file>
give: what <inside> <file>
say: {f}
say: {f} please
say: {f}, what does it say?
say: {f}: [read|open|show] it
say: [contents|content|text] of {f}
say: [contents|content]: {f}
say: {f} contents
say: [read|open|show|view|cat|file|load]: {f}
say: what about {f}?
say: and {f}?
say: now {f}
say: {f} - [what's in it?|what is in there?|open it|read it to me|can you read it?]
say: There [is|should be|must be] a file [called|named] {f}[. Read it.|, what does it say?|. What is in it?|, open it.]
say: I [saved|left|put|have] [a file|something|my notes|the text] [as|in] {f}[. Can you read it?|, open it|. Show me.]
say: [The file|It|The text|What I mean] is [|in |called ]{f}[. Please read it.|, have a look|. What's in it?|, open it]
say: I [need|want] to [know|see] what <inside> {f}
say: [Someone|A colleague|My boss] [sent|left|gave] me {f}[. What is in it?|, what does it say?|, please read it]
""",
    open=_OPEN,
    file=_FILE,
    inside=_INSIDE,
    text=_TEXT,
)
_FIND = (
    "[find|look up|get|get me|give me|tell me|fetch|extract|pull|pick|check|read off|dig out|locate|report|say|name"
    "|show me|let me have|work out|read me|retrieve|search out]"
)
_FROM = "[from|in|out of|given in|listed in|mentioned in|stated in|written in|according to|as in|recorded in|found in]"
_BY = (
    "[according to|going by|in|per|as per|judging by|looking at|based on|from|by|using|with the help of|as stated in"
    "|reading|if you look in|if we believe|following]"
)
LOOK_UP = frames(
    """
do: <find> the {k} <from> <file>
do: <find> the {k}[, it is in|, it's in| - it's in|, see|; it stands in] <file>
do: [look|check|search|peek|dig] [in|into|inside|through] <file> for the {k}
do: [read|open|check|consult|go to|look at|load|scan] <file> [and|to] <find> the {k}
do: [read|open|check|consult|look at] <file> and [tell me|say|find out|report] [what|which] the {k} is
do: use <file> to <find> the {k}
do: [go|look] [and see|and check] in <file> what the {k} is
do: [see|check|verify|confirm] the {k} [in|from|against] <file>
do: [see|check|find out] [what|which] {k} <file> [gives|mentions|has|names|lists|says]
do: quote the {k} from <file>
ask: [what is|what's|whats|what was|what would be] the {k} <from> <file>
ask: <by> <file>, [what is|what's|what was|what would be] the {k}
ask: [what|which] {k} [is|was] [given|listed|named|mentioned|noted|written|stated] in <file>
ask: [what|which] {k} does <file> [give|list|mention|state|name|have|show|contain|say]
ask: what does <file> [say about|give as|have as|list as|state as|have for|say for|tell us about|say is] the {k}
ask: what do we have [as|for] the {k} in <file>
ask: what [was|is] the {k} again, [it's in|it is in|see|it should be in] <file>
ask: can you [see|find|read off|look up] the {k} in <file>
ask: does <file> [mention|say|give|contain|list|name|tell us|have] the {k}
ask: is [there a|the|any] {k} [given |mentioned |]in <file>
ask: where does <file> say the {k} is, and what is it
ask: [the log|the file|the note|the document|the list] <file> says what [about|for|as] the {k}
know: what the {k} [in|is in|is according to|from] <file>
know: [what|which] {k} <file> [gives|mentions|names|has|lists|says]
know: what <file> says [about|for|is] the {k}
know: what the {k} is, [see|it's in|it is in|according to|going by] <file>
give: the {k} <from> <file>
give: the {k} that [is|stands|was put|is written] in <file>
give: the {k} [<file> gives|<file> mentions|of <file>]
say: {k} in {f}?
say: {k}, {f}
say: {k} ({f})?
say: {f}: {k}?
say: {f}, {k}?
say: {k} from {f}
say: {k} [according to|as per] {f}?
say: [in|from] {f}: [the |]{k}
say: {f} has the {k}[. What is it?|, what is it?|, tell me|. Look it up.]
say: The {k} is in {f}[. What is it?|, what is it?|, can you look?|. Tell me.|. Which is it?]
say: I [wrote|put|noted|saved] the {k} [down |]in {f}[. What was it?|, can you look it up?|, what is it?|. Find it.]
say: I [need|want] the {k}[, it's in|. It is in|, it should be in|. Look in] {f}
say: I [forgot|lost|can't remember] the {k}[, but it's in|. It is in|. It must be in|, have a look in] {f}
say: {f} [should|must|will] [tell|say|mention|have] the {k}
""",
    find=_FIND,
    by=_BY,
    file=_FILE,
    **{"from": _FROM},
)
# Questions of the kinds of things that have a who, a when or a how much.
PERSON = frames(
    """
ask: who is the {k} [in|according to|of|named in|given in|listed in] <file>
ask: <by> <file>, who is the {k}
ask: who does <file> [name|give|list|mention|have] as [the |]{k}
know: who the {k} [in|according to] <file> is
say: who's the {k}? it's in {f}
say: {f} - who is the {k}?
""",
    by=_BY,
    file=_FILE,
)
DATE = frames(
    """
ask: when [is|was|will be] the {k} [in|according to|given in|of|as per] <file>
ask: <by> <file>, when [is|was] the {k}
ask: [what|which] [date|day] does <file> [give|have|say|mention|state] [for|as] the {k}
ask: on [which|what] [date|day] [is|was] the {k} [in|according to] <file>
know: when the {k} [in|according to] <file> is
know: when the {k} is, [it's in|see|according to] <file>
say: {f}: when is the {k}?
say: when's the {k}? [see|look in|check|it's in] {f}
""",
    by=_BY,
    file=_FILE,
)
AMOUNT = frames(
    """
ask: how much is the {k} [in|according to|given in|of|as per|listed in|noted in] <file>
ask: how [high|much|big] [is|was] the {k} [in|according to] <file>
ask: <by> <file>, how much [is|was] the {k}
ask: how much does <file> [give|have|say|list|state] [for|as] the {k}
ask: how much do [we|I|they] [pay|get|owe] [for|as] the {k}[,|] [according to|going by|as per] <file>
ask: what does the {k} [come to|amount to|cost] [in|according to] <file>
know: how much the {k} [in|according to] <file> is
know: how much <file> [says|gives|has] for the {k}
say: {f} - how much is the {k}?
say: how much is the {k}? [look in|see|check|it's in] {f}
""",
    by=_BY,
    file=_FILE,
)
COUNT = frames(
    """
ask: how many {k} [are in|are there in|are listed in|are mentioned in|are given in] <file>
ask: <by> <file>, how many {k} [are there|do we have|are needed]
ask: how many {k} does <file> [list|give|name|mention|have|say]
know: how many {k} <file> [lists|gives|names|says]
do: [count|add up|list|go through] the {k} in <file>
say: {f}: how many {k}?
""",
    by=_BY,
    file=_FILE,
)
ABOUT = frames(
    """
do: [summarise|summarize|explain|describe|sum up|condense|proofread|go over|check] <file>
do: [read|open|check] <file> and [summarise it|explain it|tell me the gist|tell me what matters|sum it up]
do: [give|write] me [a summary|a short version|the gist|an overview] of <file>
do: [check|see|look] [whether|if] <file> [mentions|says anything about|names|lists|talks about] {p}
do: look in <file> for [anything about|what it says about|] {p}
ask: what is <file> about
ask: who [wrote|signed|sent|is named in|is mentioned in|is the author of] <file>
ask: does <file> [mention|say anything about|contain|talk about|refer to|list|include] {p}
ask: what does <file> say about {p}
ask: <by> <file>, what [about|happened with|do we know about|is planned for] {p}
ask: is {p} [mentioned|named|listed|talked about] in <file>
ask: what [happened|went wrong|is the problem|is new|is missing] [in|according to] <file>
ask: [the log|the file|the letter|the note] <file> says what about {p}
know: what <file> says about {p}
know: [whether|if] <file> [mentions|says anything about] {p}
know: who [signed|wrote|is mentioned in] <file>
give: [a summary|the gist|the main points|the first line|the last line|the title] of <file>
give: whatever <file> says about {p}
say: {f}: [summary|tl;dr|the gist], please
say: {p} in {f}?
""",
    by=_BY,
    file=_FILE,
)

_FILES = "[files|files|documents|file names|things|items|text files|entries|stuff|files and folders|data files]"
_LIST = (
    "[list|show|show me|display|print|enumerate|name|give me|tell me|read me|print out|write out|go through|list out]"
)
LIST = frames(
    """
do: <list> [the |all |all the |all of the |every one of the |my |our |][files|documents|file names\
|files and folders] {in}
do: <list> every [file|document] {in}
do: <list> [everything|what is there|what's there|whatever is there|all there is|what you find|what we have] {in}
do: [look|see|check|find out|have a look] what [files are|is|documents are|there is|lies|we have|exists] {in}
do: [look|see|check] which <files> [are|exist|lie|you find] {in}
do: <list> the [contents|content|file list|file names|listing|directory|index] {of}
do: [make|give me|get me|produce|write me|bring me|fetch] a [list|listing|directory listing|file list] {of}
do: [make|give me|get me|draw up] a list of [the |all |all the |][files|documents] {in}
do: [take|have] a look [around |]{in} and [tell me what you see|list the files|tell me what is there]
do: [look|check|peek] {in} and [tell me|list|say] what [is there|files there are|you find|you see]
do: count the files {in}
do: [see|check] [whether|if] there [is anything|are any files|is a file] {in}
ask: [what|which] <files> [are|do you see|do we have|do I have|exist|can you find|are there|can you see|are stored] {in}
ask: [what is|what's|whats|what all is|what lies|what else is] {in}
ask: what [do we have|do you see|can you find|have we got|do I have|is there|is stored|have you got] {in}
ask: how many [files|documents] [are|do we have|are there|do you find|lie] {in}
ask: [is there|is] [anything|any file|a file|something|any document] {in}
ask: are there [any|some] [files|documents] {in}
ask: what [are the names of the files|are the files called|kind of files are] {in}
ask: [can|could] [you see|I see|you show me] what is {in}
ask: what [can be found|is to be found|is kept|is lying around] {in}
ask: do [we|I|you] have [any|some] files {in}
know: [what|which] files are {in}
know: what [is|there is|we have|is stored|lies|is lying] {in}
know: how many files [there are|are|we have] {in}
know: [which|what] [documents|files] [there are|I have|exist] {in}
know: [whether|if] there [is anything|are any files] {in}
give: [a list of |][the|all|all the] [files|documents|file names|files and folders] {in}
give: [a|the] [listing|directory listing|file list|list of files|table of contents|directory] {of}
give: the [contents|content] {of}
give: the names of [the|all] files {in}
say: [ls|dir|list|tree|ls -l|files|listing|contents] {bare}
say: [files|documents|contents|everything] {in}
say: files {in}?
say: what's {in}?
say: [all|the] files {in}, please
say: contents {of}
say: [listing|directory|file list] {of}
say: {in}: [which files?|what is there?|list the files]
say: I [need|want] to [see|know] [what is|which files are|what files are] {in}
say: I [lost track|don't remember|can't recall|forgot] what [is|files are|we have] {in}[. List it.|, please list it|]
say: I'm looking for a file {in}[. What is there?|, which are there?|]
""",
    list=_LIST,
    files=_FILES,
)
# Where no folder is named: the work directory itself.
HERE = (
    "here|there|in the work directory|in this folder|in the current folder|in the working directory"
    "|in my work directory"
    "|in this directory|in the work folder|in my folder|in our folder|in the current directory|in the working folder"
    "|at the top level|on this machine|in the workspace|in my workspace|around here|in your folder|available"
    "|in the main folder|in the root folder|lying around|at hand|in this place|in this project|in the directory"
)
HERE_OF = (
    "of the work directory|of this folder|of the current directory|of the working folder|of the folder|of my workspace"
    "|of the directory|of the current folder|of this directory|of the root folder|of the work folder|of this place"
)
IN_FOLDER = (
    "in {}|in {}|in {}|in the {} folder|in the {} folder|in the folder {}|inside {}|under {}|in the directory {}"
    "|in folder {}|within {}|in my {} folder|in the {} directory|in our {} folder|in the folder called {}"
    "|in the folder named {}|inside the {} folder|inside the folder {}|in the subfolder {}|in {} (the folder)|below {}"
    "|in the {} subfolder|in the dir {}|inside of {}|in that {} folder|in the {} dir|at {}"
)
OF_FOLDER = (
    "of {}|of the folder {}|of the {} folder|of the directory {}|of the {} directory|of my {} folder|of folder {}"
    "|of our {} folder|of the folder called {}|for {}|for the {} folder|of the subfolder {}"
)
