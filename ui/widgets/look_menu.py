"""The small menu at the foot of the navigation: language, look, sound, list of keys."""

from collections.abc import Callable

from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from station.catalogue import LANGUAGES
from ui.messages import Words
from ui.sounds import Sounds
from ui.theme.style import Theme
from ui.theme.tokens import Look


def look_menu(
    words: Words, theme: Theme, sounds: Sounds, help_wanted: Callable[[], None], parent: QWidget
) -> QMenu:
    """A menu in the language of the moment; made anew each time it is opened."""
    menu = QMenu(parent)
    menu.setAccessibleName(words("shell.menu_hint"))
    menu.addAction(words("shell.menu_language")).setEnabled(False)
    languages = QActionGroup(menu)
    for language in LANGUAGES:
        action = _choice(languages, words(f"shell.language_{language}"))
        action.setChecked(language == words.language)
        action.triggered.connect(lambda _=False, wanted=language: words.switch(wanted))
    menu.addActions(languages.actions())
    menu.addSeparator()
    menu.addAction(words("shell.menu_look")).setEnabled(False)
    looks = QActionGroup(menu)
    for look in Look:
        action = _choice(looks, words(f"shell.look_{look.value}"))
        action.setChecked(look is theme.look)
        action.triggered.connect(lambda _=False, wanted=look: theme.choose(wanted))
    menu.addActions(looks.actions())
    menu.addSeparator()
    # Made here and not by `addAction(text)`: PySide never frees an action that Qt made and that
    # something was connected to.
    sound = QAction(words("shell.menu_sound"), menu)
    sound.setCheckable(True)
    sound.setChecked(sounds.on)
    sound.toggled.connect(sounds.switch)
    keys = QAction(words("shell.menu_help"), menu)
    keys.triggered.connect(lambda _=False: help_wanted())
    menu.addActions([sound, keys])
    return menu


def _choice(group: QActionGroup, text: str) -> QAction:
    action = QAction(text, group)
    action.setCheckable(True)
    return action
