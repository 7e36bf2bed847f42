"""What waits for the cloud: the list, and of the chosen line cause, next step and next try."""

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import (
    QHBoxLayout,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from station.domain.stay import format_time
from ui.context import Context
from ui.presenters.outbox import OutboxPresenter, OutboxState, Waiting
from ui.theme import icons, tokens
from ui.widgets.calm import Calm
from ui.widgets.card_parts import restyle
from ui.widgets.flow_layout import FlowLayout
from ui.widgets.hugging_list import HuggingList
from ui.widgets.panel import Panel
from ui.widgets.texts import Texts, plain_label
from ui.widgets.verdict import Verdict

_ID = Qt.ItemDataRole.UserRole


class OutboxPanel(Panel):
    """Shows an `OutboxPresenter`'s state and works it."""

    def __init__(self, context: Context, texts: Texts, presenter: OutboxPresenter) -> None:
        super().__init__(texts)
        self._context, self._texts, self._presenter = context, texts, presenter
        self.count = plain_label("dim", wrap=True)
        self.push = texts.button("push")
        self.list = HuggingList()
        self.list.setSpacing(tokens.GRID)
        self.list.setWordWrap(True)
        texts.name(self.list, "outbox")
        self.retry = texts.button("retry", "primary")
        self.cause, self.next = plain_label(wrap=True), plain_label(wrap=True)
        self.when = plain_label("dim", wrap=True)
        self.code = plain_label("small")
        self.verdict = Verdict(context)
        self.empty = Calm(context, texts, "cloud", "outbox_empty", "outbox_empty_hint", "text_dim")
        self._build()
        self.push.clicked.connect(presenter.push)
        self.retry.clicked.connect(presenter.retry)
        self.list.currentRowChanged.connect(self._choose)
        presenter.changed.connect(self.render_state)
        context.words.changed.connect(self.retranslate)
        context.theme.changed.connect(self._recolour)
        self._recolour()
        self.render_state(presenter.state)

    def render_state(self, state: OutboxState) -> None:
        """Show a state."""
        texts = self._texts
        some = bool(state.lines)
        restyle(self, "panel" if some else "")
        for part in (self.list, self.push, self._rest):
            part.setVisible(some)
        self.empty.setVisible(not some)
        facts = {"waiting": state.waiting, "stopped": state.stopped or None}
        self.count.setText(texts("outbox_count", **facts) if state.lines else "")
        self.push.setEnabled(bool(state.waiting) and not state.pushing)
        self.push.setText(texts("pushing" if state.pushing else "push"))
        self.retry.setEnabled(not state.pushing)
        self.verdict.show_said(state.said)
        self._render_list(state)
        self.list.updateGeometry()
        self._render_line(state.line)

    def retranslate(self) -> None:
        """Say what changes with the state in the language of the moment."""
        self.render_state(self._presenter.state)

    def _render_list(self, state: OutboxState) -> None:
        with QSignalBlocker(self.list):
            while self.list.count() > len(state.lines):
                self.list.takeItem(self.list.count() - 1)
            colours = self._context.theme.colours
            for place, line in enumerate(state.lines):
                item = self.list.item(place) or QListWidgetItem(self.list)
                item.setText(self._line_text(line))
                item.setData(_ID, line.operation)
                name, colour = (
                    ("circle-alert", colours.bad) if line.stopped else ("clock", colours.warn)
                )
                item.setIcon(icons.icon(name, colour))
                if line.operation == state.chosen:
                    self.list.setCurrentItem(item)

    def _line_text(self, line: Waiting) -> str:
        key = "line_stopped" if line.stopped else "line_waiting"
        if line.credential:
            who = line.who or None
            facts = {"room": line.room, "credential": line.credential, "who": who}
            first = self._texts.sentence("outbox_stop", **facts)
        else:
            who = line.who or self._texts("nameless")
            facts = {"kind": line.kind, "who": who, "uid": line.uid}
            first = self._texts.sentence("outbox_line", **facts)
        return first + "\n" + self._texts(key, attempts=line.attempts or None)

    def _render_line(self, line: Waiting | None) -> None:
        words, texts = self._context.words, self._texts
        error = line.error if line else None
        self.cause.setText(words.cause(error) if error else "")
        self.next.setText(words.next_step(error) if error else "")
        self.code.setText(words("shell.code", code=error.code.value) if error else "")
        when = ""
        if line is not None and line.stopped:
            when = texts("stopped_for_good")
        elif line is not None:
            at = f"{format_time(line.next_at)}" if line.next_at else None
            when = texts("next_try", at=at) if at else texts("next_soon")
        self.when.setText(when)
        self.retry.setVisible(line is not None and line.stopped)
        for label in (self.cause, self.next, self.code, self.when):
            label.setVisible(bool(label.text()))

    def _choose(self, row: int) -> None:
        item = self.list.item(row)
        if item is not None:
            self._presenter.choose(item.data(_ID))

    def _recolour(self) -> None:
        self.push.setIcon(icons.icon("upload", self._context.theme.colours.text))
        self.render_state(self._presenter.state)

    def _build(self) -> None:
        head = QHBoxLayout()
        titles = QVBoxLayout()
        titles.setSpacing(0)
        titles.addWidget(self._texts.label("outbox", "large", wrap=True))
        titles.addWidget(self.count)
        head.addLayout(titles, 1)
        head.addWidget(self.push)
        self.body.addLayout(head)
        self.body.addWidget(self.verdict)
        self.body.addWidget(self.list)
        for widget in (self.cause, self.next, self.when):
            self.body.addWidget(widget)
        last = QWidget()
        flow = FlowLayout(tokens.GAP_SMALL, last)
        flow.addWidget(self.retry)
        flow.addWidget(self.code)
        self.body.addWidget(last)
        self._rest = QWidget()
        self.body.addWidget(self.empty, 1)
        self.body.addWidget(self._rest, 1)
