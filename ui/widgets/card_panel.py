"""The card panel: the card that lies there, the chosen room, and the one action that fits.

A passive widget over `CardWork`: card and room always on top, below them one of action, form,
steps, question, result or group. Everything can be done from the keyboard; Enter is what fits.
"""

from datetime import datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import (
    QHideEvent,
    QKeyEvent,
    QKeySequence,
    QResizeEvent,
    QShortcut,
    QShowEvent,
)
from PySide6.QtWidgets import QApplication, QFrame, QVBoxLayout, QWidget

from station.ports import RoomRow
from ui.context import Context
from ui.presenters.card_group import GroupState, GroupWork
from ui.presenters.card_state import Action, CardWorkState, Form, Outcome, Phase, Tone, Unit
from ui.presenters.card_work import CardWork
from ui.presenters.lock_state import OPEN, PASSCODE, Wish
from ui.sounds import sounds
from ui.theme import tokens
from ui.widgets.card_actions import ActionPane
from ui.widgets.card_ask import AskPane
from ui.widgets.card_face import CardFace
from ui.widgets.card_parts import ENTER, topped
from ui.widgets.card_room import RoomHead
from ui.widgets.card_words import moment
from ui.widgets.group_pane import GroupPane
from ui.widgets.one_of import OneOf
from ui.widgets.result_banner import ResultBanner
from ui.widgets.stay_form import StayForm
from ui.widgets.step_trail import ProgressPane

_MOVE_KEY = "Ctrl+M"
_LOW = 140 * tokens.GRID
"""Below this height (logical pixels) everything is drawn closer: a small screen at 150 %."""


class CardPanel(QFrame):
    """`room_wanted`: choose this room, or (empty) search for one. `page_wanted`: another page.

    `lock_wanted` with a `Wish`: the room's lock, and what is to be begun there.
    """

    room_wanted = Signal(str)
    page_wanted = Signal(str)
    lock_wanted = Signal(object)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        words, theme = context.words, context.theme
        self.work = CardWork(context, self)
        self.group_work: GroupWork | None = None
        self._form: Form | None = None
        self._compact = False
        self._shown: tuple[QWidget, Phase] | None = None
        self.face = CardFace(words, theme)
        self.room = RoomHead(words, theme)
        self.offer = ActionPane(words, theme)
        self.form = StayForm(words)
        self.progress = ProgressPane(words, theme)
        self.ask = AskPane(words, theme)
        self.banner = ResultBanner(words, theme)
        self.group = GroupPane(words, theme)
        self.panes = OneOf()
        self._panes: dict[Phase, QWidget] = {
            Phase.REST: self.offer,
            Phase.FORM: self.form,
            Phase.WAIT: self.progress,
            Phase.WRITING: self.progress,
            Phase.ASK: topped(self.ask),
            Phase.RESULT: topped(self.banner),
        }
        self._lay_out()
        self._connect()
        self._render(self.work.state)

    def _lay_out(self) -> None:
        self.setProperty("role", "surface")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumWidth(tokens.CARD_PANEL_WIDTH)
        for pane in dict.fromkeys((*self._panes.values(), self.group)):
            self.panes.add(pane)
        box = QVBoxLayout(self)
        box.setContentsMargins(tokens.GAP, tokens.GAP, tokens.GAP, tokens.GAP)
        box.setSpacing(tokens.GAP)
        box.addWidget(self.face)
        box.addWidget(self.room)
        box.addWidget(self.panes, 1)

    def _connect(self) -> None:
        work = self.work
        work.changed.connect(self._render)
        work.room_wanted.connect(self.room_wanted)
        work.group_wanted.connect(self._open_group)
        work.ended.connect(self._ended)
        self.room.reveal_clicked.connect(work.reveal)
        self.room.lock_clicked.connect(self._show_lock)
        self.offer.fitting.connect(lambda: work.start_fitting(firmly=True))
        self.offer.chosen.connect(work.begin)
        self.form.edited.connect(work.edit)
        self.form.submitted.connect(self._submitted)
        self.form.cancelled.connect(work.cancel)
        self.form.instead.passcode_wanted.connect(lambda: self._instead(PASSCODE))
        self.form.instead.open_wanted.connect(lambda: self._instead(OPEN))
        self.form.unit_chosen.connect(self._unit_chosen)
        self.progress.go_on.connect(work.go_on)
        self.progress.stop.connect(work.cancel)
        self.ask.agreed.connect(work.agree)
        self.ask.declined.connect(work.cancel)
        self.banner.finished.connect(self._dismiss)
        self.banner.again.connect(work.again)
        self.banner.read_again.connect(lambda: work.begin(Action.READ))
        self.banner.gate_wanted.connect(work.bind_anyway)
        self.banner.unresolved_wanted.connect(lambda: self.page_wanted.emit("unresolved"))
        self._context.words.changed.connect(self.retranslate)
        self._context.theme.changed.connect(self.retranslate)
        move = QShortcut(QKeySequence(_MOVE_KEY), self)
        move.activated.connect(lambda: work.begin(Action.MOVE))

    # what the page calls

    def choose_room(self, row: RoomRow | None) -> None:
        """The rack's chosen room."""
        self.work.choose(row)

    def set_group(self, rows: list[RoomRow]) -> None:
        """The rack's selection of several rooms; fewer than two end it."""
        if self.group_work is None:
            self.work.group([row.room for row in rows])

    def start_fitting(self) -> None:
        """Enter in the rack: begin what fits, with the focus here."""
        if self.group_work is None:
            self._take_focus()
            self.work.start_fitting()

    def function_key(self, number: int) -> bool:
        """F2-F11; whether it was one of the panel's."""
        if self.group_work is not None:
            return number != 2 and self.work.paused
        return self.work.function_key(number)

    def activated(self) -> None:
        """The page is shown: see what lies there."""
        self.work.watch.start()
        self.work.refresh()

    def close_page(self) -> None:
        """The window closes. What is being written finishes; nobody is told."""
        self._end_group()
        self._context.words.changed.disconnect(self.retranslate)
        self._context.theme.changed.disconnect(self.retranslate)
        self.work.close()

    def retranslate(self) -> None:
        """Another language or look: say and draw everything again."""
        self._render(self.work.state)
        if self.group_work is not None:
            self._render_group(self.group_work.state)
        self.update()

    # the presenter's states

    def _now(self) -> datetime:
        return self._context.desk.clock.local()

    def _render(self, state: CardWorkState) -> None:
        now, words = self._now(), self._context.words
        self.setAccessibleName(words("card.panel"))
        self.face.render_card(state.seen, now)
        self.room.render_room(state, now)
        self.offer.render_offer(state.offer)
        opened = state.form is not None and self._form is None
        if state.form is not None:
            if self._form is None or self._form.action is not state.form.action:
                opened = True
                self.form.open(state.form)
            self.form.render_form(state.form, state.room, now)
            self.form.instead.setVisible(self.work.offers_instead)
        self._form = state.form
        end = state.progress.end if state.progress is not None else None
        self.progress.render_progress(state.phase, state.progress, moment(words, end, now))
        self.ask.render_ask(state.ask, now)
        if state.outcome is not None:
            self.banner.render_outcome(state.outcome, now)
        if self.group_work is None:
            self._turn_to(self._panes[state.phase], state.phase, opened=opened)

    def _turn_to(self, pane: QWidget, phase: Phase, *, opened: bool) -> None:
        """Show a pane; the focus follows only where the panel has it already."""
        key = (pane, phase)
        if self._shown == key and not opened:
            return
        had = self._has_focus() or opened
        self._shown = key
        if had:
            self.setFocus()  # before a focused field is hidden, which would send it elsewhere
        self.panes.show_pane(pane)
        if had:
            self._focus_into(phase)

    def _focus_into(self, phase: Phase) -> None:
        if phase is Phase.REST:
            self.offer.primary.setFocus()
        elif phase is Phase.FORM:
            self.form.start()
        elif phase is Phase.WAIT:
            self.progress.next.setFocus()
        elif phase is Phase.ASK:
            self.ask.start()
        elif phase is Phase.RESULT:
            self.banner.start()

    def _has_focus(self) -> bool:
        focus = QApplication.focusWidget()
        return focus is not None and (focus is self or self.isAncestorOf(focus))

    def _take_focus(self) -> None:
        if not self._has_focus():
            self.setFocus()
            if self.work.state.phase is not Phase.WRITING:
                self._focus_into(self.work.state.phase)

    def _submitted(self, typed: object) -> None:
        self.work.submit(typed)  # type: ignore[arg-type]
        form = self.work.state.form
        if form is not None and form.problem is not None:
            self.form.point_out(str(form.problem.context.get("field", "")))

    def _show_lock(self) -> None:
        facts = self.work.state.room
        if facts is not None:
            self.lock_wanted.emit(Wish(facts.room.id))

    def _instead(self, tab: str) -> None:
        """No card can be written: on to the room's lock, with what was typed."""
        wish = self.work.instead(self.form.typed(), tab)
        if wish is not None:
            self.work.cancel()
            self.lock_wanted.emit(wish)

    def _unit_chosen(self, unit: Unit) -> None:
        self.form.set_amount(self.work.default_amount(unit))

    def _ended(self, outcome: Outcome) -> None:
        self.banner.announce(outcome, self._now())
        if outcome.tone in {Tone.GOOD, Tone.INFO}:
            sounds().success()
        elif outcome.tone in {Tone.BAD, Tone.DOUBT}:
            sounds().failure()

    def _dismiss(self) -> None:
        """The result was read: on to the next room."""
        self.work.dismiss()
        self.room_wanted.emit("")

    # groups

    def _open_group(self) -> None:
        rooms = self.work.state.group
        if not rooms or self.group_work is not None:
            self.room_wanted.emit("")
            return
        had = self._has_focus()
        self.group_work = work = GroupWork(self._context, rooms, self.work.state.seen, self)
        work.changed.connect(self._render_group)
        work.ended.connect(self._group_ended)
        self.group.edited.connect(work.edit)
        self.group.submitted.connect(work.submit)
        self.group.go_on.connect(work.go_on)
        self.group.stopped.connect(work.stop)
        self.group.again.connect(work.again)
        self.group.finished.connect(self._end_group)
        self.group.amount.setText("1")
        self.group.unit.setCurrentIndex(0)
        self._render_group(work.state)
        self.panes.show_pane(self.group)
        if had or self.isVisible():
            self.group.start()

    def _render_group(self, state: GroupState) -> None:
        work = self.group_work
        assert work is not None  # noqa: S101 - only an open group renders
        before = self.work.paused
        self.work.paused = work.under_way
        had = self._has_focus()
        self.group.render_group(state, self._now())
        if had and self.group.primary.isEnabled() and not self.group.amount.isVisible():
            self.group.primary.setFocus()
        elif had and not self.group.primary.isEnabled():
            self.setFocus()
        if before and not self.work.paused:
            self.work.watch.look()

    def _group_ended(self, well: bool) -> None:
        (sounds().success if well else sounds().failure)()

    def _end_group(self) -> None:
        work = self.group_work
        if work is None:
            return
        for signal in (
            self.group.edited,
            self.group.submitted,
            self.group.go_on,
            self.group.stopped,
            self.group.again,
            self.group.finished,
        ):
            signal.disconnect()
        work.close()
        work.deleteLater()
        self.group_work = None
        self.work.paused = False
        self._shown = None
        self._render(self.work.state)

    # keys and visibility

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Enter, space and Esc where no control inside has taken them."""
        key = event.key()
        if key == Qt.Key.Key_Escape:
            if self._escape():
                event.accept()
                return
        elif (key in ENTER or key == Qt.Key.Key_Space) and self.hasFocus():
            if not event.isAutoRepeat():
                self._enter()
            event.accept()
            return
        super().keyPressEvent(event)

    def _enter(self) -> None:
        """The focus is on the panel itself: nothing while a card is written."""
        phase = self.work.state.phase
        if self.group_work is not None:
            self.group_work.go_on()
        elif phase is Phase.WAIT:
            self.work.go_on()
        elif phase is Phase.REST:
            self.work.start_fitting(firmly=True)

    def _escape(self) -> bool:
        if self.group_work is None:
            return self.work.cancel()
        if self.group_work.under_way:
            self.group_work.stop()
        else:
            self._end_group()
        return True

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        compact = self.height() < _LOW
        if compact != self._compact:
            self._compact = compact
            parts = (self.face, self.room, self.form, self.offer, self.ask, self.banner, self.group)
            for part in parts:
                part.set_compact(compact)
            self.retranslate()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        super().showEvent(event)
        self.work.watch.start()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802
        super().hideEvent(event)
        self.work.watch.stop()
