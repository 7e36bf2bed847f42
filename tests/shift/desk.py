"""The desk of the shift: settings, secrets in memory, a clock that is moved on, two operators."""

from datetime import UTC, datetime, timedelta
from typing import Final

from station import settings as parts
from station.compose import Station, build
from station.compose.clock import SystemClock
from station.domain.operator import Operator, Role
from station.home import Home
from station.ports import Watcher
from station.reader.simulated import SimulatedReader
from station.secrets import SecretName, Secrets
from station.workflows import operators
from tests.shift.outside import ZONE, Outside

BEGINS_AT: Final = 8
"""The hour at which the shift begins; the check-out time falls into it."""
SUPERVISOR, SUPERVISOR_PIN = Operator("李主管", Role.SUPERVISOR), "8251"
CLERK, CLERK_PIN = Operator("王芳", Role.CLERK), "7364"
PINS: Final = {SUPERVISOR.name: SUPERVISOR_PIN, CLERK.name: CLERK_PIN}
KEY: Final = bytes(range(32)).hex()
READ_TIMEOUT_S: Final = 1.0


class ShiftClock(SystemClock):
    """The computer's clock, `ahead` by so many seconds."""

    def __init__(self) -> None:
        super().__init__(ZONE)
        self.ahead = 0.0

    def utc(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self.ahead)


class ShiftSecrets(Secrets):
    """Secrets of an environment in memory; what is renewed meanwhile stays there too."""

    def __init__(self, home: Home, given: dict[str, str]) -> None:
        super().__init__(home, given)
        self._given = given

    def put(self, name: SecretName, value: str) -> None:
        self._given[name.variable] = value


class Opened:
    """Opens the desk for the window, on a lane, and keeps what the hands need of it."""

    def __init__(self, outside: Outside) -> None:
        self.outside = outside
        self.clock, self.reader = ShiftClock(), SimulatedReader()

    def open(self, home: Home, watch: Watcher) -> Station:
        """What `ui.opening` asks for."""
        facts: dict[str, str] = self.outside.ask("facts")
        chosen = parts.Settings(
            desk=parts.Desk(id="desk-1", language="zh_CN", time_zone=ZONE),
            door_lock=parts.DoorLock(
                url=facts["door_lock"], appid=facts["appid"], read_timeout_s=READ_TIMEOUT_S
            ),
            shankai=parts.Shankai(
                url=facts["shankai"], app_id=facts["app_id"], org_id=facts["org_id"]
            ),
            property=parts.Property(url=facts["property"], read_timeout_s=READ_TIMEOUT_S),
            reader=parts.Reader(),
        )
        parts.save(chosen, home.settings)
        station = build(
            home,
            settings=chosen,
            secrets=ShiftSecrets(home, _secrets(facts)),
            clock=self.clock,
            watch=watch,
            with_gate=True,
            reader=self.reader,
        )
        operators.add(station.desk, None, SUPERVISOR.name, SUPERVISOR.role, SUPERVISOR_PIN)
        operators.add(station.desk, SUPERVISOR, CLERK.name, CLERK.role, CLERK_PIN)
        station.desk.refresh_rooms()
        now = self.clock.local()
        morning = now.replace(hour=BEGINS_AT, minute=0, second=0, microsecond=0)
        self.advance((morning - now) % timedelta(days=1) / timedelta(seconds=1))
        return station

    def advance(self, seconds: float) -> None:
        """Time goes by for the desk and for everything outside."""
        self.outside.ask("advance", seconds)
        self.clock.ahead += seconds


def _secrets(facts: dict[str, str]) -> dict[str, str]:
    return {
        SecretName.DOOR_LOCK_APPSECRET.variable: facts["appsecret"],
        SecretName.SHANKAI_SECRET.variable: facts["secret"],
        SecretName.PROPERTY_TOKEN.variable: facts["token"],
        SecretName.JOURNAL_KEY.variable: KEY,
    }
