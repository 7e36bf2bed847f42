"""What goes wrong during the shift: the service, the network, the reader, the clouds."""

from typing import Final

from tests.shift.hands import Hands, Steps

CALLS: Final = ("MarkRoomCard", "ReadCard", "ClearRoomCard", "GatewayUploadOnline")
ANSWERS: Final[tuple[tuple[str, dict[str, object]], ...]] = (
    ("refuse", {}),
    ("late", {"delay": 1.3}),
    ("late_without_effect", {"delay": 1.3}),
    ("drop_before", {}),
    ("drop_after", {}),
    ("half_body", {}),
    ("cut_json", {}),
    ("not_json", {}),
    ("wrong_shape", {}),
    ("http_500", {}),
    ("http_503", {}),
    ("redirect_302", {}),
    ("captive_portal", {}),
    ("code_string", {}),
    ("data_null", {}),
    ("gbk", {}),
    ("huge_body", {"size": 3_000_000}),
    ("slow", {"delay": 0.002}),
)
CLOUD_AWAY: Final = 25
"""Operations."""


class Trouble:
    """`comes` before an operation, `goes` after it; `met` counts by what it was."""

    def __init__(self, hands: Hands, share: float) -> None:
        self._hands, self._share = hands, share
        self._chance = hands.chance
        self.met: dict[str, int] = {}
        self._now = ""
        self._cloud = 0

    def comes(self) -> Steps[None]:
        """Perhaps something is wrong from now on."""
        yield from self._clouds()
        if self._chance.random() >= self._share:
            return
        kind = self._chance.random()
        if kind < 0.06:
            self._now = "service down"
            yield from self._hands.outside("away", "door_lock")
        elif kind < 0.14:
            self._now = "reader unplugged"
            self._hands.opened.reader.unplug()
        else:
            fault, options = self._chance.choice(ANSWERS)
            self._now = fault
            call = self._chance.choice((*CALLS, CALLS[0], CALLS[0]))
            options = {**options, "skip": self._chance.choice((0, 0, 1))}
            yield from self._hands.outside("inject", fault, call, options)
        self.met[self._now] = self.met.get(self._now, 0) + 1

    def goes(self) -> Steps[None]:
        """All is well again."""
        now, self._now = self._now, ""
        if now == "service down":
            yield from self._hands.outside("back", "door_lock")
        elif now == "reader unplugged":
            self._hands.opened.reader.lift()
            card, self._hands.lying = self._hands.lying, ""
            if card:
                self._hands.lying = card
                yield from self._hands.lift()
        elif now:
            yield from self._hands.outside("calm")

    def ends(self) -> Steps[None]:
        """Nothing is wrong any more."""
        yield from self.goes()
        if self._cloud:
            self._cloud = 1
            yield from self._clouds()

    def _clouds(self) -> Steps[None]:
        """The residents' clouds go away for a while."""
        if self._cloud:
            self._cloud -= 1
            if not self._cloud:
                for server in ("shankai", "property"):
                    yield from self._hands.outside("back", server)
        elif self._chance.random() < self._share / CLOUD_AWAY:
            self._cloud = CLOUD_AWAY
            self.met["clouds away"] = self.met.get("clouds away", 0) + 1
            for server in ("shankai", "property"):
                yield from self._hands.outside("away", server)
