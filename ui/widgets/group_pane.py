"""Group encoding on the screen: the end, the list of rooms, a progress bar, who is next."""

from datetime import datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QProgressBar,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from station.domain.operation import State
from ui.messages import Words
from ui.presenters.card_form import until_text
from ui.presenters.card_group import GroupPhase, GroupRoom, GroupState
from ui.presenters.card_state import StayInput, Unit
from ui.theme import icons, tokens
from ui.theme.style import Theme
from ui.widgets.card_parts import Field, KeyButton, label, problem_label, restyle, say
from ui.widgets.card_words import moment

_ICONS = {State.DONE: ("circle-check", "good"), State.UNKNOWN: ("circle-help", "unresolved_mark")}


class GroupPane(QWidget):
    """`edited`, `submitted` with a `StayInput`; `go_on`, `stopped`, `again`, `finished`."""

    edited = Signal(object)
    submitted = Signal(object)
    go_on = Signal()
    stopped = Signal()
    again = Signal()
    finished = Signal()

    def __init__(self, words: Words, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words, self._theme = words, theme
        self._phase = GroupPhase.FORM
        self._left = False
        self._ends: datetime | None = None
        self._title = label("title")
        self._end = label("large")
        self.amount = Field("1")
        self.unit = QComboBox()
        self.unit.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        for unit in Unit:
            self.unit.addItem("", unit)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(2 * tokens.GRID)
        self._count = label("large", wrap=False)
        self.list = QListWidget()
        self.list.setWordWrap(True)
        self.list.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
        self.list.setMinimumHeight(2 * tokens.BIG_CONTROL_HEIGHT)
        self._problem = problem_label()
        self.primary = KeyButton("primary")
        self.back = KeyButton(tall=True)
        self._lay_out()
        self.amount.textEdited.connect(lambda _: self.edited.emit(self.typed()))
        self.unit.activated.connect(self._unit_chosen)
        self.amount.entered.connect(lambda: self.submitted.emit(self.typed()))
        self.primary.clicked.connect(self._primary_clicked)
        self.back.clicked.connect(self._back_clicked)

    def _lay_out(self) -> None:
        when = QHBoxLayout()
        when.setSpacing(tokens.GAP_SMALL)
        when.addWidget(self.amount, 1)
        when.addWidget(self.unit)
        how_far = QHBoxLayout()
        how_far.setSpacing(tokens.GAP_SMALL)
        how_far.addWidget(self.bar, 1)
        how_far.addWidget(self._count)
        buttons = QHBoxLayout()
        buttons.setSpacing(tokens.GAP_SMALL)
        buttons.addWidget(self.primary, 2)
        buttons.addWidget(self.back, 1)
        self._box = box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(tokens.GAP_SMALL)
        box.addWidget(self._title)
        box.addWidget(self._end)
        box.addLayout(when)
        box.addLayout(how_far)
        box.addWidget(self.list, 1)
        box.addWidget(self._problem)
        box.addLayout(buttons)

    def typed(self) -> StayInput:
        unit = list(Unit)[max(self.unit.currentIndex(), 0)]
        return StayInput(unit=unit, amount=self.amount.text())

    def set_compact(self, compact: bool) -> None:
        """A small screen: more room for the list."""
        restyle(self._title, "large" if compact else "title")
        restyle(self._end, "" if compact else "large")
        self._box.setSpacing(tokens.GRID if compact else tokens.GAP_SMALL)
        for button in (self.primary, self.back):
            button.set_tall(not compact)

    def start(self) -> None:
        """The focus where the next key belongs."""
        if self._phase is GroupPhase.FORM:
            self.amount.setFocus()
            self.amount.selectAll()
        else:
            self.primary.setFocus()

    def render_group(self, state: GroupState, now: datetime) -> None:
        """Show it all; `now` site-local."""
        words = self._words
        self._phase, self._left = state.phase, bool(state.left)
        self._ends = state.end or self._ends
        form = state.phase is GroupPhase.FORM
        say(self._title, self._headline(state))
        say(self._end, words("card.group_end", end=moment(words, state.end, now) or "…"))
        for part in (self.amount, self.unit):
            part.setVisible(form)
        self.amount.setAccessibleName(words("card.amount_issue"))
        self.unit.setAccessibleName(words("card.unit"))
        for index, key in enumerate(("card.nights", "card.hours", "card.until_unit")):
            self.unit.setItemText(index, words(key))
        self.bar.setRange(0, len(state.rooms))
        self.bar.setValue(state.done)
        self.bar.setAccessibleName(words("card.group_title"))
        done, total = state.done, len(state.rooms)
        say(self._count, words("card.group_progress", done=done, total=total))
        self._show_list(state)
        wrong = state.error or state.problem
        say(self._problem, words.sentence(wrong) if wrong is not None else "")
        self._show_buttons(state)

    def _headline(self, state: GroupState) -> str:
        words = self._words
        if state.phase is GroupPhase.WAIT and state.next_room is not None:
            return words("card.group_put", room=state.next_room.name)
        if state.phase is GroupPhase.WRITING:
            return words("card.writing", action=words("card.group"))
        if state.phase is GroupPhase.RESULT:
            left = len(state.rooms) - state.done
            return words("card.group_left", count=left) if left else words("card.group_done")
        return words("card.group_title")

    def _show_list(self, state: GroupState) -> None:
        self.list.setAccessibleName(self._words("card.group_rooms"))
        while self.list.count() < len(state.rooms):
            self.list.addItem(QListWidgetItem())
        while self.list.count() > len(state.rooms):
            self.list.takeItem(self.list.count() - 1)
        colours = self._theme.colours
        for place, one in enumerate(state.rooms):
            item = self.list.item(place)
            text = self._line(one)
            if item.text() != text:
                item.setText(text)
            following = state.next_room is not None and one.room.id == state.next_room.id
            usual = ("chevron-right", "accent") if following else ("minus", "text_dim")
            tried = _ICONS.get(one.state, ("circle-x", "bad")) if one.state else usual
            item.setIcon(icons.icon(tried[0], getattr(colours, tried[1])))
            if following:
                self.list.scrollToItem(item)

    def _line(self, one: GroupRoom) -> str:
        words = self._words
        if one.state is None:
            return f"{one.room.name}  {words('card.group_waiting')}"
        if one.done:
            return f"{one.room.name}  {words('card.group_row_done')}"
        if one.state is State.UNKNOWN:
            return f"{one.room.name}  {words('card.group_unknown')}"
        why = words.sentence(one.error) if one.error is not None else ""
        return f"{one.room.name}  {why}"

    def _show_buttons(self, state: GroupState) -> None:
        words, enter = self._words, self._words("card.key_enter")
        running = state.phase in {GroupPhase.WAIT, GroupPhase.WRITING}
        left = len(state.left)
        self.primary.setEnabled(state.phase is not GroupPhase.WRITING)
        if state.phase is GroupPhase.RESULT:
            text = words("card.group_again", count=left) if left else words("card.finish")
        elif running:
            text = words("card.put_go")
        else:
            text = words("card.group_go", count=left)
        self.primary.say(text, enter)
        self.back.setEnabled(not state.stopping)
        stop = words("card.stopping") if state.stopping else words("card.group_stop")
        self.back.say(stop if running else words("card.close"), "Esc")

    def _unit_chosen(self, _: int) -> None:
        unit = self.typed().unit
        until = until_text(self._ends) if self._ends is not None else ""
        self.amount.setText({Unit.NIGHTS: "1", Unit.HOURS: "3", Unit.UNTIL: until}[unit])
        self.edited.emit(self.typed())
        self.amount.setFocus()
        self.amount.selectAll()

    def _primary_clicked(self) -> None:
        if self._phase is GroupPhase.FORM:
            self.submitted.emit(self.typed())
        elif self._phase is GroupPhase.WAIT:
            self.go_on.emit()
        elif self._phase is GroupPhase.RESULT:
            (self.again if self._left else self.finished).emit()

    def _back_clicked(self) -> None:
        running = self._phase in {GroupPhase.WAIT, GroupPhase.WRITING}
        (self.stopped if running else self.finished).emit()
