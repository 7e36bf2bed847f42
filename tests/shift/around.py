"""Work beside the cards: residents, locks, history, looks, who sits there, what is unresolved."""

from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QMenu

from station.domain.credential import CredentialKind
from tests.shift.clerk import MOBILES
from tests.shift.desk import SUPERVISOR
from tests.shift.hands import ENTER, ESC, Hands, Steps
from ui.presenters.history_export import FORMS
from ui.theme.tokens import Look

PAGES: Final = ("rooms", "residents", "locks", "unresolved", "history", "settings")
LANGUAGE, LOOK = "zh_CN", Look.LIGHT


class Around:
    """Each public method is one operation; it returns how it ended, as a word."""

    def __init__(self, hands: Hands, folder: Path) -> None:
        self._hands, self._folder = hands, folder
        self._chance = hands.chance
        self._with_code: list[str] = []

    # residents

    def bind(self) -> Steps[str]:
        hands = self._hands
        page = yield from hands.residents()
        yield from hands.put()
        yield from hands.type(page.form.name, "Zhang San")
        yield from hands.type(page.form.mobile, self._chance.choice(MOBILES))
        hands.click(page.form.button)
        yield lambda: not page.presenter.state.working
        if page.presenter.state.ask is not None:
            page.ask.yes.click()
            yield lambda: not page.presenter.state.working
        page.form.empty()
        said = page.presenter.state.said
        return said.title.removeprefix("residents.") if said is not None else "problem"

    def look_up(self) -> Steps[str]:
        hands = self._hands
        page = yield from hands.residents()
        yield from hands.type(page.look_up.mobile, self._chance.choice(MOBILES))
        hands.press(ENTER, at=page.look_up.mobile)
        yield lambda: not page.presenter.state.working
        found = page.presenter.state.found
        if found is not None and self._chance.random() < 0.3:
            hands.click(page.look_up.reveal)
            yield lambda: not page.presenter.state.working
        if found is not None and found.cards and self._chance.random() < 0.4:
            hands.click(page.look_up.unbind)
            yield lambda: page.presenter.state.ask is not None
            page.ask.yes.click()
            yield lambda: not page.presenter.state.working
            return "unbound"
        return "found" if found is not None else "not found"

    def push(self) -> Steps[str]:
        """What waits for the clouds is pushed now."""
        page = yield from self._hands.residents()
        yield lambda: page.outbox.state.loaded and not page.outbox.state.pushing
        if not self._hands.click(page.waiting.push):
            return "nothing waits"
        yield lambda: not page.outbox.state.pushing
        return "pushed"

    # locks

    def passcode(self) -> Steps[str]:
        """Given or, where the room has one, taken back."""
        hands = self._hands
        page = yield from hands.locks()
        yield lambda: bool(page.rooms.state.tiles)
        tile = self._chance.choice(page.rooms.state.tiles)
        known = [one for one in page.rooms.state.tiles if one.id in self._with_code]
        if known and self._chance.random() < 0.5:
            tile = self._chance.choice(known)
        yield from hands.type(page.search, tile.row.room.name)
        hands.press(ENTER, at=page.search)
        presenter = page.presenter
        yield lambda: presenter.state.room is not None and presenter.state.room.room.id == tile.id
        yield hands.calm
        ways = presenter.state.room.ways if presenter.state.room is not None else ()
        way = next((way for way in ways if way.stoppable), None)
        form = page.room.passcode
        if way is not None:
            presenter.choose_way(way.key)
            page.room.ways.stop.click()
            yield lambda: page.news.state.ask is not None
            page.ask.yes.click()
            yield lambda: not presenter.state.working
            self._with_code = [room for room in self._with_code if room != tile.id]
        elif form is not None:
            form.kind.setCurrentIndex(form.kind.findData(CredentialKind.ONLINE_PASSCODE))
            hands.click(form.go)
            yield lambda: not page.room.giving.state.working
            self._with_code.append(tile.id)
        said = page.news.state.said
        yield hands.calm
        hands.press(ESC, at=page)
        yield hands.calm
        if said is None:
            return "passcode shown"
        return said.title.removeprefix("locks.")

    # history

    def filter(self) -> Steps[str]:
        hands, chance = self._hands, self._chance
        page = yield from hands.history()
        yield lambda: not page.presenter.state.loading
        bar = page.filters
        combo = chance.choice((bar.period, bar.kind, bar.state))
        combo.setCurrentIndex(chance.randrange(combo.count() - 1))
        if chance.random() < 0.5:
            yield from hands.type(bar.text, chance.choice(("1-1", "Zhang", "2-305", "138")))
            hands.press(ENTER, at=bar.text)
        yield lambda: not bar._typing.isActive()
        yield lambda: hands.calm() and not page.presenter.state.loading
        scroll = page.table.verticalScrollBar()
        for _ in range(chance.randint(0, 4)):
            scroll.setValue(scroll.maximum())
            yield lambda: hands.calm() and not page.presenter.state.loading
        if chance.random() < 0.5 and page.presenter.state.rows:
            lines = page.table.lines
            page.table.pick(chance.choice(lines).row.operation)
            yield hands.calm
            hands.press(ESC, at=page.table)
        bar.clear.click()
        yield lambda: hands.calm() and not page.presenter.state.loading
        return "looked"

    def export(self) -> Steps[str]:
        """A file begun, mostly given up; or the chain verified."""
        hands, chance = self._hands, self._chance
        if not hands.is_supervisor:
            yield from hands.lock_and_unlock(SUPERVISOR.name)
        page = yield from hands.history()
        yield lambda: hands.calm() and not page.presenter.state.loading
        if chance.random() < 0.2:
            page.actions_bar.verify.click()
        else:
            form = chance.choice(FORMS)
            path = str(self._folder / f"history.{form}")
            page.actions_bar.ask = lambda *_: path
            page.actions_bar.exports[form].trigger()
            if chance.random() < 0.75:
                page.work.cancel()
        yield lambda: not page.work.state.running
        ended = "cancelled" if page.work.state.error is not None else "done"
        page.work.dismiss()
        yield hands.calm
        return ended

    # the window

    def language(self) -> Steps[str]:
        yield from self._menu(self._chance.choice((1, 2)))
        return self._hands.context.words.language

    def look(self) -> Steps[str]:
        yield from self._menu(self._chance.choice((5, 6, 7)))
        return self._hands.context.theme.look.value

    def help(self) -> Steps[str]:
        for _ in range(2):
            self._hands.press(Qt.Key.Key_F1, at=self._hands.main)
            yield self._hands.calm
        return "read"

    def page(self) -> Steps[str]:
        key = self._chance.choice(PAGES)
        yield from self._hands.show(key)
        return key

    def lock(self) -> Steps[str]:
        yield from self._hands.lock_and_unlock()
        operator = self._hands.context.session.operator
        return operator.role.value if operator is not None else "nobody"

    # what is unresolved

    def settle(self) -> Steps[str]:
        """Look at the cards that may be meant, then set aside what no card tells."""
        hands = self._hands
        page = yield from hands.unresolved()
        presenter = page.presenter
        yield lambda: hands.calm() and presenter.state.loaded
        for line in presenter.state.lines:
            presenter.choose(line.operation)
            if line.card_id and line.card_id != hands.lying and self._knows(line.card_id):
                yield from hands.put(line.card_id)
            hands.press(Qt.Key.Key_F3, at=page)
            yield lambda: not presenter.state.working and hands.calm()
            now = {one.operation for one in presenter.state.lines}
            if line.operation in now and not line.card_id:
                presenter.choose(line.operation)
                page.open_aside.click()
                yield from hands.type(page.reason, "card not found")
                hands.press(ENTER, at=page.reason)
                yield lambda: not presenter.state.working and hands.calm()
        return "settled" if not presenter.state.lines else "still open"

    # home

    def go_home(self) -> Steps[None]:
        """The position in which two moments of the shift are compared."""
        hands = self._hands
        if not hands.is_supervisor:
            yield from hands.lock_and_unlock(SUPERVISOR.name)
        hands.context.words.switch(LANGUAGE)
        hands.context.theme.choose(LOOK)
        for key in (*PAGES, "rooms"):
            yield from hands.show(key)
            yield hands.all_calm
            if key == "history":  # as short as a list that nobody has scrolled
                hands.press(Qt.Key.Key_F5, at=hands.main)
                yield hands.all_calm
        rooms = yield from hands.rooms()
        rooms.rack.select_none()
        yield from hands.lift()
        yield lambda: hands.all_calm() and rooms.panel.work.state.room is None

    def _menu(self, place: int) -> Steps[None]:
        """The menu at the foot of the navigation: one of its entries."""
        hands = self._hands
        hands.click(hands.main.navigation.menu)
        yield lambda: isinstance(QApplication.activePopupWidget(), QMenu)
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu)
        menu.actions()[place].trigger()
        menu.close()
        yield lambda: QApplication.activePopupWidget() is None
        yield from hands.come_back()
        yield hands.calm

    def _knows(self, card: str) -> bool:
        hands = self._hands
        return card in hands.stock or any(card in cards for cards in hands.given.values())
