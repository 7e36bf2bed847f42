"""The Kexin document's open questions, each with its answers."""

from dataclasses import dataclass
from enum import StrEnum

from station.simulators.options import NumberForm

_WRONG_SIGNATURE = (401, 400)
_WRONG_PASSWORD = (359, 326, 354)


class HttpStatus(StrEnum):
    """Whether the status line repeats `code`, or says 200 whatever happens."""

    ALWAYS_200 = "always_200"
    CODE = "code"


class StateOffline(StrEnum):
    """What lock/state/get answers for a lock that is not online: its example, or 360."""

    REPORTED = "reported"
    REFUSED = "refused"


class EffectiveAt(StrEnum):
    """What `effective_at` of a computed password names: a second, or its five-minute window.

    The document's example is a multiple of 300.
    """

    EXACT = "exact"
    WINDOW = "window"


class ClockSetBy(StrEnum):
    """What sets a lock's clock: the keys brought to the lock, or the reported result alone.

    The document does not say what carries `key1` and `key2` to the lock. `RESULT` stands for
    somebody who always does so before reporting success.
    """

    RESULT = "result"
    KEYS = "keys"


@dataclass(frozen=True, slots=True)
class Switches:
    """How this cloud reads its own document; the defaults are its examples where it has any.

    code: type of `code`. http_status, state_offline, effective_at, clock_set_by: see the enums.
    expire_fixed: a computed password lives 300 seconds and any other `expire` is 400; else it
    is taken. del_unknown_ok: taking back a password that a user does not have succeeds; else
    310. wrong_signature: 401 or 400, for a wrong `app_id` too. wrong_password: 359, 326 or 354.
    face_limit: how many faces one identity number may show within a minute before 327.
    """

    code: NumberForm = NumberForm.NUMBER
    http_status: HttpStatus = HttpStatus.ALWAYS_200
    state_offline: StateOffline = StateOffline.REPORTED
    effective_at: EffectiveAt = EffectiveAt.EXACT
    clock_set_by: ClockSetBy = ClockSetBy.RESULT
    expire_fixed: bool = True
    del_unknown_ok: bool = False
    wrong_signature: int = 401
    wrong_password: int = 359
    face_limit: int = 5

    def __post_init__(self) -> None:
        if self.wrong_signature not in _WRONG_SIGNATURE:
            raise ValueError("wrong_signature is 401 or 400")
        if self.wrong_password not in _WRONG_PASSWORD:
            raise ValueError("wrong_password is 359, 326 or 354")
        if self.face_limit < 1:
            raise ValueError("face_limit is at least 1")
