"""What a check-out says: one line for each system, and what still opens the door."""

from collections.abc import Sequence
from datetime import datetime

from station.domain.operation import State
from station.workflows.check_out import Line, LineOf
from station.workflows.opening import Certainty
from station.workflows.ways_in import WayIn
from ui.messages import Words
from ui.widgets.card_words import moment
from ui.widgets.texts import sentence

_RESULTS = {State.DONE: "done", State.WAITING: "waiting", State.UNKNOWN: "unknown"}
_PASSCODE, _FACE, _FINGERPRINT = "passcode", "face", "fingerprint"


def line_texts(words: Words, lines: Sequence[Line]) -> list[str]:
    """`在线密码：停用了`, each system in its place."""
    said = any(line.of == LineOf.CARD for line in lines)
    return [sentence(_line(words, line, counts=not said)) for line in lines]


def _line(words: Words, line: Line, *, counts: bool) -> str:
    """`counts`: cards that were not presented are said with the stay's end."""
    result = _RESULTS.get(line.state, "failed")
    if line.of == LineOf.STAY:
        return words("card.left_stay", cards=(line.cards if counts else 0) or None)
    why = words.cause(line.error) if line.error is not None and result == "failed" else None
    if line.of == LineOf.CARD:
        key = "card.left_cards" if not line.operation else f"card.left_card_{result}"
        return words(key, cards=line.cards or None, why=why)
    if line.of == LineOf.GATE:
        return words(f"card.left_gate_{result}", why=why)
    what = words.word("credential", line.of)
    return words(f"card.left_other_{result}", what=what, why=why)


def remaining_texts(words: Words, ways: Sequence[WayIn], now: datetime) -> list[str]:
    """What still opens the door, until when, below one headline; nothing where nothing does."""
    if not ways:
        return []
    return [words("card.still_opens"), *(_way(words, way, now) for way in ways)]


def _way(words: Words, way: WayIn, now: datetime) -> str:
    number = way.card.card_id if way.card is not None else None
    what = words("card.way_card") if way.card is not None else words.word("credential", way.kind)
    until_newer = way.certainty is Certainty.UNTIL_NEWER_USED
    key = "card.way_until_newer" if until_newer else "card.way_until"
    end = moment(words, way.until, now)
    return sentence(words(key, what=what, number=number or None, end=end))


def others_text(words: Words, kinds: Sequence[str]) -> str:
    """`2 个密码、1 个人脸`; empty where nothing but cards opens the door."""
    counts = {_PASSCODE: 0, _FACE: 0, _FINGERPRINT: 0}
    for kind in kinds:
        counts[kind if kind in counts else _PASSCODE] += 1
    parts = [words(f"card.count_{kind}", count=count) for kind, count in counts.items() if count]
    return ("、" if words.language == "zh_CN" else ", ").join(parts)
