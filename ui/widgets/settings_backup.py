"""备份: copy the journal now, which copies there are, how one is brought back."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QProgressBar, QVBoxLayout, QWidget

from station.domain.stay import format_time
from ui.context import Context
from ui.presenters.backups import BackupsPresenter, BackupsState
from ui.theme import icons, tokens
from ui.widgets.panel import Panel
from ui.widgets.texts import Texts, plain_label
from ui.widgets.verdict import Verdict

MIB = 1024 * 1024


class BackupTab(QWidget):
    """For those who look after the journal."""

    def __init__(self, context: Context, texts: Texts, presenter: BackupsPresenter) -> None:
        super().__init__()
        self._context, self._texts, self._presenter = context, texts, presenter
        self.now = texts.button("back_up", "primary")
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        texts.name(self.progress, "backing_up")
        self.list = QListWidget()
        texts.name(self.list, "copies")
        self.folder = plain_label("small", wrap=True)
        self.folder.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.verdict = Verdict(context)
        self._build()
        self.now.clicked.connect(presenter.back_up)
        presenter.changed.connect(self.render_state)
        context.words.changed.connect(self.retranslate)
        context.theme.changed.connect(self._recolour)
        self._recolour()
        self.render_state(presenter.state)

    def activated(self) -> None:
        """The tab is shown."""
        self._presenter.refresh()

    def render_state(self, state: BackupsState) -> None:
        """Show a state."""
        texts = self._texts
        self.now.setEnabled(not state.working)
        self.now.setText(texts("backing_up" if state.working else "back_up"))
        self.progress.setVisible(state.working)
        self.progress.setValue(state.share)
        self.verdict.show_said(state.said)
        self.folder.setText(texts("folder", folder=state.folder))
        self.list.clear()
        for copy in state.copies:
            size = f"{copy.size / MIB:,.1f}"
            at = format_time(copy.at)
            self.list.addItem(texts("copy", at=at, size=size, file=copy.name))
        if not state.copies:
            self.list.addItem(texts("no_copies"))

    def retranslate(self) -> None:
        """Say what changes with the state in the language of the moment."""
        self.render_state(self._presenter.state)

    def _recolour(self) -> None:
        colours = self._context.theme.colours
        self.now.setIcon(icons.icon("database", colours.accent_text, colours.text_dim))

    def _build(self) -> None:
        texts = self._texts
        now = Panel(texts, "backup")
        now.body.addWidget(texts.label("backup_hint", "dim", wrap=True))
        row = QHBoxLayout()
        row.addWidget(self.now)
        row.addWidget(self.progress, 1)
        row.addStretch(1)
        now.body.addLayout(row)
        now.body.addWidget(self.verdict)
        copies = Panel(texts, "copies")
        copies.body.addWidget(self.list, 1)
        copies.body.addWidget(self.folder)
        restore = Panel(texts, "restore")
        restore.body.addWidget(texts.label("restore_hint", wrap=True))
        left = QVBoxLayout()
        left.setSpacing(tokens.GAP)
        left.addWidget(now)
        left.addWidget(restore)
        left.addStretch(1)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, tokens.GAP, 0, 0)
        whole.setSpacing(tokens.GAP)
        whole.addLayout(left, 1)
        whole.addWidget(copies, 1)
