"""The card panel's sentences: moments, cards and outcomes in the operator's words."""

import re
from datetime import datetime, timedelta

from station.domain.operation import State
from station.domain.room import Room
from station.errors import Refused, StationError
from station.ports import CardRow
from station.workflows.read import Standing
from station.workflows.result import vendor_words
from ui.messages import Words
from ui.presenters.card_state import Action, Lying, Outcome, Seen, Tone
from ui.widgets.texts import sentence

_TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d")


def moment(words: Words, when: datetime | None, now: datetime) -> str:
    """A site-local moment as people say it: `明天 12:00`, `3月2日 周一 12:00`."""
    if when is None:
        return ""
    time = f"{when:%H:%M}"
    days = (when.date() - now.date()) // timedelta(days=1)
    if days in (0, 1):
        return words("card.today" if days == 0 else "card.tomorrow", time=time)
    month = words(f"card.month_{when.month}")
    facts = {"month": month, "day": str(when.day), "time": time}
    if when.year != now.year:
        return words("card.other_year", year=str(when.year), **facts)
    return words("card.this_year", weekday=words(f"card.day_{when.weekday()}"), **facts)


def said(words: Words, error: StationError, now: datetime) -> dict[str, object]:
    """An error's facts with its times, which are site-local, as people say them."""
    facts = dict(error.context)
    for name, value in facts.items():
        if isinstance(value, str) and _TIME.fullmatch(value):
            facts[name] = moment(words, datetime.fromisoformat(value), now)
    return facts


def cause(words: Words, error: StationError, now: datetime) -> str:
    """What happened, with its times as people say them."""
    return words.cause(StationError(error.code, **said(words, error, now)))


def place_of(words: Words, room: Room) -> str:
    """`1号楼 · 3层`, where the room's name tells."""
    text = words("card.building_floor", building=room.building, floor=room.floor)
    return sentence(text.strip(" ·"))


def face_lines(words: Words, seen: Seen, now: datetime) -> tuple[str, str, str]:
    """The card that lies there: its name, until when, and whose it is."""
    if seen.lying is Lying.CARD and seen.content is not None and seen.room is not None:
        title = words("card.lying_card", room=seen.room.name)
        end = moment(words, seen.content.expires_at, now)
        ended = seen.standing is Standing.ENDED
        until = words("card.ended" if ended else "card.card_until", end=end)
        what = seen.standing or Standing.FOREIGN
        key = "wrong" if seen.wrong else "in_doubt" if seen.in_doubt else what.value
        whose = words(f"card.standing_{key}", guest=seen.guest)
        return title, until, whose
    title = words(f"card.lying_{seen.lying}")
    if seen.error is not None:
        return title, words.cause(seen.error), words.next_step(seen.error)
    hints = {Lying.NOTHING, Lying.BLANK, Lying.BLANK_OR_NOTHING}
    return title, words(f"card.lying_hint_{seen.lying}") if seen.lying in hints else "", ""


def card_line(words: Words, card: CardRow, now: datetime, *, lost: bool = False) -> str:
    """One card that is outside."""
    end = moment(words, card.expires_at, now)
    if not card.card_id:
        return words("card.card_line_unknown", end=end)
    return words("card.card_line_lost" if lost else "card.card_line", card=card.card_id, end=end)


def big_word(words: Words, outcome: Outcome) -> str:
    """The one word that is read at arm's length."""
    state = outcome.last.state if outcome.last is not None else None
    if outcome.action is Action.READ and outcome.tone is Tone.INFO:
        known = outcome.seen is not None and outcome.seen.content is not None
        return words("card.was_read" if known else "card.read_blank")
    if outcome.tone is Tone.GOOD:
        return words(f"card.done_{outcome.action}")
    if outcome.tone is Tone.PART and outcome.lines:
        return words("card.left_part")
    if outcome.tone is Tone.PART:
        return words("card.part" if outcome.made else "card.part_none")
    if outcome.tone is Tone.DOUBT:
        return words("card.doubt")
    if state is State.MISMATCH:
        return words("card.mismatch")
    refused = state is State.REFUSED or isinstance(outcome.error, Refused)
    return words("card.refused" if refused else "card.failed")


def what_line(words: Words, outcome: Outcome, now: datetime) -> str:
    """Room and end."""
    if outcome.action is Action.READ and outcome.tone is Tone.INFO and outcome.room is None:
        return words("card.blank_read")
    if outcome.room is None:
        return ""
    if outcome.end is None or outcome.tone is Tone.BAD:
        return outcome.room.name
    return words("card.room_until", room=outcome.room.name, end=moment(words, outcome.end, now))


def count_line(words: Words, outcome: Outcome) -> str:
    """How many cards of how many; nothing for a single one."""
    done, total = len(outcome.made), outcome.total
    if total <= 1:
        return ""
    if outcome.action is Action.CHECK_OUT:
        return words("card.recycled_of", done=done, total=total)
    if done == total:
        return words("card.cards_done", done=done)
    return words("card.cards_done_of", done=done, total=total)


def more_lines(words: Words, outcome: Outcome, now: datetime) -> list[str]:
    """What else has to be said: cards outside, what was settled, whose card it is."""
    lines = []
    if outcome.seen is not None and outcome.seen.content is not None:
        lines.append(face_lines(words, outcome.seen, now)[2])
    for row in outcome.settled:
        key = "card.settled_done" if row.state is State.DONE else "card.settled_failed"
        lines.append(words(key, room=row.room_name))
    if outcome.left:
        lines.append(words("card.left", count=len(outcome.left)))
        lines += [
            card_line(words, card, now, lost=card.state.value == "lost") for card in outcome.left
        ]
    return lines


def risk_line(words: Words, outcome: Outcome, now: datetime) -> str:
    """What still opens a room although it should not."""
    risk = outcome.made[-1].risk if outcome.made else None
    if risk is None:
        return ""
    end = moment(words, datetime.fromisoformat(risk.until), now)
    return words("card.risk", cards=risk.cards, room=risk.room.name, end=end)


def gate_line(words: Words, outcome: Outcome) -> str:
    """The gates' half, apart from the room's."""
    if outcome.gate_pending:
        return words("card.gate_pending")
    gate = outcome.gate
    if gate is None:
        return ""
    if gate.state in {State.DONE, State.WAITING}:
        return words(f"card.gate_{gate.state}")
    reason = words.sentence(gate.error) if gate.error is not None else ""
    return "\n".join(part for part in (words("card.gate_refused"), reason) if part)


def code_line(words: Words, error: StationError) -> str:
    """The code, small, and the vendor's own words where there are some."""
    code, msg = vendor_words(error)
    parts = [words("card.error_code", code=error.code.value)]
    if msg:
        parts.append(words("card.vendor_words", msg=msg, code=code))
    return " · ".join(parts)


def announcement(words: Words, outcome: Outcome, now: datetime) -> str:
    """What a screen reader says of an outcome."""
    parts = [big_word(words, outcome), what_line(words, outcome, now), count_line(words, outcome)]
    if outcome.error is not None:
        parts.append(words.sentence(outcome.error))
    parts += [risk_line(words, outcome, now), *more_lines(words, outcome, now)]
    return " ".join(part for part in parts if part)
