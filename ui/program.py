"""The program behind the log-in page: opens the desk, locks it, ends in order.

Made after the first paint, since it imports what the first paint must not wait for.
"""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QObject, QTimer
from PySide6.QtWidgets import QApplication, QDialog

from station import logs
from station.domain.operator import Operator
from station.home import Home
from station.ports import ReaderState, ReaderView
from ui import warming
from ui.chores import Chores
from ui.collector import Collector
from ui.context import Bridge, Context, Session
from ui.crash import CrashWatch
from ui.idle import IdleWatch
from ui.lanes import Lanes
from ui.main_window import MainWindow
from ui.memory import Memory
from ui.messages import Words
from ui.opening import Opener, Opening, make_ready, open_desk
from ui.presenters.login import LoginPresenter
from ui.signals import on_request_to_end
from ui.single import Single
from ui.sounds import sounds
from ui.theme.style import Theme
from ui.top_window import TopWindow
from ui.widgets.crash_dialog import CrashDialog
from ui.widgets.message_bar import Tone

LOOK_AGAIN_MS = 50
MINUTE_MS = 60_000


@dataclass(frozen=True, slots=True)
class Parts:
    """What was made before the first paint, and what the demo brings along."""

    home: Home
    words: Words
    theme: Theme
    memory: Memory
    window: TopWindow
    login: LoginPresenter
    single: Single
    language_given: bool = False
    opener: Opener | None = None
    furnish: Callable[[Context, MainWindow], None] | None = None


class Program(QObject):
    """One run of the window: `begin` after the first paint, `finish` after the event loop."""

    def __init__(self, parts: Parts) -> None:
        super().__init__()
        self._parts = parts
        self._stops: list[Callable[[], None]] = []
        self.main: MainWindow | None = None
        self._chores: Chores | None = None
        self._idle: IdleWatch | None = None
        self._crash_dialog: CrashDialog | None = None
        self._afterwards: Callable[[], None] | None = None
        self._busy: Callable[[], bool] = lambda: False
        self._unsubscribe: Callable[[], None] | None = None
        self._finishing = False
        self._patience = QTimer(self)
        self._patience.setInterval(LOOK_AGAIN_MS)
        self._patience.timeout.connect(self._look_again)
        self.context = Context(
            words=parts.words,
            theme=parts.theme,
            lanes=Lanes(),
            bridge=Bridge(self),
            session=Session(self),
            ask_restart=self.reopen,
        )

    def begin(self) -> None:
        """Open the desk while the PIN is typed."""
        parts, login = self._parts, self._parts.login
        logs.setup(parts.home.root)
        crash = CrashWatch(parts.home.logs, self)
        crash.happened.connect(self._crashed)
        self._stops += [crash.install(), on_request_to_end(parts.window.close, self)]
        collector = Collector(self)
        collector.start()
        self._stops.append(collector.stop)
        parts.window.may_close = self.may_close
        login.opened.connect(self._opened)
        login.logged_in.connect(self._logged_in)
        sounds().switch(parts.memory.sound)
        sounds().changed.connect(lambda on: setattr(parts.memory, "sound", on))
        parts.theme.changed.connect(self._look_changed)
        parts.words.changed.connect(self._language_changed)
        self.context.bridge.step.connect(self._touched)
        self.context.bridge.reader.connect(self._tapped)
        self._open()
        parts.single.serve(parts.window.come_to_front)

    def lock(self) -> None:
        """Lock the desk; while a card is being written, as soon as that has ended."""
        if self.main is not None and self.context.session.operator is not None:
            self._after_writing("shell.lock_later", self._lock_now, self._is_writing)

    def may_close(self) -> bool:
        """Whether the window may close now; if not, it closes by itself once a card is written."""
        lanes = self.context.lanes
        if self._finishing or not (lanes.writing or lanes.sending):
            return True
        why = "shell.quit_later" if self._is_writing() else "shell.quit_soon"
        if not lanes.writing:
            why = "shell.quit_sending"
        self._after_writing(why, self._close_now, lambda: lanes.writing or lanes.sending)
        return False

    def reopen(self) -> None:
        """Close the desk and open it again with new settings; the operator logs in again."""
        lanes = self.context.lanes
        self.context.session.ending.emit()
        self._after_writing(
            "shell.lock_later",
            self._reopen_now,
            lambda: lanes.writing or lanes.sending or lanes.asking,
        )

    def finish(self) -> None:
        """After the event loop: drain the lanes, close the desk, let another program start."""
        if self._finishing:
            return
        self._finishing = True
        parts = self._parts
        parts.single.stop_serving()
        self._leave()
        ended = self.context.lanes.close()
        # An answer may still be on its way: the desk that was being opened when the window closed.
        QCoreApplication.sendPostedEvents()
        parts.login.close()
        if self.context.station is not None and ended:
            self.context.station.close()
        if not ended:
            logs.get("ui").error("a lane did not end; the desk is left to the next start")
        sounds().close()
        parts.memory.sync()
        for stop in reversed(self._stops):
            stop()
        logs.close()
        parts.single.release()

    def _open(self) -> None:
        parts, watch = self._parts, self.context.bridge.watch
        parts.login.start(
            self.context.lanes.journal, lambda: open_desk(parts.home, watch, parts.opener)
        )

    def _opened(self, opening: Opening) -> None:
        station = self.context.station = opening.station
        if self._finishing:
            return
        parts, desk = self._parts, opening.station.settings.desk
        parts.memory.site_language = desk.language
        if not parts.language_given and not parts.memory.language:
            parts.words.switch(desk.language)
            parts.memory.language = ""  # the site's choice, not an operator's
        parts.memory.names = opening.names
        parts.window.name_site(desk.site)
        self._idle = IdleWatch(desk.idle_lock_minutes * MINUTE_MS, self)
        self._idle.idle.connect(self.lock)
        self._idle.watch(parts.window.windowHandle())
        if station.desk.reader is not None:
            self._unsubscribe = station.desk.reader.subscribe(self.context.bridge.observe)
        make_ready(self.context)
        warming.Warming(warming.first_page(), self).start()
        self.main = MainWindow(self.context)
        self.main.lock_wanted.connect(self.lock)
        self._chores = Chores(self.context, self.main.status, self)
        for trouble in opening.troubles:
            self.main.messages.show_error(trouble, Tone.WARN)
        if parts.furnish is not None:
            parts.furnish(self.context, self.main)

    def _logged_in(self, operator: Operator) -> None:
        if self.main is None or self._idle is None or self._chores is None:
            return
        self._parts.memory.operator = operator.name
        self.context.session.set(operator)
        self._parts.window.show_desk(self.main)
        self.main.enter(operator)
        self._idle.start()
        self._chores.start(operator)

    def _tapped(self, view: ReaderView) -> None:
        """Whoever taps cards sits at the desk."""
        if view.state is ReaderState.CARD:
            self._touched()

    def _touched(self) -> None:
        if self._idle is not None:
            self._idle.touched()

    def _lock_now(self) -> None:
        operator = self.context.session.operator
        if operator is None or self._idle is None:
            return
        self._idle.stop()
        _close_dialogs()
        self.context.session.set(None)
        self._parts.login.lock(operator.name)
        self._parts.window.show_login()

    def _reopen_now(self) -> None:
        self._lock_now()
        self._leave()
        station, self.context.station = self.context.station, None
        if station is not None:
            self.context.lanes.journal.submit(station.close)
        self._open()

    def _leave(self) -> None:
        """No page, no presenter and no chore uses the desk any more."""
        if self._idle is not None:
            self._idle.stop()
            self._idle.deleteLater()
            self._idle = None
        if self._unsubscribe is not None:
            self._unsubscribe()
            self._unsubscribe = None
        if self._chores is not None:
            self._chores.stop()
            self._chores = None
        if self.main is not None:
            self.main.close_window()
            self._parts.window.removeWidget(self.main)
            self.main.deleteLater()
            self.main = None

    def _close_now(self) -> None:
        self._parts.window.close()

    def _after_writing(self, why: str, act: Callable[[], None], busy: Callable[[], bool]) -> None:
        """Do something now, or as soon as what must not be disturbed has ended."""
        self._busy = busy
        if not self._busy():
            act()
            return
        self._afterwards = act
        if self.main is not None:
            self.main.messages.show_text(why, Tone.WARN)
        self._patience.start()

    def _is_writing(self) -> bool:
        """Whether the encoder does more than say how it is."""
        asking = self.main is not None and self.main.status.asking
        return self.context.lanes.writing and not asking

    def _look_again(self) -> None:
        if self._busy():
            return
        self._patience.stop()
        act, self._afterwards = self._afterwards, None
        if self.main is not None:
            self.main.messages.clear()
        if act is not None:
            act()

    def _language_changed(self) -> None:
        self._parts.memory.language = self._parts.words.language

    def _look_changed(self) -> None:
        self._parts.memory.look = self._parts.theme.look

    def _crashed(self, report: str, path: object) -> None:
        from pathlib import Path

        if self._crash_dialog is not None or self._finishing:
            return
        saved = path if isinstance(path, Path) else None
        dialog = CrashDialog(self._parts.words, report, saved, self._parts.window)
        self._crash_dialog = dialog
        dialog.finished.connect(self._crash_seen)
        dialog.accepted.connect(self._parts.window.close)
        dialog.open()

    def _crash_seen(self) -> None:
        self._crash_dialog = None


def _close_dialogs() -> None:
    """A dialog must not lie over the log-in page of a locked desk."""
    for widget in QApplication.topLevelWidgets():
        if isinstance(widget, QDialog) and widget.isVisible():
            widget.reject()
