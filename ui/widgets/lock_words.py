"""The locks page's sentences: ways in, batteries and moments in the operator's words."""

from datetime import datetime

from station.domain.credential import CredentialKind
from station.domain.stay import format_time
from station.workflows.opening import Certainty
from station.workflows.ways_in import Revoking
from ui.messages import Words
from ui.presenters.lock_state import Doubt, Health, RoomView, Way
from ui.widgets.card_words import moment
from ui.widgets.texts import sentence

CARD = "card"


def kind_word(words: Words, kind: str) -> str:
    """`离线密码`, `人脸`, `房卡`."""
    return words("locks.kind_card") if kind == CARD else words.word("credential", kind)


def way_lines(words: Words, way: Way, now: datetime) -> str:
    """Two lines: what it is, whose, until when; how sure, how it is taken back."""
    first = words(
        "locks.way",
        what=kind_word(words, way.kind),
        who=way.who,
        number=way.number.strip("?"),
        slot=None if way.kind == CredentialKind.KEXIN_PASSWORD else way.slot or None,
        end=moment(words, way.until, now),
    )
    sure = words(f"locks.certainty_{way.certainty.value}")
    second = words("locks.way_more", sure=sure, how=_how(words, way))
    return f"{sentence(first)}\n{sentence(second)}"


def _how(words: Words, way: Way) -> str:
    if way.certainty is Certainty.UNTIL_NEWER_USED and way.revoking is Revoking.RECYCLE:
        return words("locks.revoke_newer")
    return words(f"locks.revoke_{way.revoking.value}")


def doubt_lines(words: Words, doubt: Doubt, now: datetime) -> str:
    """Two lines: the room and what it is; what is the matter with it."""
    first = words(
        "locks.doubt",
        room=doubt.room.name,
        what=words.word("credential", doubt.kind),
        who=doubt.who,
        slot=doubt.slot or None,
    )
    end = moment(words, doubt.until, now)
    return f"{first}\n{sentence(words(f'locks.doubt_{doubt.state.value}', end=end))}"


def health_line(words: Words, health: Health, now: datetime) -> str:
    """Battery, how the lock is, and how old that is."""
    if health.at is None:
        return words("locks.never_said")
    parts = []
    if health.battery is not None:
        parts.append(words("locks.battery", percent=health.battery))
    if health.low:
        parts.append(words("locks.battery_low"))
    if health.online is not None:
        parts.append(words("locks.online" if health.online else "locks.offline"))
    if health.abnormal:
        parts.append(words("locks.abnormal"))
    parts.append(words("locks.said_at", at=age(words, health.at, now)))
    return sentence(" · ".join(parts))


def age(words: Words, at: datetime, now: datetime) -> str:
    """How long ago, as people say it; the time itself once it is a day old."""
    minutes = max(int((now - at).total_seconds() // 60), 0)
    if minutes < 1:
        return words("locks.just_now")
    if minutes < 60:
        return words("locks.minutes_ago", minutes=minutes)
    if minutes < 24 * 60:
        return words("locks.hours_ago", hours=minutes // 60)
    return format_time(at)[:16]


def stay_line(words: Words, view: RoomView, now: datetime) -> str:
    """Who lives there and until when; nothing for a vacant room."""
    if view.stay is None:
        return ""
    end = moment(words, view.stay.expires_at, now)
    return words("locks.stay", guest=view.guest, end=end)


def grouped(digits: str) -> str:
    """`739 152`: digits in groups of three, as they are read aloud; never a single one alone."""
    groups = [digits[place : place + 3] for place in range(0, len(digits), 3)]
    if len(groups) > 1 and len(groups[-1]) == 1:
        groups[-2:] = [groups[-2] + groups[-1]]
    return " ".join(groups)
