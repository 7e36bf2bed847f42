"""What can go wrong with one operation of the model, as hypothesis draws it."""

from dataclasses import dataclass
from enum import StrEnum

from hypothesis import strategies as st

from station.simulators.faults import Fault, Injection
from station.simulators.hardware import CardDefect

READ_TIMEOUT_S = 1.0
"""Long enough that a busy machine makes no trouble of its own."""
_LATE_S = 1.2
"""Longer than the client waits."""
WITHOUT_EFFECT = frozenset(
    {
        Fault.REFUSE,
        Fault.HANG,
        Fault.LATE_WITHOUT_EFFECT,
        Fault.DROP_BEFORE,
        Fault.HTTP_500,
        Fault.REDIRECT_302,
        Fault.CAPTIVE_PORTAL,
        Fault.HTTP_429,
        Fault.HTTP_503,
    }
)
"""What keeps a call from being done at all."""


class Cause(StrEnum):
    """Where the trouble comes from."""

    NONE = "none"
    SERVICE = "service"
    KILL = "kill"
    """The program ends at a step boundary."""
    KILL_AFTER_WRITE = "kill_after_write"
    """The program ends when the card is written and nothing of that is in the journal."""
    CARD = "card"
    LIFT = "lift"
    """The card is taken away between the write and the read-back."""
    SWAP = "swap"
    """Another card lies there when it comes to the read-back."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """One operation's trouble. `at`: the step notice of a kill, the number of the other card."""

    cause: Cause = Cause.NONE
    injection: Injection | None = None
    at: int = 0
    defect: CardDefect = CardDefect.NONE
    at_kexin: bool = False


NO_TROUBLE = Trouble()
_SLOW_FAULTS = (
    Fault.HANG,
    Fault.HANG_AFTER_EFFECT,
    Fault.LATE,
    Fault.LATE_WITHOUT_EFFECT,
    Fault.LATE_EFFECT,
)
_QUICK_FAULTS = (
    Fault.REFUSE,
    Fault.DROP_BEFORE,
    Fault.DROP_AFTER,
    Fault.HALF_BODY,
    Fault.CUT_JSON,
    Fault.NOT_JSON,
    Fault.WRONG_SHAPE,
    Fault.HTTP_500,
    Fault.REDIRECT_302,
    Fault.CODE_STRING,
    Fault.DATA_NULL,
    Fault.GBK,
    Fault.HUGE_BODY,
    Fault.CAPTIVE_PORTAL,
    Fault.HTTP_429,
    Fault.HTTP_503,
)
_PATHS = ("MarkRoomCard", "ClearRoomCard", "ReadCard", None)


def _fault(fault: Fault, path: str | None, skip: int, times: int) -> Trouble:
    slow = fault in _SLOW_FAULTS
    injection = Injection(
        fault,
        path,
        times=1 if slow else times,
        skip=skip,
        delay=_LATE_S if slow else None,
        size=1_200_000,
    )
    return Trouble(Cause.SERVICE, injection)


def _faults(kinds: tuple[Fault, ...]) -> st.SearchStrategy[Trouble]:
    return st.builds(
        _fault,
        st.sampled_from(kinds),
        st.sampled_from(_PATHS),
        st.integers(0, 1),
        st.integers(1, 2),
    )


_KILLS = st.integers(0, 14).map(lambda at: Trouble(Cause.KILL, at=at))
_DEFECTS = st.sampled_from((CardDefect.FORGETS, CardDefect.GARBLES, CardDefect.UNWRITABLE)).map(
    lambda defect: Trouble(Cause.CARD, defect=defect)
)
_NONE = st.just(NO_TROUBLE)

troubles = st.one_of(
    *[_NONE] * 10,
    _faults(_QUICK_FAULTS),
    _faults(_QUICK_FAULTS),
    _faults((*_QUICK_FAULTS, *_QUICK_FAULTS, *_SLOW_FAULTS)),
    _KILLS,
    _KILLS,
    st.just(Trouble(Cause.KILL_AFTER_WRITE)),
    _DEFECTS,
    st.just(Trouble(Cause.LIFT)),
    st.integers(0, 5).map(lambda at: Trouble(Cause.SWAP, at=at)),
)

lock_troubles = st.one_of(
    *[_NONE] * 8,
    st.builds(
        lambda fault, skip, kexin: Trouble(
            Cause.SERVICE, Injection(fault, skip=skip, size=1_200_000), at_kexin=kexin
        ),
        st.sampled_from(_QUICK_FAULTS),
        st.integers(0, 2),
        st.booleans(),
    ),
    st.integers(0, 9).map(lambda at: Trouble(Cause.KILL, at=at)),
    st.just(Trouble(Cause.KILL_AFTER_WRITE)),
)
"""What can go wrong where no card is meant."""
