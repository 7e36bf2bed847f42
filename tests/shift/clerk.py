"""Work with cards, as a clerk does it at the rooms' page; whatever a fault makes of it is left."""

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt

from station.domain.room import RoomState
from tests.shift.hands import ENTER, ESC, Hands, Steps
from ui.presenters.card_state import Action, AskKind, CardWorkState, Phase, Unit

if TYPE_CHECKING:
    from ui.pages.rooms import RoomsPage
    from ui.presenters.rack_tiles import Tile
    from ui.widgets.card_panel import CardPanel

MOBILES: Final = tuple(f"138000000{number:02}" for number in range(1, 41))
LIVED_IN: Final = (RoomState.OCCUPIED, RoomState.DUE_OUT)
FREE: Final = (RoomState.VACANT, RoomState.OVERDUE)
_LOOKS: Final = 60
"""How often somebody looks at a panel that asks and waits before they leave it."""
_KEYS: Final = {
    Action.READ: Qt.Key.Key_F3,
    Action.RECYCLE: Qt.Key.Key_F4,
    Action.ISSUE: Qt.Key.Key_F5,
    Action.COPY: Qt.Key.Key_F6,
    Action.CHECK_OUT: Qt.Key.Key_F7,
    Action.EXTEND: Qt.Key.Key_F8,
    Action.REPLACE: Qt.Key.Key_F10,
}


class Clerk:
    """Each public method is one operation; it returns how it ended, as a word."""

    def __init__(self, hands: Hands) -> None:
        self._hands = hands
        self._chance = hands.chance

    # one operation each

    def issue(self) -> Steps[str]:
        hands, chance = self._hands, self._chance
        page = yield from self._begin()
        tile = self._some(page, FREE)
        if tile is None:
            return (yield from self.check_out())
        waits = chance.random() < 0.2
        if not waits:
            yield from hands.put()
        yield from self._choose(page, tile)
        if not (yield from self._open(page, Action.ISSUE)):
            return (yield from self._leave(page))
        cards = 1 if chance.random() < 0.85 else chance.randint(2, 3)
        form = page.panel.form
        if chance.random() < 0.3:
            form.unit.setCurrentIndex(list(Unit).index(Unit.HOURS))
            form.unit.activated.emit(form.unit.currentIndex())
        yield from hands.type(form.fields["amount"], str(chance.randint(1, 4)))
        if chance.random() < 0.6:
            yield from hands.type(form.fields["name"], "Zhang San")
            yield from hands.type(form.fields["mobile"], chance.choice(MOBILES))
            if chance.random() < 0.1 and not form.gate.isHidden():
                form.gate.setChecked(True)
        yield from hands.type(form.fields["cards"], str(cards))
        return (yield from self._send(page))

    def copy(self) -> Steps[str]:
        page = yield from self._begin()
        yield from self._hands.put()
        return (yield from self._at(page, Action.COPY, LIVED_IN))

    def extend(self) -> Steps[str]:
        return (yield from self._with_own_card(Action.EXTEND))

    def check_out(self) -> Steps[str]:
        return (yield from self._with_own_card(Action.CHECK_OUT))

    def replace(self) -> Steps[str]:
        """The guest's card is lost; the stay's other cards have to come back."""
        page = yield from self._begin()
        yield from self._hands.put()
        return (yield from self._at(page, Action.REPLACE, LIVED_IN))

    def move(self) -> Steps[str]:
        page = yield from self._begin()
        tile, card = self._lived_in(page)
        target = self._some(page, (RoomState.VACANT,))
        if tile is None or target is None:
            return "nobody"
        yield from self._hands.put(card)
        yield from self._choose(page, tile)
        page.panel.work.begin(Action.MOVE)
        yield self._hands.calm
        if page.panel.work.state.phase is not Phase.FORM:
            return (yield from self._leave(page))
        yield from self._hands.type(page.panel.form.fields["target"], target.row.room.name)
        return (yield from self._send(page))

    def recycle(self) -> Steps[str]:
        """A card that somebody left at the desk."""
        page = yield from self._begin()
        yield from self._hands.put(self._any_card())
        yield from self._deselect(page)
        self._hands.press(_KEYS[Action.RECYCLE], at=page.panel)
        return (yield from self._leave(page))

    def read(self) -> Steps[str]:
        page = yield from self._begin()
        if self._chance.random() < 0.9:
            yield from self._hands.put(self._any_card())
        self._hands.press(_KEYS[Action.READ], at=page.panel)
        return (yield from self._leave(page))

    # parts of it

    def _with_own_card(self, action: Action) -> Steps[str]:
        page = yield from self._begin()
        tile, card = self._lived_in(page)
        if tile is None:
            return "nobody"
        yield from self._hands.put(card)
        yield from self._choose(page, tile)
        if not (yield from self._open(page, action)):
            return (yield from self._leave(page))
        return (yield from self._send(page))

    def _at(self, page: "RoomsPage", action: Action, states: tuple[RoomState, ...]) -> Steps[str]:
        tile = self._some(page, states)
        if tile is None:
            return "nobody"
        yield from self._choose(page, tile)
        if not (yield from self._open(page, action)):
            return (yield from self._leave(page))
        return (yield from self._send(page))

    def _begin(self) -> "Steps[RoomsPage]":
        """The rooms' page, with nothing under way."""
        page = yield from self._hands.rooms()
        yield from self._leave(page)
        return page

    def _choose(self, page: "RoomsPage", tile: "Tile") -> Steps[None]:
        """F2, the room's number, and the arrow into the rack."""
        hands, work = self._hands, page.panel.work
        hands.press(Qt.Key.Key_F2, at=hands.main)
        yield from hands.type(page.search, tile.row.room.name)
        hands.press(Qt.Key.Key_Down, at=page.search)

        def known() -> bool:
            facts = work.state.room
            return facts is not None and facts.room.id == tile.id and facts.complete

        page.search.clear()
        yield lambda: known() and hands.calm()

    def _deselect(self, page: "RoomsPage") -> Steps[None]:
        page.rack.select_none()
        yield lambda: page.panel.work.state.room is None

    def _open(self, page: "RoomsPage", action: Action) -> Steps[bool]:
        """The action's key; whether its form opened."""
        panel = page.panel
        self._hands.press(_KEYS[action], at=panel)
        yield lambda: not panel.work._asking
        form = panel.work.state.form
        return form is not None and form.action is action

    def _send(self, page: "RoomsPage") -> Steps[str]:
        """Enter until the form is left, sometimes a click; then what follows."""
        panel, hands = page.panel, self._hands
        if self._chance.random() < 0.5:
            panel.form.start()
            for _ in range(6):
                if panel.work.state.phase is Phase.FORM:
                    hands.press(ENTER)
                    yield lambda: True
        if panel.work.state.phase is Phase.FORM:
            hands.click(panel.form.go)
        return (yield from self._leave(page))

    def _leave(self, page: "RoomsPage") -> Steps[str]:
        """Give what is asked for, then go back to rest; the word for how it ended."""
        panel, ended = page.panel, "left"
        for _ in range(_LOOKS):
            yield lambda: panel.work.state.phase is not Phase.WRITING
            state = panel.work.state
            if state.phase is Phase.REST:
                yield self._hands.calm
                return ended
            if state.phase is Phase.RESULT and state.outcome is not None:
                ended = f"{state.outcome.action.value} {state.outcome.tone.value}"
                self._end(panel)
            elif state.phase is Phase.ASK:
                yield from self._answer(panel, state)
            elif state.phase is Phase.WAIT:
                yield from self._next_card(panel)
            else:
                self._hands.press(ESC, at=panel)
        panel.work.cancel()
        return "given up"

    def _end(self, panel: "CardPanel") -> None:
        if self._chance.random() < 0.5:
            self._hands.press(ESC, at=panel)
        else:
            panel.banner.finished.emit()

    def _answer(self, panel: "CardPanel", state: CardWorkState) -> Steps[None]:
        if self._chance.random() < 0.3:
            self._hands.press(ESC, at=panel)
            return
        if state.ask is not None and state.ask.kind is AskKind.REASON:
            yield from self._hands.type(panel.ask.reason, "lost key")
        panel.ask.yes.click()

    def _next_card(self, panel: "CardPanel") -> Steps[None]:
        """Lay the next card down that is wanted; without one, go away."""
        progress = panel.work.state.progress
        assert progress is not None
        wants_own = progress.action in {Action.EXTEND, Action.CHECK_OUT} or (
            progress.action is Action.REPLACE and progress.number > 1
        )
        room, hands = progress.room, self._hands
        own = hands.given.get(room.id, []) if room is not None else []
        if (wants_own and not own) or self._chance.random() < 0.1:
            hands.press(ESC, at=panel)
            return
        before = progress.number
        yield from hands.put(own[0] if wants_own else "")

        def went_on() -> bool:
            now = panel.work.state
            if now.phase is not Phase.WAIT:
                return True
            return now.progress is None or now.progress.number != before

        if not went_on():  # no reader tells of it, so a key does
            panel.work.go_on()
        yield went_on

    # who and which

    def _some(self, page: "RoomsPage", states: tuple[RoomState, ...]) -> "Tile | None":
        fit = [tile for tile in page.presenter.state.tiles if tile.state in states]
        return self._chance.choice(fit) if fit else None

    def _lived_in(self, page: "RoomsPage") -> "tuple[Tile | None, str]":
        """A room with somebody in it, and one of its cards."""
        given = self._hands.given
        tiles = page.presenter.state.tiles
        fit = [tile for tile in tiles if tile.state in LIVED_IN and given.get(tile.id)]
        tile = self._chance.choice(fit) if fit else None
        return tile, given[tile.id][0] if tile is not None else ""

    def _any_card(self) -> str:
        given = [card for cards in self._hands.given.values() for card in cards]
        return self._chance.choice(given) if given else ""
