"""Who may come in: tokens and their renewal, SMS codes, WeChat's part of a log-in."""

import base64
import secrets
import string
from datetime import timedelta

from station.simulators.property.estate import Estate
from station.simulators.property.model import SmsCode, Token, User, Visit
from station.simulators.property.sentences import CODE_ENDED, CODE_WRONG, refused
from station.simulators.property.switches import Switches

_ALPHABET = string.ascii_letters + string.digits
_MINUTES = {"register": 5, "login": 5, "verify": 5, "yezhu": 30}
CODE_TYPES = frozenset(_MINUTES)


# tokens


def new_token(estate: Estate, switches: Switches, openid: str) -> Token:
    """A token that lives its hour and can be renewed for 14 days (both switches)."""
    now = estate.clock.now()
    life = switches.token_life or switches.expires_in
    token = Token(
        "eyJ0eXAi" + secrets.token_urlsafe(32),
        openid,
        now + timedelta(seconds=life),
        now + timedelta(days=switches.renewal_days),
    )
    with estate.lock:
        estate.records.tokens[token.value] = token
        estate.changed()
    return token


def living(estate: Estate, value: str) -> Token | None:
    """The token, if it was given out and its hour is not over."""
    with estate.lock:
        found = estate.records.tokens.get(value)
        return found if found is not None and estate.clock.now() < found.ends_at else None


def renew(estate: Estate, switches: Switches, value: str) -> Token | None:
    """1.4.2: a new token for one not older than 14 days; the old one ends. None: too late."""
    with estate.lock:
        old = estate.records.tokens.get(value)
        if old is None or estate.clock.now() >= old.renewable_until:
            return None
        if switches.renewal_ends_old:
            del estate.records.tokens[value]
        return new_token(estate, switches, old.openid)


def end_tokens(estate: Estate) -> None:
    """The hour of every token is over; each can still be renewed."""
    with estate.lock:
        for token in estate.records.tokens.values():
            token.ends_at = min(token.ends_at, estate.clock.now())
        estate.changed()


def lose_tokens(estate: Estate) -> None:
    """Every token is forgotten, as when the server loses its cache: none can be renewed."""
    with estate.lock:
        estate.records.tokens.clear()
        estate.changed()


# SMS codes


def send_code(estate: Estate, switches: Switches, phone: str, kind: str, house: str) -> SmsCode:
    """A new code of six figures; an earlier one to that number and of that type ends.

    None begins with 0: two calls take it as an integer. Raises CallRefusedError when the last
    code to that number is too fresh.
    """
    now = estate.clock.now()
    with estate.lock:
        codes = estate.records.codes
        mine = [each for each in codes.values() if each.phone == phone]
        fresh = now - timedelta(seconds=switches.sms_interval)
        if any(each.sent_at > fresh for each in mine):
            raise refused("验证码发送过于频繁，请稍后再试", "验证码发送过于频繁", phone=phone)
        for each in mine:
            if each.type == kind:
                each.ends_at = min(each.ends_at, now)
        key = "verificationCode_" + "".join(secrets.choice(_ALPHABET) for _ in range(15))
        figures = str(100_000 + secrets.randbelow(900_000))
        ends = now.replace(microsecond=0) + timedelta(minutes=_MINUTES[kind])
        codes[key] = SmsCode(key, phone, kind, figures, now, ends, house)
        estate.changed()
        return codes[key]


def minutes(kind: str) -> int:
    """How long a code of that type lives: 5 minutes, an owner's 30."""
    return _MINUTES[kind]


def take_code(
    estate: Estate, switches: Switches, key: str, figures: str, kinds: set[str], sentence: str
) -> SmsCode:
    """The code of that key, if the figures are right and its time is not over.

    `sentence` is the one refusal that the call's paragraph has. Raises CallRefusedError.
    """
    with estate.lock:
        found = estate.records.codes.get(key)
        if found is not None and switches.code_types and found.type not in kinds:
            found = None
        ended = found is None or found.used or estate.clock.now() >= found.ends_at
        if found is None or ended:
            raise refused(CODE_ENDED if switches.codes_apart else sentence)
        if found.code != figures:
            raise refused(CODE_WRONG if switches.codes_apart else sentence)
        found.used = switches.code_once
        estate.changed()
        return found


# WeChat


def open_program(estate: Estate, phone: str, openid: str | None = None) -> Visit:
    """Somebody opens the mini-program: WeChat's code and the sealed mobile number.

    Without `openid` it is the one of the number's account, or a new one. WeChat itself is not
    simulated: `encrypted_data` is sealed by nothing, the platform just knows what it stands for.
    """
    with estate.lock:
        user = estate.user_of(phone)
        known = user.openid if user is not None else "oSim-" + secrets.token_urlsafe(18)
        visit = Visit(
            "0" + secrets.token_urlsafe(23),
            openid or known,
            phone,
            base64.b64encode(secrets.token_bytes(48)).decode(),
            base64.b64encode(secrets.token_bytes(16)).decode(),
        )
        estate.records.visits[visit.code] = visit
        estate.changed()
        return visit


def take_visit(estate: Estate, code: str) -> Visit | None:
    """The visit of a WeChat code, which is thereby used up, and its session; None: no such code."""
    with estate.lock:
        visit = estate.records.visits.get(code)
        if visit is None or visit.used:
            return None
        visit.used = True
        key = base64.b64encode(secrets.token_bytes(16)).decode()
        estate.records.sessions[visit.openid] = key
        estate.changed()
        return visit


def unsealed_phone(estate: Estate, openid: str, sealed: str, iv: str) -> str | None:
    """The mobile number in `encryptedData`; None when it is not this person's."""
    with estate.lock:
        for visit in estate.records.visits.values():
            if (visit.openid, visit.encrypted_data, visit.iv) == (openid, sealed, iv):
                return visit.phone
    return None


def has_session(estate: Estate, user: User) -> bool:
    """Whether the user came in through WeChat since the token was pasted somewhere."""
    with estate.lock:
        return user.openid in estate.records.sessions
