"""服务: the vendors' systems, each with its fields, its secret and a live test."""

from functools import partial

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QProgressBar, QVBoxLayout, QWidget

from ui.context import Context
from ui.presenters.settings import SECRETS, SettingsPresenter, SettingsState
from ui.theme import icons, tokens
from ui.widgets.field import Field
from ui.widgets.flow_layout import FlowLayout
from ui.widgets.panel import Panel
from ui.widgets.setting_fields import MAX_TYPED, SettingFields
from ui.widgets.texts import Texts
from ui.widgets.verdict import Verdict


class ServicesTab(QWidget):
    """Panels in two columns."""

    def __init__(self, context: Context, texts: Texts, presenter: SettingsPresenter) -> None:
        super().__init__()
        self.fields = SettingFields(context, texts, presenter, self)
        self.door_lock = _Service(context, texts, presenter, "door_lock")
        self.shankai = _Service(context, texts, presenter, "shankai")
        self.kexin = _Service(context, texts, presenter, "kexin")
        self.houses = _Service(context, texts, presenter, "property")
        fields = self.fields
        bodies = ("auto", "form", "json")
        self.door_lock.fill(
            fields.line("door_lock.url"),
            fields.line("door_lock.appid"),
            fields.choice(
                "door_lock.body", {body: partial(texts, f"body_{body}") for body in bodies}
            ),
        )
        forms = ("hex", "decimal")
        self.shankai.fill(
            fields.line("shankai.url"),
            fields.line("shankai.app_id"),
            fields.line("shankai.org_id", hint="org_id_hint"),
            fields.choice(
                "shankai.card_no_reply",
                {form: partial(texts, f"reply_{form}") for form in forms},
            ),
            fields.line("shankai.ca_file", hint="ca_file_hint"),
        )
        self.kexin.fill(
            fields.line("kexin.url"),
            fields.line("kexin.app_id"),
            fields.line("kexin.signer", hint="signer_hint"),
        )
        self.houses.fill(
            fields.line("property.url"),
            fields.line("property.community_id", hint="community_id_hint"),
            fields.line("property.ca_file", hint="ca_file_hint"),
        )
        row = QHBoxLayout(self)
        row.setContentsMargins(0, tokens.GAP, 0, 0)
        row.setSpacing(tokens.GAP)
        for panels in ((self.door_lock, self.kexin), (self.shankai, self.houses)):
            column = QVBoxLayout()
            column.setSpacing(tokens.GAP)
            for panel in panels:
                column.addWidget(panel)
            column.addStretch(1)
            row.addLayout(column, 1)

    def render_state(self, state: SettingsState) -> None:
        """Show a state."""
        self.fields.render_state(state)
        for panel in (self.door_lock, self.kexin, self.shankai, self.houses):
            panel.render_state(state)


class _Service(Panel):
    def __init__(
        self, context: Context, texts: Texts, presenter: SettingsPresenter, section: str
    ) -> None:
        super().__init__(texts, section)
        self._context, self._texts, self._section = context, texts, section
        self.there = texts.check(f"{section}_there")
        self.secret = QLineEdit()
        self.secret.setEchoMode(QLineEdit.EchoMode.Password)
        self.secret.setMaxLength(10 * MAX_TYPED)
        texts.say("secret_keep", self.secret.setPlaceholderText)
        self._secret_field: Field | None = None
        if section in SECRETS:
            self._secret_field = Field(texts, f"{section}_secret", self.secret)
        self.test = texts.button("test")
        self.testing = QProgressBar()
        self.testing.setRange(0, 0)
        self.testing.setTextVisible(False)
        self.testing.setFixedWidth(tokens.NAV_WIDTH)
        texts.name(self.testing, "testing")
        self.verdict = Verdict(context)
        self.there.toggled.connect(lambda on: presenter.switch(section, on))
        self.secret.textEdited.connect(lambda text: presenter.secret(section, text))
        self.test.clicked.connect(lambda: presenter.test(section))
        context.theme.changed.connect(self._recolour)
        self._recolour()

    def fill(self, *fields: Field) -> None:
        """The fields between the test and the secret."""
        first = QWidget()
        flow = FlowLayout(tokens.GAP, first)
        for control in (self.there, self.test, self.testing):
            flow.addWidget(control)
        secret = (self._secret_field,) if self._secret_field is not None else ()
        for widget in (first, self.verdict, *fields, *secret):
            self.body.addWidget(widget)

    def render_state(self, state: SettingsState) -> None:
        section = self._section
        there, busy = section in state.parts, section in state.testing
        with QSignalBlocker(self.there):
            self.there.setChecked(there)
        self.there.setEnabled(state.may)
        self.secret.setEnabled(state.may and there)
        if not state.dirty and not state.saving:
            self.secret.clear()
        wrong = any(name.startswith(f"{section}.") for name in state.problems)
        self.test.setEnabled(state.may and there and not busy and not wrong)
        self.test.setText(self._texts("testing" if busy else "test"))
        self.testing.setVisible(busy)
        self.verdict.show_said(state.tests.get(section))

    def _recolour(self) -> None:
        colours = self._context.theme.colours
        self.test.setIcon(icons.icon("plug", colours.text, colours.line_strong))
