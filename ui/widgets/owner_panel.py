"""The owner's check: a code to the masked number, its countdown, and the owner once it fitted."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QLineEdit, QWidget

from station.domain.owner import Owner
from ui.context import Context
from ui.presenters.owner_check import Check, OwnerPresenter, OwnerState
from ui.theme import icons, tokens
from ui.widgets.error_panel import ErrorPanel, announce
from ui.widgets.facts import Facts
from ui.widgets.field import Field
from ui.widgets.flow_layout import FlowLayout
from ui.widgets.house_words import minutes, value
from ui.widgets.panel import Panel
from ui.widgets.texts import Texts, plain_label

MAX_CODE = 8
FACTS = ("owner_mobile", "owner_role", "owner_use", "owner_nature", "owner_status")
_OUT = frozenset({Check.SENT, Check.TRYING})


class OwnerPanel(Panel):
    """Shows an `OwnerPresenter`. `bind_wanted`: a card for the owner, who is proved."""

    bind_wanted = Signal()

    def __init__(self, context: Context, texts: Texts, presenter: OwnerPresenter) -> None:
        super().__init__(texts, "owner")
        self._context, self._texts, self._presenter = context, texts, presenter
        self._announced = Check.NONE
        self.about = plain_label("dim", wrap=True)
        self.code = QLineEdit()
        self.code.setMaxLength(MAX_CODE)
        self.code.setInputMethodHints(Qt.InputMethodHint.ImhDigitsOnly)
        self.field = Field(texts, "code", self.code)
        self.life, self.tries = plain_label("small", wrap=True), plain_label("warn", wrap=True)
        self.try_it = texts.button("try_code", "primary")
        self.send = texts.button("send_code", "primary")
        self.again = texts.button("show_again", "primary")
        self.facts = Facts(texts, FACTS)
        self.bind, self.hide_now = texts.button("bind_owner", "primary"), texts.button("hide_owner")
        self.error = ErrorPanel(context.words)
        self._build()
        self.code.returnPressed.connect(self._try)
        self.try_it.clicked.connect(self._try)
        self.send.clicked.connect(presenter.send)
        self.again.clicked.connect(presenter.show_again)
        self.hide_now.clicked.connect(presenter.forget)
        self.bind.clicked.connect(self.bind_wanted)
        presenter.changed.connect(self.render_state)
        context.words.changed.connect(self.retranslate)
        context.theme.changed.connect(self._recolour)
        self._recolour()
        self.render_state(presenter.state)

    def retranslate(self) -> None:
        """Say it in the language of the moment."""
        self.render_state(self._presenter.state)

    def focus_first(self) -> None:
        """The keyboard where the next step is."""
        check = self._presenter.state.check
        where: QWidget = self.send
        if check in _OUT:
            where = self.code
        elif check is Check.PROVED:
            where = self.bind
        elif check is Check.HIDDEN:
            where = self.again
        where.setFocus(Qt.FocusReason.OtherFocusReason)

    def render_state(self, state: OwnerState) -> None:
        """Show a state."""
        check, texts = state.check, self._texts
        out = check in _OUT
        self.field.setVisible(out)
        self.try_it.setVisible(out)
        self.try_it.setEnabled(check is Check.SENT)
        self.try_it.setText(texts("trying" if check is Check.TRYING else "try_code"))
        self.code.setReadOnly(check is Check.TRYING)
        if not out and self.code.text():
            self.code.clear()
        self._render_send(state)
        self.again.setVisible(check is Check.HIDDEN)
        self.about.setText(self._about(state))
        shown = out or check in {Check.PROVED, Check.HIDDEN}
        life = "code_life" if out else "proof_life"
        self.life.setText(texts(life, left=minutes(state.left_s)) if shown else "")
        self.life.setVisible(shown)
        used = out and state.tries_left < _all_tries()
        self.tries.setText(texts("tries_left", count=state.tries_left) if used else "")
        self.tries.setVisible(used)
        self.error.show_error(state.problem)
        self._render_owner(state.owner)
        self._tell(state)

    def _render_send(self, state: OwnerState) -> None:
        check, texts = state.check, self._texts
        self.send.setVisible(check not in {Check.PROVED, Check.HIDDEN} and not state.nobody)
        waits = state.resend_s if check in {*_OUT, Check.ENDED} else 0
        busy = check in {Check.SENDING, Check.TRYING}
        self.send.setEnabled(not busy and not waits)
        if check is Check.SENDING:
            text = texts("sending")
        elif waits:
            text = texts("resend_in", count=waits)
        else:
            key = "send_code" if check is Check.NONE else "resend"
            text = texts(key, mobile=state.masked or None)
        self.send.setText(text)
        self.send.setAccessibleName(text)
        role = "" if check in _OUT else "primary"
        if (self.send.property("role") or "") != role:
            self.send.setProperty("role", role)
            self.send.style().unpolish(self.send)
            self.send.style().polish(self.send)
            self._recolour()

    def _render_owner(self, owner: Owner | None) -> None:
        there = owner is not None
        for widget in (self.facts, self.bind, self.hide_now):
            widget.setVisible(there)
        if owner is None:
            self.facts.show_facts({})
            return
        texts = self._texts
        self.facts.show_facts(
            {
                "owner_mobile": owner.mobile,
                "owner_role": value(texts, "role", owner.role) if owner.role else "",
                "owner_use": value(texts, "use", owner.use) if owner.use else "",
                "owner_nature": value(texts, "nature", owner.nature) if owner.nature else "",
                "owner_status": value(texts, "status", owner.status) if owner.status else "",
            }
        )

    def _about(self, state: OwnerState) -> str:
        match state.check:
            case Check.SENT | Check.TRYING:
                return self._texts("code_sent", mobile=state.masked)
            case Check.ENDED:
                return self._texts("code_ended")
            case Check.PROVED:
                return self._texts("proved")
            case Check.HIDDEN:
                return self._texts("proved_hidden", mobile=state.masked)
            case _ if state.nobody:
                return self._texts("no_owner")
            case _:
                mobile = state.masked or None
                return self._texts("owner_hint", mobile=mobile)

    def _tell(self, state: OwnerState) -> None:
        """What happened is heard too; the keyboard goes where the code is typed."""
        if state.check is self._announced:
            return
        before, self._announced = self._announced, state.check
        if state.check is Check.SENT and before is Check.SENDING:
            self.code.setFocus(Qt.FocusReason.OtherFocusReason)
        elif state.check is Check.SENT and before is Check.TRYING:
            self.code.setFocus(Qt.FocusReason.OtherFocusReason)
            self.code.selectAll()
        elif state.check is Check.PROVED:
            self.bind.setFocus(Qt.FocusReason.OtherFocusReason)
        announce(self, self.about.text())

    def _try(self) -> None:
        if self.try_it.isEnabled():
            self._presenter.try_code(self.code.text())

    def _recolour(self) -> None:
        colours = self._context.theme.colours
        primary = self.send.property("role") == "primary"
        ink = colours.accent_text if primary else colours.text
        self.send.setIcon(icons.icon("shield-check", ink, colours.text_dim))
        self.bind.setIcon(icons.icon("credit-card", colours.accent_text, colours.text_dim))
        self.again.setIcon(icons.icon("eye", colours.accent_text, colours.text_dim))
        self.hide_now.setIcon(icons.icon("eye-off", colours.text))

    def _build(self) -> None:
        font = QFont(self.code.font())
        font.setPointSizeF(tokens.TEXT_LARGE_PT)
        font.setLetterSpacing(QFont.SpacingType.AbsoluteSpacing, tokens.GRID)
        self.code.setFont(font)
        self.tries.setMargin(tokens.GRID)
        buttons = QWidget()
        flow = FlowLayout(tokens.GAP_SMALL, buttons)
        for button in (self.try_it, self.send, self.bind, self.again, self.hide_now):
            flow.addWidget(button)
        for widget in (self.about, self.field, self.tries, self.facts, self.life):
            self.body.addWidget(widget)
        self.body.addWidget(self.error)
        self.body.addWidget(buttons)
        self.body.addStretch(1)


def _all_tries() -> int:
    return OwnerState().tries_left
