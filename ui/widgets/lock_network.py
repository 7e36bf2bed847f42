"""Networked locks (可信): open with a password, open by a face, set the clock in two steps."""

from pathlib import Path

from PySide6.QtWidgets import QComboBox, QLineEdit, QVBoxLayout, QWidget

from station.domain.credential import CredentialKind
from station.domain.operator import PERMISSIONS, Permission
from station.domain.person import MAX_PERSON_NAME
from station.domain.stay import format_time
from station.workflows.network_locks import Face
from ui.context import Context
from ui.presenters.lock_clock import ClockState, LockClock
from ui.presenters.lock_give import GiveState, LockGive
from ui.presenters.lock_open import LockOpen, OpenState
from ui.presenters.lock_state import RoomView
from ui.theme import icons, tokens
from ui.widgets.field import Field
from ui.widgets.flow_layout import FlowLayout
from ui.widgets.lock_picture import FilePick
from ui.widgets.lock_reason import ReasonField
from ui.widgets.one_of import OneOf
from ui.widgets.texts import Texts, plain_label

MAX_TYPED = 32


class _Opening(QWidget):
    """What a password's and a face's opening share: a reason, what is wrong, a button."""

    def __init__(self, context: Context, texts: Texts, work: LockOpen, by: str) -> None:
        super().__init__()
        self._context, self._texts, self._work, self._by = context, texts, work, by
        self._view: RoomView | None = None
        self._opened = 0
        self.reason = ReasonField(context, texts)
        self.problem = plain_label("warn", wrap=True)
        self.problem.setMargin(tokens.GRID)
        self.go = texts.button("open", "danger")
        self.go.setProperty("tall", "big")
        self.go.clicked.connect(self.send)
        self.reason.entered.connect(self.send)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(tokens.GAP_SMALL)
        work.changed.connect(self.render_open)
        context.theme.changed.connect(self.recolour)
        self.recolour()

    def end(self) -> None:
        """What comes below the fields."""
        for widget in (self.reason, self.problem, self.go):
            self.column.addWidget(widget)
        self.column.addStretch(1)

    def show_room(self, view: RoomView) -> None:
        if self._view is not None and self._view.room.id != view.room.id:
            self.clear()
        self._view = view
        self.render_open(self._work.state)

    def render_open(self, state: OpenState) -> None:
        if state.opened != self._opened:
            self._opened = state.opened
            self.clear()
        mine = state.problem if state.by == self._by else None
        about_reason = mine is not None and mine.context.get("field") == "reason"
        self.reason.show_reasons(state.reasons)
        self.reason.show_problem(mine if about_reason else None)
        rest = mine if mine is not None and not about_reason else None
        self.problem.setText(self._context.words.sentence(rest) if rest else "")
        self.problem.setVisible(rest is not None)
        room = self._view.room.name if self._view else ""
        busy = state.working and state.by == self._by
        self.go.setText(self._texts("opening") if busy else self._texts("open_room", room=room))
        self.go.setAccessibleName(self.go.text())
        self.go.setEnabled(not state.working and self.ready)

    @property
    def ready(self) -> bool:
        return True

    def clear(self) -> None:
        self.reason.editor.clear()

    def send(self) -> None:
        raise NotImplementedError

    def recolour(self) -> None:
        colours = self._context.theme.colours
        self.go.setIcon(icons.icon("door-open", colours.bad, colours.text_dim))


class ByPassword(_Opening):
    """Open with a password that the lock accepts."""

    def __init__(self, context: Context, texts: Texts, work: LockOpen) -> None:
        super().__init__(context, texts, work, "password")
        self.digits = QLineEdit()
        self.digits.setEchoMode(QLineEdit.EchoMode.Password)
        self.digits.setMaxLength(MAX_TYPED)
        self.column.addWidget(texts.label("by_password_about", "dim", wrap=True))
        self.column.addWidget(Field(texts, "by_password_digits", self.digits))
        self.end()
        self.render_open(work.state)

    def clear(self) -> None:
        super().clear()
        self.digits.clear()

    def send(self) -> None:
        if self._view is not None and self.go.isEnabled():
            room, digits = self._view.room, self.digits.text()
            self._work.open_with_password(room, digits, self.reason.text)


class ByFace(_Opening):
    """Open once the cloud has compared a face with a person; kept nowhere."""

    def __init__(self, context: Context, texts: Texts, work: LockOpen, give: LockGive) -> None:
        self.agreed = texts.check("agreed")
        self._give = give
        super().__init__(context, texts, work, "face")
        self.who, self.number = QLineEdit(), QLineEdit()
        self.who.setMaxLength(4 * MAX_PERSON_NAME)
        self.number.setMaxLength(MAX_TYPED)
        self.file = FilePick(context, texts)
        self.column.addWidget(texts.label("by_face_about", "dim", wrap=True))
        for widget in (
            Field(texts, "by_face_name", self.who),
            Field(texts, "by_face_number", self.number),
            self.file,
            self.agreed,
        ):
            self.column.addWidget(widget)
        self.end()
        self.file.picked.connect(lambda path: give.load(CredentialKind.FACE, Path(path)))
        self.agreed.toggled.connect(lambda _: self.render_open(work.state))
        give.changed.connect(self._render_give)
        context.words.changed.connect(self._reword)
        self._render_give(give.state)

    @property
    def ready(self) -> bool:
        return self._give.state.chosen is not None and self.agreed.isChecked()

    def clear(self) -> None:
        super().clear()
        self._give.drop()
        self.who.clear()
        self.number.clear()
        self.agreed.setChecked(False)

    def send(self) -> None:
        if self._view is not None and self.go.isEnabled():
            face = Face(self.who.text(), self.number.text(), self._give.loaded)
            agreed = self.agreed.isChecked()
            self._work.open_by_face(self._view.room, face, self.reason.text, agreed=agreed)

    def _reword(self) -> None:
        self._render_give(self._give.state)

    def _render_give(self, state: GiveState) -> None:
        texts, words = self._texts, self._context.words
        about = texts("drop_face")
        if state.problem is not None:
            about = words.sentence(state.problem)
        elif state.chosen is not None and state.chosen.picture is not None:
            picture = state.chosen.picture
            size = max(state.chosen.size // 1024, 1)
            about = texts("picture_size", width=picture.width, height=picture.height, kb=size)
        self.file.filter = f"{texts('files_face')} (*.jpg *.jpeg *.png)"
        self.file.show_file(about, "scan-face", self._give.thumbnail)
        self.render_open(self._work.state)


class SetClock(QWidget):
    """Two steps: the keys, then whether it worked."""

    def __init__(self, context: Context, texts: Texts, clock: LockClock) -> None:
        super().__init__()
        self._context, self._texts, self._clock = context, texts, clock
        self._view: RoomView | None = None
        self.about = texts.label("clock_about", "dim", wrap=True)
        self.begin = texts.button("clock_begin", "primary")
        self.keys, self.what = plain_label("room", wrap=True), plain_label("large", wrap=True)
        self.yes, self.no = texts.button("clock_yes", "primary"), texts.button("clock_no")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(tokens.GAP_SMALL)
        for widget in (self.about, self.begin, self.what, self.keys):
            column.addWidget(widget)
        self._answer = QWidget()
        flow = FlowLayout(tokens.GAP_SMALL, self._answer)
        flow.addWidget(self.yes)
        flow.addWidget(self.no)
        column.addWidget(self._answer)
        column.addStretch(1)
        self.begin.clicked.connect(self._begin)
        self.yes.clicked.connect(lambda: clock.report(ok=True))
        self.no.clicked.connect(lambda: clock.report(ok=False))
        clock.changed.connect(self.render_clock)
        context.words.changed.connect(self._reword)
        self.render_clock(clock.state)

    def show_room(self, view: RoomView) -> None:
        begun = self._clock.state.begun
        if begun is not None and begun.room.id != view.room.id:
            self._clock.drop()
        self._view = view

    def _reword(self) -> None:
        self.render_clock(self._clock.state)

    def render_clock(self, state: ClockState) -> None:
        """Show a state."""
        begun = state.begun
        self.begin.setVisible(begun is None)
        self.begin.setEnabled(not state.working)
        for widget in (self.keys, self.what, self._answer):
            widget.setVisible(begun is not None)
        for button in (self.yes, self.no):
            button.setEnabled(not state.working)
        if begun is None:
            self.keys.setText("")
            return
        until = format_time(begun.until)[11:16]
        self.what.setText(self._texts("clock_keys", room=begun.room.name, until=until))
        self.keys.setText(f"{begun.keys.key1}  {begun.keys.key2}")

    def _begin(self) -> None:
        if self._view is not None:
            self._clock.begin(self._view.room)


class NetworkPane(QWidget):
    """One of the three at a time, as far as the role may."""

    def __init__(
        self, context: Context, texts: Texts, opening: LockOpen, give: LockGive, clock: LockClock
    ) -> None:
        super().__init__()
        self._texts = texts
        allowed = PERMISSIONS[context.session.need().role]
        self.what = QComboBox()
        texts.name(self.what, "network_what")
        self.panes: dict[str, ByPassword | ByFace | SetClock] = {}
        if Permission.OPEN_DOOR in allowed:
            self.panes["by_password"] = ByPassword(context, texts, opening)
            if Permission.BIOMETRICS in allowed and context.desk.site.faces:
                self.panes["by_face"] = ByFace(context, texts, opening, give)
        if Permission.LOCKS in allowed:
            self.panes["clock"] = SetClock(context, texts, clock)
        self._one = OneOf()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, tokens.GAP_SMALL, 0, 0)
        column.setSpacing(tokens.GAP)
        column.addWidget(self.what)
        for key, pane in self.panes.items():
            self.what.addItem(texts(key), key)
            self._one.add(pane)
        column.addWidget(self._one, 1)
        self.what.currentIndexChanged.connect(lambda _: self._turn())
        context.words.changed.connect(self._retranslate)
        self._turn()

    def show_room(self, view: RoomView) -> None:
        """The room that is looked at."""
        for pane in self.panes.values():
            pane.show_room(view)

    def clear(self) -> None:
        """Nothing typed or chosen stays."""
        for pane in self.panes.values():
            if isinstance(pane, _Opening):
                pane.clear()

    def _turn(self) -> None:
        pane = self.panes.get(str(self.what.currentData()))
        if pane is not None:
            self._one.show_pane(pane)

    def _retranslate(self) -> None:
        for place in range(self.what.count()):
            self.what.setItemText(place, self._texts(str(self.what.itemData(place))))
