"""前台: this computer's name, the site, check-out and the longest stay, when the desk locks."""

from functools import partial

from PySide6.QtWidgets import QVBoxLayout, QWidget

from station.catalogue import LANGUAGES
from ui.context import Context
from ui.presenters.settings import SettingsPresenter, SettingsState
from ui.theme import tokens
from ui.widgets.panel import Panel
from ui.widgets.setting_fields import SettingFields
from ui.widgets.texts import Texts

WIDTH = 150 * tokens.GRID


class DeskTab(QWidget):
    """One panel."""

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
        column = QVBoxLayout(self)
        column.setContentsMargins(0, tokens.GAP, 0, 0)
        column.addWidget(panel)
        column.addStretch(1)

    def render_state(self, state: SettingsState) -> None:
        """Show a state."""
        self.fields.render_state(state)
