"""Faces and fingerprints: a file, until when, and the guest's consent; nothing is stored."""

from pathlib import Path

from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QLineEdit,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from station.domain.credential import CredentialKind
from station.domain.person import MAX_PERSON_NAME
from station.domain.stay import format_time
from ui.context import Context
from ui.presenters.lock_give import GiveState, LockGive, Typed
from ui.presenters.lock_state import RoomView
from ui.theme import icons, tokens
from ui.widgets.field import Field
from ui.widgets.lock_picture import FilePick
from ui.widgets.texts import Texts, plain_label

_ICONS = {
    CredentialKind.FACE: "scan-face",
    CredentialKind.FINGERPRINT: "fingerprint-pattern",
}
MAX_TYPED = 32


class BiometricForm(QWidget):
    """Works a `LockGive` of its own for the room that is shown."""

    def __init__(self, context: Context, texts: Texts, give: LockGive) -> None:
        super().__init__()
        self._context, self._texts, self._give = context, texts, give
        self._view: RoomView | None = None
        self._given = 0
        site = context.desk.site
        allowed = {CredentialKind.FACE: site.faces, CredentialKind.FINGERPRINT: site.fingerprints}
        self.kinds = {kind: QRadioButton() for kind, on in allowed.items() if on}
        self._group = QButtonGroup(self)
        for kind, button in self.kinds.items():
            texts.on(button, f"kind_{kind.value}")
            self._group.addButton(button)
            button.toggled.connect(lambda on: self._other_kind() if on else None)
        self.file = FilePick(context, texts)
        self.until, self.guest = QLineEdit(), QLineEdit()
        self.fields = {
            "until": Field(texts, "give_until", self.until),
            "guest": Field(texts, "give_guest", self.guest),
        }
        self.agreed = texts.check("agreed")
        self.note = texts.label("nothing_kept", "small", wrap=True)
        self.problem = plain_label("warn", wrap=True)
        self.go = texts.button("send", "primary")
        self._build()
        self.file.picked.connect(lambda path: give.load(self.kind, Path(path)))
        self.go.clicked.connect(self.send)
        for editor in (self.until, self.guest):
            editor.setMaxLength(4 * MAX_PERSON_NAME if editor is self.guest else MAX_TYPED)
        self.agreed.toggled.connect(lambda _: self.render_give(give.state))
        give.changed.connect(self.render_give)
        context.theme.changed.connect(self._recolour)
        self._recolour()

    @property
    def kind(self) -> CredentialKind:
        """Which of the two."""
        return next((kind for kind, one in self.kinds.items() if one.isChecked()), _FIRST)

    def show_room(self, view: RoomView) -> None:
        """The room that is looked at; another one begins with an empty form."""
        other = self._view is None or self._view.room.id != view.room.id
        self._view = view
        if other:
            self.clear()
        self.render_give(self._give.state)

    def clear(self) -> None:
        """Begin anew."""
        self._give.drop()
        self.guest.clear()
        self.agreed.setChecked(False)
        end = self._view.checkout if self._view else None
        self.until.setText(format_time(end)[:16] if end else "")

    def send(self) -> None:
        """Send what was chosen."""
        if self._view is not None and self.go.isEnabled():
            typed = Typed(
                self.kind, self.until.text(), self.guest.text(), agreed=self.agreed.isChecked()
            )
            self._give.give(self._view, typed)

    def render_give(self, state: GiveState) -> None:
        """Show a state."""
        if state.given != self._given:
            self._given = state.given
            self.clear()
        words, texts, problem = self._context.words, self._texts, state.problem
        self.file.filter = f"{texts(f'files_{self.kind.value}')} ({_FILTERS[self.kind]})"
        self.file.show_file(self._about(state), _ICONS[self.kind], self._give.thumbnail)
        where = str(problem.context.get("field", "")) if problem else ""
        for name, field in self.fields.items():
            field.show_problem(problem if name == where else None, words)
        rest = problem if problem is not None and where not in self.fields else None
        self.problem.setText(words.sentence(rest) if rest else "")
        self.problem.setVisible(rest is not None)
        ready = state.chosen is not None and self.agreed.isChecked()
        self.go.setEnabled(ready and not state.working)
        self.go.setText(texts("giving" if state.working else "send"))
        self.file.button.setEnabled(not state.working)

    def _about(self, state: GiveState) -> str:
        texts, chosen = self._texts, state.chosen
        if chosen is None:
            return texts(f"drop_{self.kind.value}")
        if chosen.picture is None:
            return texts("template_size", bytes=chosen.size)
        return texts(
            "picture_size",
            width=chosen.picture.width,
            height=chosen.picture.height,
            kb=max(chosen.size // 1024, 1),
        )

    def _other_kind(self) -> None:
        self._give.drop()
        self.render_give(self._give.state)

    def _recolour(self) -> None:
        colours = self._context.theme.colours
        self.go.setIcon(icons.icon("upload", colours.accent_text, colours.text_dim))

    def _build(self) -> None:
        self._texts.say("give_guest_hint", self.guest.setPlaceholderText)
        self.go.setProperty("tall", "big")
        self.problem.setMargin(tokens.GRID)
        row = QHBoxLayout()
        row.setSpacing(tokens.GAP_LARGE)
        for button in self.kinds.values():
            row.addWidget(button)
        row.addStretch(1)
        next(iter(self.kinds.values())).setChecked(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, tokens.GAP_SMALL, 0, 0)
        column.setSpacing(tokens.GAP_SMALL)
        column.addLayout(row)
        for widget in (
            self.file,
            self.fields["until"],
            self.fields["guest"],
            self.agreed,
            self.problem,
            self.go,
            self.note,
        ):
            column.addWidget(widget)
        column.addStretch(1)


_FIRST = CredentialKind.FACE
_FILTERS = {
    CredentialKind.FACE: "*.jpg *.jpeg *.png",
    CredentialKind.FINGERPRINT: "*.hex *.txt *.bin",
}
