"""外观: language, look and sound of this window, and one's own PIN."""

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QHBoxLayout, QRadioButton, QVBoxLayout, QWidget

from station.catalogue import LANGUAGES
from ui.context import Context
from ui.presenters.operators import OperatorsPresenter, OperatorsState
from ui.sounds import sounds
from ui.theme import tokens
from ui.theme.tokens import Look
from ui.widgets.panel import Panel
from ui.widgets.pin_form import PinForm
from ui.widgets.texts import Texts
from ui.widgets.verdict import Verdict


class LookTab(QWidget):
    """For everybody: it changes this window alone, at once."""

    def __init__(self, context: Context, texts: Texts, presenter: OperatorsPresenter) -> None:
        super().__init__()
        self._context, self._texts, self._presenter = context, texts, presenter
        self._done = presenter.state.done
        self.languages = {language: QRadioButton() for language in LANGUAGES}
        self.looks = {look: QRadioButton() for look in Look}
        self.sound = texts.check("sound")
        self.pin = PinForm(texts, old=True)
        self.change = texts.button("change_pin")
        self.verdict = Verdict(context)
        self._build()
        self._connect()
        self.retranslate()

    def render_state(self, state: OperatorsState) -> None:
        """Show what became of a new PIN."""
        if state.done != self._done:
            self._done = state.done
            self.pin.clear()
        self.pin.render_state(state, self._context.words, mine=True)
        self.change.setEnabled(not state.working)
        self.verdict.show_said(state.said)

    def retranslate(self) -> None:
        """Say it in the language of the moment, and show what is chosen."""
        words, theme = self._context.words, self._context.theme
        for language, button in self.languages.items():
            button.setText(words(f"shell.language_{language}"))
            button.setAccessibleName(button.text())
            with QSignalBlocker(button):
                button.setChecked(language == words.language)
        for look, button in self.looks.items():
            button.setText(words(f"shell.look_{look.value}"))
            button.setAccessibleName(button.text())
            with QSignalBlocker(button):
                button.setChecked(look is theme.look)
        with QSignalBlocker(self.sound):
            self.sound.setChecked(sounds().on)

    def _change(self) -> None:
        form = self.pin
        self._presenter.change_own(form.old.text(), form.pin.text(), form.again.text())

    def _connect(self) -> None:
        context = self._context
        for language, button in self.languages.items():
            button.clicked.connect(lambda _=False, wanted=language: context.words.switch(wanted))
        for look, button in self.looks.items():
            button.clicked.connect(lambda _=False, wanted=look: context.theme.choose(wanted))
        self.sound.toggled.connect(sounds().switch)
        sounds().changed.connect(self.retranslate)
        self.change.clicked.connect(self._change)
        self.pin.again.returnPressed.connect(self.change.click)
        self._presenter.changed.connect(self.render_state)
        context.words.changed.connect(self.retranslate)
        context.theme.changed.connect(self.retranslate)

    def _build(self) -> None:
        texts = self._texts
        row = QHBoxLayout()
        row.setSpacing(tokens.GAP)
        language, look, own = (
            Panel(texts, "language"),
            Panel(texts, "look"),
            Panel(texts, "own_pin"),
        )
        for one in self.languages.values():
            language.body.addWidget(one)
        for one in self.looks.values():
            look.body.addWidget(one)
        sound = Panel(texts, "sounds")
        sound.body.addWidget(self.sound)
        for widget in (self.pin, self.change, self.verdict):
            own.body.addWidget(widget)
        for panels in ((language, sound), (look,), (own,)):
            column = QVBoxLayout()
            column.setSpacing(tokens.GAP)
            for panel in panels:
                column.addWidget(panel)
            column.addStretch(1)
            row.addLayout(column, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, tokens.GAP, 0, 0)
        whole.addLayout(row)
        whole.addStretch(1)
