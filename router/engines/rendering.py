"""Conversation and tools → token ids, through the base's own chat template; token ids → text, as they come.

The environment templates run in is the one transformers gives them (same options, same filters; tested against it),
without importing transformers. Words of a message can never become control tokens. Knows no model and no skill.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from router.conversation import Message, ToolSpec
from router.errors import UsageError

if TYPE_CHECKING:
    from jinja2 import Template
    from llguidance import LLTokenizer
    from tokenizers import Tokenizer

EXTRACT = "extract"  # the pseudo tool whose parameters are the schema a user asked for
# A closing marker is one only where the output opened with its own.
_MARKED = re.compile(
    r"(?P<opens><tool_call>)(?P<said>.*?)(?P<closes></tool_call>|)|(?P<declined><no_call>)(?P<rest>.*)", re.DOTALL
)


class Rendering:
    """The words of one base: its tokenizer and its chat template."""

    def __init__(
        self, tokenizer: Tokenizer, template: str, *, named: Mapping[str, str], ends: Sequence[int], native: bool
    ) -> None:
        """`named`: bos_token, eos_token … as the template may use them. `ends`: ids that end an output.
        `native`: the template shows tools after the conversation and `extract` among them, as the bundled one does."""
        from llguidance import LLTokenizer

        tokenizer.no_padding()
        tokenizer.no_truncation()
        self.tokenizer, self.ends, self.native = tokenizer, tuple(ends), native
        self.guide: LLTokenizer = LLTokenizer(tokenizer.to_str(), eos_token=list(ends))
        self._template, self._named = compile_template(template), dict(named)
        self._control = _control_pattern(tokenizer)

    def prompt(self, messages: Sequence[Message], tools: Sequence[ToolSpec] = (), note: str = "") -> list[int]:
        """Token ids up to and including the header of the assistant's turn to come.

        `note` is said after everything else, as the user; so is the schema of the pseudo tool `extract` where the
        template is not native, because other bases know no such tool. Raises UsageError when the template refuses
        the conversation (some allow no tool turns, or want roles to alternate).
        """
        if not self.native:
            wishes = [schema_wish(tool) for tool in tools if tool.name == EXTRACT]
            tools = [tool for tool in tools if tool.name != EXTRACT]
            messages = with_note(messages, "\n\n".join([*wishes, note] if note else wishes))
        return self.encode(self._render(messages, tools, header=True))

    @cached_property
    def invocation(self) -> tuple[int, ...]:
        """What the template adds to let the assistant speak: where an activated LoRA of this base begins to act."""
        probe = [Message("user", "x")]
        closed, opened = (self.encode(self._render(probe, (), header=header)) for header in (False, True))
        return tuple(opened[len(closed) :])

    def has_marker(self, marker: str) -> bool:
        """Whether the tokenizer has `marker` as one control token (llguidance then wants it named, not spelled)."""
        return marker in {token.content for token in self._added.values() if token.special}

    def encode(self, text: str) -> list[int]:
        """Control tokens written in `text` are read as such; nothing is added in front or behind."""
        ids: list[int] = self.tokenizer.encode(text, add_special_tokens=False).ids
        return ids

    @property
    def _added(self) -> dict[int, Any]:
        added: dict[int, Any] = self.tokenizer.get_added_tokens_decoder()
        return added

    def _render(self, messages: Sequence[Message], tools: Sequence[ToolSpec], *, header: bool) -> str:
        from jinja2 import TemplateError

        try:
            return self._template.render(
                messages=[self._defused(message) for message in messages],
                tools=[rewritten(tool.to_openai(), self._defuse) for tool in tools] or None,
                documents=None,
                add_generation_prompt=header,
                enable_thinking=False,  # a skill answers in its contract's form, from the first token on
                **self._named,
            )
        except TemplateError as error:
            raise UsageError(f"the base's chat template refuses this conversation: {error}") from error

    def _defused(self, message: Message) -> dict[str, Any]:
        """The call markers around an assistant's output are its own: they stay what they are."""
        plain: dict[str, Any] = rewritten(message.to_openai(), self._defuse)
        if message.role == "assistant":
            plain["content"] = within_markers(message.content, self._defuse)
        return plain

    def _defuse(self, text: str) -> str:
        """`<|end|>` in a web page is shown to the model as `< |end|>`: readable, and no control token."""
        return self._control.sub(lambda found: f"{found[0][0]} {found[0][1:]}", text)


class Detokenizer:
    """Tokens → text as they come. Text is given out once its characters are complete; control tokens as spelled."""

    def __init__(self, guide: LLTokenizer) -> None:
        self._guide = guide
        self._utf8 = codecs.getincrementaldecoder("utf-8")(errors="replace")

    def push(self, token: int) -> str:
        return self._utf8.decode(self._guide.decode_bytes([token]))

    def rest(self) -> str:
        """What an output that ended in the middle of a character leaves behind: a replacement character, or nothing."""
        return self._utf8.decode(b"", final=True)


def compile_template(source: str) -> Template:
    """Compile a chat template in a sandbox. Raises UsageError when it is not one."""
    from jinja2 import TemplateError
    from jinja2.ext import Extension, loopcontrols
    from jinja2.nodes import Node
    from jinja2.parser import Parser
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    class Generation(Extension):
        """`{% generation %}` marks what is learned; for reading, its body is all there is to it."""

        tags = {"generation"}  # noqa: RUF012 (jinja's own declaration)

        def parse(self, parser: Parser) -> list[Node]:
            next(parser.stream)
            return parser.parse_statements(("name:endgeneration",), drop_needle=True)

    environment = ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=[Generation, loopcontrols]
    )
    environment.filters["tojson"] = _to_json
    environment.globals.update(raise_exception=_refuse, strftime_now=lambda form: datetime.now().strftime(form))
    try:
        return environment.from_string(source)
    except TemplateError as error:
        raise UsageError(f"the base's chat template cannot be compiled: {error}") from error


def _to_json(
    value: Any, ensure_ascii: bool = False, indent: int | None = None, separators: Any = None, sort_keys: bool = False
) -> str:
    """jinja's own filter escapes for HTML; a model must see the characters themselves."""
    return json.dumps(value, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)


def _refuse(message: str) -> None:
    from jinja2 import TemplateError

    raise TemplateError(message)


def _control_pattern(tokenizer: Tokenizer) -> re.Pattern[str]:
    """Matches every added token that could be mistaken for words: special ones, and markers such as `<tool_call>`."""
    added = tokenizer.get_added_tokens_decoder().values()
    control = [
        token.content for token in added if len(token.content) > 1 and (token.special or token.content[0] == "<")
    ]
    return re.compile("|".join(map(re.escape, sorted(control, key=len, reverse=True))) or r"(?!)")


def within_markers(output: str, rewrite: Callable[[str], str]) -> str:
    """`output` of an assistant rewritten, but for the call markers it opens and closes with."""
    marked = _MARKED.fullmatch(output)
    if marked is None:
        return rewrite(output)
    if marked["declined"]:
        return f"{marked['declined']}{rewrite(marked['rest'])}"
    return f"{marked['opens']}{rewrite(marked['said'])}{marked['closes']}"


def rewritten(value: Any, rewrite: Any) -> Any:
    """`value` with every string in it, keys included, passed through `rewrite`."""
    if isinstance(value, str):
        return rewrite(value)
    if isinstance(value, Mapping):
        return {rewrite(key): rewritten(item, rewrite) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [rewritten(item, rewrite) for item in value]
    return value


def schema_wish(tool: ToolSpec) -> str:
    schema = json.dumps(tool.parameters, ensure_ascii=False)
    return f"Answer with nothing but one JSON object that satisfies this JSON Schema:\n{schema}"


def with_note(messages: Sequence[Message], note: str) -> list[Message]:
    """`note` after everything else, so that whatever was said before keeps its cache."""
    if not note:
        return list(messages)
    *before, last = messages or [Message("user")]
    if last.role != "user":
        return [*messages, Message("user", note)]
    return [*before, Message("user", f"{last.content}\n\n{note}" if last.content else note)]
