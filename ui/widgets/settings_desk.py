"""前台: this computer's name, the site, check-out and the longest stay, when the desk locks."""

from functools import partial

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from station.catalogue import LANGUAGES
from ui.context import Context
from ui.presenters.settings import SettingsPresenter, SettingsState
from ui.theme import tokens
from ui.widgets.panel import Panel
from ui.widgets.setting_fields import SettingFields
from ui.widgets.texts import Texts

WIDTH = 150 * tokens.GRID


class DeskTab(QWidget):
    """Two panels: the desk, and whether faces and fingerprints may be sent to locks."""

    def __init__(self, context: Context, texts: Texts, presenter: SettingsPresenter) -> None:
        super().__init__()
        self.fields = fields = SettingFields(context, texts, presenter, self)
        words = context.words
        panel = Panel(texts, "desk")
        panel.setMaximumWidth(WIDTH)
        languages = {
            language: partial(words, f"shell.language_{language}") for language in LANGUAGES
        }
        for field in (
            fields.line("desk.site"),
            fields.line("desk.id", hint="desk_id_hint"),
            fields.time("desk.checkout_time"),
            fields.number("desk.max_stay_days"),
            fields.number("desk.idle_lock_minutes"),
            fields.choice("desk.language", languages),
        ):
            panel.body.addWidget(field)
        biometric = Panel(texts, "biometric")
        biometric.setMaximumWidth(WIDTH)
        biometric.body.addWidget(texts.label("biometric_hint", "dim", wrap=True))
        for name in ("desk.faces", "desk.fingerprints"):
            biometric.body.addWidget(fields.flag(name))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, tokens.GAP, 0, 0)
        row.setSpacing(tokens.GAP)
        for part in (panel, biometric):
            column = QVBoxLayout()
            column.addWidget(part)
            column.addStretch(1)
            row.addLayout(column, 1)

    def render_state(self, state: SettingsState) -> None:
        """Show a state."""
        self.fields.render_state(state)
