"""Text search: how words are split, so that two Chinese characters are found as well as a card id.

Every character outside ASCII is a word of its own; letters and digits of ASCII stay together. The
same split text is what FTS5 indexes, what a phrase is made from, and what `instr` looks in.
"""

import re
from typing import Final

_TOKEN: Final = re.compile(r"[0-9a-z]+|[^\W_]")
_MOBILE: Final = re.compile(r"(?<!\d)(?:\+?86)?1[3-9]\d{9}(?!\d)")
PREFIX_FROM: Final = 6
"""The beginning of an id is enough from here on; shorter, it would match half the journal."""


def tokens(text: str) -> list[str]:
    """The words of a text, lower case."""
    return _TOKEN.findall(text.lower())


def search_text(plain: list[str], free: list[str]) -> str:
    """What an operation is found by: ` word word word `, a space at either end.

    `free` is what people and vendors wrote: anything in it that looks like a mobile number is
    left out, since this text is in the clear.
    """
    words = [word for text in plain for word in tokens(text)]
    words += [word for text in free for word in tokens(_MOBILE.sub(" ", text))]
    return f" {' '.join(words)} " if words else ""


class Needle:
    """What somebody looks for. `phrase` is for FTS5, `inside` for a look into the split text."""

    __slots__ = ("inside", "phrase")

    def __init__(self, text: str) -> None:
        words = tokens(text)
        open_end = (
            bool(words) and len(words[-1]) >= PREFIX_FROM and any(map(str.isdigit, words[-1]))
        )
        joined = " ".join(words)
        self.phrase = f'"{joined}"{"*" if open_end else ""}' if words else ""
        self.inside = f" {joined}" if open_end else f" {joined} "

    def __bool__(self) -> bool:
        return bool(self.phrase)
