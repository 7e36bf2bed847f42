"""Every fault a simulated vendor can have, and the plan that says which call meets which fault.

What a fault does to a reply or a connection is in `delivery`; both servers use this one place.
"""

import threading
from collections.abc import Collection
from dataclasses import dataclass
from enum import Enum, StrEnum


class Fault(StrEnum):
    """The faults, and whether the call's effect happens (a card is written, a user changed).

    An injection may say otherwise with `effect`, as long as the fault's kind allows it.

    - `refuse`: answers code ≠ 1 (errcode -1), or `code` where one is given. No effect.
    - `hang`: accepts the call and never answers, until released or the server stops. No effect.
    - `hang_after_effect`: the same, but the effect is done first.
    - `late`: the effect is done, then the answer takes `delay` seconds.
    - `late_without_effect`: a refusal after `delay` seconds. No effect.
    - `late_effect`: waits `delay` seconds, and only then does the effect and answers.
    - `drop_before`: the connection is closed. No effect.
    - `drop_after`: the effect is done, then the connection is closed without an answer.
    - `half_body`: effect; Content-Length promises twice what comes.
    - `cut_json`: effect; a complete HTTP reply whose JSON stops half way.
    - `not_json`: effect; the body is a sentence (or `body`).
    - `wrong_shape`: effect; JSON, but a list where an object belongs (or `body`).
    - `http_500`: status 500 with an HTML page. No effect.
    - `redirect_302`: status 302 to `location`. No effect.
    - `code_string`: effect; the status code comes as a string.
    - `data_null`: effect; `data` is null.
    - `gbk`: effect; the body is encoded in GBK and no charset is named.
    - `huge_body`: effect; `size` bytes (100 MB unless set) of white space before the answer.
    - `captive_portal`: 200 with a log-in page in HTML. No effect.
    - `expired_token`: the token stops being valid as the call comes in. No effect. Clouds only.
    - `http_429`: status 429 with Retry-After. No effect.
    - `http_503`: status 503 with Retry-After. No effect.
    - `slow`: effect; the body trickles, `delay` seconds (0.05 unless set) before each byte.
    """

    REFUSE = "refuse"
    HANG = "hang"
    HANG_AFTER_EFFECT = "hang_after_effect"
    LATE = "late"
    LATE_WITHOUT_EFFECT = "late_without_effect"
    LATE_EFFECT = "late_effect"
    DROP_BEFORE = "drop_before"
    DROP_AFTER = "drop_after"
    HALF_BODY = "half_body"
    CUT_JSON = "cut_json"
    NOT_JSON = "not_json"
    WRONG_SHAPE = "wrong_shape"
    HTTP_500 = "http_500"
    REDIRECT_302 = "redirect_302"
    CODE_STRING = "code_string"
    DATA_NULL = "data_null"
    GBK = "gbk"
    HUGE_BODY = "huge_body"
    CAPTIVE_PORTAL = "captive_portal"
    EXPIRED_TOKEN = "expired_token"  # noqa: S105 - a fault's name
    HTTP_429 = "http_429"
    HTTP_503 = "http_503"
    SLOW = "slow"


class Effect(Enum):
    """When the call's effect happens."""

    NEVER = "never"
    AT_ONCE = "at once"
    AFTER_DELAY = "after the delay"


_NO_EFFECT = frozenset(
    {
        Fault.REFUSE,
        Fault.HANG,
        Fault.LATE_WITHOUT_EFFECT,
        Fault.DROP_BEFORE,
        Fault.HTTP_500,
        Fault.REDIRECT_302,
        Fault.CAPTIVE_PORTAL,
        Fault.EXPIRED_TOKEN,
        Fault.HTTP_429,
        Fault.HTTP_503,
    }
)
_NEEDS_ANSWER = frozenset({Fault.REFUSE, Fault.LATE_WITHOUT_EFFECT, Fault.EXPIRED_TOKEN})
CLOUD_ONLY = frozenset({Fault.EXPIRED_TOKEN})


@dataclass(frozen=True, slots=True)
class Injection:
    """A fault for the next `times` calls (None: until cleared), after letting `skip` calls pass.

    `path` is a call's name or path, None for any call. `delay` is in seconds. `effect` overrides
    what the fault says; ValueError where that would make another fault of it.
    """

    fault: Fault
    path: str | None = None
    times: int | None = 1
    skip: int = 0
    delay: float | None = None
    effect: bool | None = None
    body: str | None = None
    size: int = 100_000_000
    retry_after: int = 1
    code: int | None = None
    location: str = "/portal/login"

    def __post_init__(self) -> None:
        if self.effect and self.fault in _NEEDS_ANSWER:
            raise ValueError(f"{self.fault} has no effect")
        if self.times is not None and self.times < 1:
            raise ValueError("times must be at least 1")
        if self.skip < 0 or self.size < 0 or self.retry_after < 0 or (self.delay or 0) < 0:
            raise ValueError("numbers must not be negative")
        if self.code is not None and self.fault is not Fault.REFUSE:
            raise ValueError(f"{self.fault} has no code")
        if "\r" in self.location or "\n" in self.location:
            raise ValueError("location must be one line")

    @property
    def effect_when(self) -> Effect:
        """When the effect happens, `effect` considered."""
        if self.fault is Fault.LATE_EFFECT and self.effect is not False:
            return Effect.AFTER_DELAY
        happens = self.fault not in _NO_EFFECT if self.effect is None else self.effect
        return Effect.AT_ONCE if happens else Effect.NEVER

    @property
    def seconds(self) -> float:
        """The delay: 1 s for late answers, 0.05 s a byte for slow ones, unless set."""
        if self.delay is not None:
            return self.delay
        return 0.05 if self.fault is Fault.SLOW else 1.0

    def fits(self, path: str) -> bool:
        """Whether this one is meant for a call of that path."""
        if self.path is None:
            return True
        return path == self.path or path.endswith("/" + self.path.lstrip("/"))


@dataclass(slots=True)
class _Planned:
    injection: Injection
    skip: int
    times: int | None


class FaultPlan:
    """The faults waiting for their calls; thread-safe. The first that fits is taken."""

    def __init__(
        self,
        paths: Collection[str],
        supported: Collection[Fault],
        open_paths: Collection[str] = (),
    ) -> None:
        """`open_paths` are calls without a token, which no expired token can meet."""
        self._paths = tuple(paths)
        self._open_paths = frozenset(open_paths)
        self.supported = frozenset(supported)
        self._planned: list[_Planned] = []
        self._condition = threading.Condition()
        self._hanging = 0
        self._releases = 0

    def inject(self, injection: Injection) -> None:
        """Add a fault. Raises ValueError for a path or fault this server does not have."""
        if injection.fault not in self.supported:
            raise ValueError(f"not a fault of this service: {injection.fault}")
        if not any(self._meets(injection, path) for path in self._paths):
            raise ValueError(f"no such call: {injection.path}")
        with self._condition:
            self._planned.append(_Planned(injection, injection.skip, injection.times))

    def take(self, path: str) -> Injection | None:
        """The fault that a call of `path` meets now, used up by one."""
        if path not in self._paths:
            return None
        with self._condition:
            for planned in self._planned:
                if not self._meets(planned.injection, path):
                    continue
                if planned.skip:
                    planned.skip -= 1
                    continue
                if planned.times is not None:
                    planned.times -= 1
                    if planned.times == 0:
                        self._planned.remove(planned)
                return planned.injection
        return None

    def _meets(self, injection: Injection, path: str) -> bool:
        tokenless = injection.fault is Fault.EXPIRED_TOKEN and path in self._open_paths
        return injection.fits(path) and not tokenless

    def pending(self) -> list[tuple[Injection, int | None]]:
        """Faults still to come, each with how often (None: until cleared)."""
        with self._condition:
            return [(planned.injection, planned.times) for planned in self._planned]

    def clear(self) -> None:
        """Forget what is still to come; calls that hang already go on hanging."""
        with self._condition:
            self._planned.clear()

    @property
    def hanging(self) -> int:
        """How many calls hang right now."""
        with self._condition:
            return self._hanging

    def wait_hanging(self, count: int, timeout: float) -> bool:
        """Wait up to `timeout` seconds until at least `count` calls hang."""
        with self._condition:
            return self._condition.wait_for(lambda: self._hanging >= count, timeout)

    def hang(self, stopping: threading.Event) -> None:
        """Return once somebody called `release` or `stopping` was set (then call `release`)."""
        with self._condition:
            mine = self._releases
            self._hanging += 1
            self._condition.notify_all()
            self._condition.wait_for(lambda: self._releases != mine or stopping.is_set())
            self._hanging -= 1
            self._condition.notify_all()

    def release(self) -> None:
        """Let go of every call that hangs: its connection closes without an answer."""
        with self._condition:
            self._releases += 1
            self._condition.notify_all()
