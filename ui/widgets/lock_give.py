"""Passcode for a guest: which kind, until when, for whom; the end is filled in already."""

from datetime import datetime

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QVBoxLayout, QWidget

from station.domain.credential import CredentialKind
from station.domain.person import MAX_PERSON_NAME
from station.domain.stay import format_time
from ui.context import Context
from ui.presenters.lock_give import GiveState, LockGive, Typed
from ui.presenters.lock_state import RoomView, Wish
from ui.theme import icons, tokens
from ui.widgets.field import Field
from ui.widgets.texts import Texts, plain_label

MAX_TYPED = 32


class PasscodeForm(QWidget):
    """Works a `LockGive` for the room that is shown."""

    def __init__(self, context: Context, texts: Texts, give: LockGive) -> None:
        super().__init__()
        self._context, self._texts, self._give = context, texts, give
        self._view: RoomView | None = None
        self._room = self._mobile = ""
        self._given = 0
        self.kind = QComboBox()
        self.until, self.digits, self.guest = QLineEdit(), QLineEdit(), QLineEdit()
        self.fields = {
            "kind": Field(texts, "give_kind", self.kind),
            "until": Field(texts, "give_until", self.until),
            "passcode": Field(texts, "give_digits", self.digits),
            "guest": Field(texts, "give_guest", self.guest),
        }
        self.begin: QCheckBox = texts.check("give_begin")
        self.hint = plain_label("dim", wrap=True)
        self.problem = plain_label("warn", wrap=True)
        self.go = texts.button("give", "primary")
        self._build()
        self.kind.currentIndexChanged.connect(lambda _: self._render_kind())
        for editor in (self.until, self.digits, self.guest):
            editor.setMaxLength(4 * MAX_PERSON_NAME if editor is self.guest else MAX_TYPED)
            editor.returnPressed.connect(self.send)
        self.go.clicked.connect(self.send)
        give.changed.connect(self.render_give)
        context.theme.changed.connect(self._recolour)
        self._recolour()

    def show_room(self, view: RoomView) -> None:
        """The room that is looked at; another one begins with an empty form."""
        kinds = self._give.kinds(view)
        shown = [self.kind.itemData(place) for place in range(self.kind.count())]
        if shown != list(kinds):
            self.kind.clear()
            for kind in kinds:
                self.kind.addItem("", kind)
        self._retranslate()
        self._view = view
        if view.room.id != self._room:
            self._room = view.room.id
            self.clear()
        self.begin.setVisible(view.stay is None)
        self._render_kind()
        self.render_give(self._give.state)

    def clear(self) -> None:
        """Begin anew: the first kind, the stay's end or the next check-out, nobody."""
        self._mobile = ""
        self.kind.setCurrentIndex(0)
        for editor in (self.digits, self.guest):
            editor.clear()
        self.begin.setChecked(False)
        self._fill_end(self._view.checkout if self._view else None)

    def wish(self, wish: Wish) -> None:
        """Take over what somebody typed elsewhere: end, guest, and that the stay begins now."""
        if wish.until is not None:
            self._fill_end(wish.until)
        self.guest.setText(wish.guest.name)
        self._mobile = wish.guest.mobile
        self.begin.setChecked(wish.begin_stay)
        self.go.setFocus(Qt.FocusReason.OtherFocusReason)

    def send(self) -> None:
        """Give what was typed."""
        view, kind = self._view, self._kind()
        if view is None or kind is None or not self.go.isEnabled():
            return
        begin = self.begin.isChecked() and view.stay is None
        guest = self.guest.text()
        typed = Typed(
            kind,
            self.until.text(),
            guest,
            self._mobile if guest.strip() else "",
            self.digits.text() if kind is CredentialKind.ONLINE_PASSCODE else "",
            begin,
        )
        self._give.give(view, typed)
        self._focus_problem()

    def render_give(self, state: GiveState) -> None:
        """Problems at their fields; after something was given the form is empty again."""
        if state.given != self._given:
            self._given = state.given
            self.clear()
        words, problem = self._context.words, state.problem
        where = str(problem.context.get("field", "")) if problem else ""
        for name, field in self.fields.items():
            field.show_problem(problem if name == where else None, words)
        rest = problem if problem is not None and where not in self.fields else None
        self.problem.setText(words.sentence(rest) if rest else "")
        self.problem.setVisible(rest is not None)
        self.go.setEnabled(not state.working and self.kind.count() > 0)
        self.go.setText(self._texts("giving" if state.working else "give"))

    def _focus_problem(self) -> None:
        problem = self._give.state.problem
        field = self.fields.get(str(problem.context.get("field", ""))) if problem else None
        if field is not None:
            field.editor.setFocus()

    def _render_kind(self) -> None:
        kind = self._kind()
        self.fields["until"].setVisible(kind is not CredentialKind.KEXIN_TEMPORARY)
        self.fields["passcode"].setVisible(kind is CredentialKind.ONLINE_PASSCODE)
        key = f"hint_{kind.value}" if kind is not None else "hint_none"
        self.hint.setText(self._texts(key))

    def _retranslate(self) -> None:
        for place in range(self.kind.count()):
            kind = str(self.kind.itemData(place))
            self.kind.setItemText(place, self._texts(f"kind_{kind}"))

    def _kind(self) -> CredentialKind | None:
        data = self.kind.currentData()
        return CredentialKind(data) if data else None

    def _fill_end(self, end: datetime | None) -> None:
        self.until.setText(format_time(end)[:16] if end else "")

    def _recolour(self) -> None:
        colours = self._context.theme.colours
        icon = icons.icon("key-round", colours.accent_text, colours.text_dim)
        self.go.setIcon(icon)

    def _build(self) -> None:
        texts = self._texts
        texts.say("give_digits_hint", self.digits.setPlaceholderText)
        texts.say("give_guest_hint", self.guest.setPlaceholderText)
        self.go.setProperty("tall", "big")
        self.problem.setMargin(tokens.GRID)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, tokens.GAP_SMALL, 0, 0)
        column.setSpacing(tokens.GAP_SMALL)
        column.addWidget(self.fields["kind"])
        column.addWidget(self.hint)
        for name in ("until", "passcode", "guest"):
            column.addWidget(self.fields[name])
        for widget in (self.begin, self.problem, self.go):
            column.addWidget(widget)
        column.addStretch(1)
