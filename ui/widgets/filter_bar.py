"""The filter bar of the history: what is asked for, each part with its own way to clear it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Final

from PySide6.QtCore import QDateTime, QTimer, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QComboBox,
    QDateTimeEdit,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from station.domain.operation import Kind, State
from ui.messages import Words
from ui.presenters.history_filters import MAX_TEXT, Filters, Period
from ui.presenters.history_lines import capital
from ui.theme import tokens
from ui.theme.icons import icon
from ui.theme.style import Theme
from ui.widgets.flow_layout import FlowLayout

TYPING_MS: Final = 250
"""How long somebody has to stop typing before the list follows."""
_STATES: Final = tuple(state for state in State if state is not State.STEP)


class FilterBar(QWidget):
    """`wanted` carries the `Filters` whenever they are others."""

    wanted = Signal(object)

    def __init__(
        self, words: Words, theme: Theme, today: Callable[[], date], parent: QWidget | None = None
    ) -> None:
        """`today` is the site's day."""
        super().__init__(parent)
        self._words, self._theme, self._today = words, theme, today
        self._filters = Filters()
        self._own = ""
        self._operators: tuple[str, ...] = ()
        self._filling = False
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(TYPING_MS)
        self._typing.timeout.connect(self._say)
        self.period, self.kind = self._combo("period"), self._combo("kind")
        self.state, self.operator = self._combo("state"), self._combo("operator")
        self.since, self.until = self._picker("since"), self._picker("until")
        self.room, self.card, self.text = self._line("room"), self._line("card"), self._line("text")
        self.dash = QLabel("–")
        self.problem = QLabel()
        self.problem.setProperty("role", "warn")
        self.clear = QPushButton()
        self.clear.clicked.connect(lambda: self._take(Filters()))
        self._find = {self.room: QAction(self), self.card: QAction(self), self.text: QAction(self)}
        for line, action in self._find.items():
            line.addAction(action, QLineEdit.ActionPosition.LeadingPosition)
        self._lay_out()
        self.recolour()
        self.retranslate()

    def _lay_out(self) -> None:
        flow = FlowLayout(tokens.GAP_SMALL)
        times: list[QWidget] = [self.period, self.since, self.dash, self.until]
        others: list[QWidget] = [self.room, self.card, self.operator, self.kind, self.state]
        for widget in (*times, *others, self.text, self.clear, self.problem):
            flow.addWidget(widget)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(flow)

    # contents

    def show_filters(self, filters: Filters, own: str, operators: tuple[str, ...]) -> None:
        """What is in force. `own`: a clerk's name, who sees nobody else; else empty."""
        if (own, operators) != (self._own, self._operators):
            self._own, self._operators = own, operators
            self._fill(self.operator, self._operator_choices())
        self._filters = filters
        self._fill_in()

    @property
    def filters(self) -> Filters:
        """What the controls say now."""
        custom = self.period.currentData() == Period.CUSTOM
        return Filters(
            period=Period(self.period.currentData() or Period.ALL),
            since=_moment(self.since) if custom else None,
            until=_moment(self.until) if custom else None,
            room=self.room.text().strip(),
            card=self.card.text().strip(),
            operator="" if self._own else str(self.operator.currentData() or ""),
            kind=_kind(self.kind.currentData()),
            state=_state(self.state.currentData()),
            text=self.text.text().strip(),
        )

    def narrow(self, **parts: str) -> None:
        """Filter by something seen elsewhere: `room=…`, `card=…`; the rest stays."""
        self._take(replace(self._filters, **parts))  # type: ignore[arg-type]

    def _take(self, filters: Filters) -> None:
        self._filters = filters
        self._fill_in()
        self._typing.stop()
        self.wanted.emit(filters)

    def _fill_in(self) -> None:
        """Bring the controls to what is in force; what is being typed is left alone."""
        wanted = self._filters
        self._filling = True
        for combo, value in (
            (self.period, wanted.period.value),
            (self.kind, wanted.kind.value if wanted.kind else ""),
            (self.state, wanted.state.value if wanted.state else ""),
            (self.operator, wanted.operator or self._own),
        ):
            combo.setCurrentIndex(max(0, combo.findData(value)))
        for line, text in (
            (self.room, wanted.room),
            (self.card, wanted.card),
            (self.text, wanted.text),
        ):
            if line.text().strip() != text and not (line.hasFocus() and self._typing.isActive()):
                line.setText(text)
        if wanted.period is Period.CUSTOM and wanted.since and wanted.until:
            self.since.setDateTime(_qt(wanted.since))
            self.until.setDateTime(_qt(wanted.until))
        self._filling = False
        custom = wanted.period is Period.CUSTOM
        for widget in (self.since, self.dash, self.until):
            widget.setVisible(custom)
        self.operator.setEnabled(not self._own)
        self.clear.setEnabled(not wanted.empty)
        self.problem.setVisible(wanted.wrong_way_round)

    def _changed(self) -> None:
        if not self._filling:
            self._say()

    def _say(self) -> None:
        self._typing.stop()
        now = self.filters
        if now != self._filters:
            self._filters = now
            self._fill_in()
            self.wanted.emit(now)

    def _period_chosen(self) -> None:
        if self._filling:
            return
        if self.period.currentData() == Period.CUSTOM and self._filters.period is not Period.CUSTOM:
            self._filling = True
            today = datetime.combine(self._today(), time())
            self.since.setDateTime(_qt(today - timedelta(days=6)))
            self.until.setDateTime(_qt(today + timedelta(days=1)))
            self._filling = False
        self._say()

    # words and colours

    def retranslate(self) -> None:
        """Everything in the language of the moment; what is chosen stays chosen."""
        words = self._words
        periods = [(words(f"history.period_{one}"), one.value) for one in Period]
        kinds = [(capital(words.word("kind", kind)), kind.value) for kind in Kind]
        states = [(capital(words.word("state", state)), state.value) for state in _STATES]
        self._fill(self.period, periods)
        self._fill(self.kind, [(words("history.any_kind"), ""), *kinds])
        self._fill(self.state, [(words("history.any_state"), ""), *states])
        self._fill(self.operator, self._operator_choices())
        for name in ("period", "since", "until", "operator", "kind", "state"):
            getattr(self, name).setAccessibleName(words(f"history.filter_{name}"))
        for name in ("room", "card", "text"):
            line: QLineEdit = getattr(self, name)
            line.setPlaceholderText(words(f"history.hint_{name}"))
            line.setAccessibleName(words(f"history.filter_{name}"))
            line.setToolTip(words(f"history.tip_{name}"))
            hint = line.fontMetrics().horizontalAdvance(words(f"history.hint_{name}"))
            line.setFixedWidth(hint + 4 * tokens.GAP_LARGE)
        self.clear.setText(words("history.clear_all"))
        self.clear.setAccessibleName(words("history.clear_all"))
        self.problem.setText(words("history.range_wrong"))
        self._fill_in()

    def recolour(self) -> None:
        """Icons in the colours of the look."""
        colour = self._theme.colours.text_dim
        for line, name in ((self.room, "bed-double"), (self.card, "credit-card")):
            self._find[line].setIcon(icon(name, colour))
        self._find[self.text].setIcon(icon("search", colour))

    def _operator_choices(self) -> list[tuple[str, str]]:
        if self._own:
            return [(self._own, self._own)]
        any_one = (self._words("history.any_operator"), "")
        return [any_one, *((name, name) for name in self._operators)]

    def _fill(self, combo: QComboBox, choices: list[tuple[str, str]]) -> None:
        self._filling = True
        chosen = combo.currentData()
        combo.clear()
        for text, value in choices:
            combo.addItem(text, value)
        combo.setCurrentIndex(max(0, combo.findData(chosen)))
        self._filling = False

    # controls

    def _combo(self, name: str) -> QComboBox:
        combo = QComboBox(self)
        combo.setObjectName(f"history_{name}")
        combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        combo.setMaxVisibleItems(24)
        chosen: Callable[[], None] = self._period_chosen if name == "period" else self._changed
        combo.currentIndexChanged.connect(lambda _: chosen())
        return combo

    def _picker(self, name: str) -> QDateTimeEdit:
        picker = QDateTimeEdit(self)
        picker.setObjectName(f"history_{name}")
        picker.setDisplayFormat("yyyy-MM-dd HH:mm")
        picker.setCalendarPopup(True)
        picker.setKeyboardTracking(False)
        picker.dateTimeChanged.connect(lambda _: self._changed())
        return picker

    def _line(self, name: str) -> QLineEdit:
        line = QLineEdit(self)
        line.setObjectName(f"history_{name}")
        line.setClearButtonEnabled(True)
        line.setMaxLength(MAX_TEXT)
        line.textEdited.connect(lambda _: self._typing.start())
        line.returnPressed.connect(self._say)
        line.textChanged.connect(lambda text: None if text or self._filling else self._say())
        return line


def _moment(picker: QDateTimeEdit) -> datetime:
    """What is picked: the site's time of day, to the minute."""
    day, at = picker.date(), picker.time()
    return datetime(day.year(), day.month(), day.day(), at.hour(), at.minute())


def _qt(moment: datetime) -> QDateTime:
    return QDateTime(
        moment.year, moment.month, moment.day, moment.hour, moment.minute, moment.second
    )


def _kind(value: object) -> Kind | None:
    return Kind(value) if isinstance(value, str) and value else None


def _state(value: object) -> State | None:
    return State(value) if isinstance(value, str) and value else None
