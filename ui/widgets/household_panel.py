"""Members of the chosen house and who asks to be one, and what may be done about a line."""

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QPushButton, QVBoxLayout, QWidget

from station.domain.household import Grant, HouseDetail, Member, Review, ReviewDetail
from ui.context import Context
from ui.presenters.household import Change, HouseholdPresenter, HouseholdState
from ui.theme import icons, tokens
from ui.widgets.error_panel import ErrorPanel
from ui.widgets.facts import Facts
from ui.widgets.flow_layout import FlowLayout
from ui.widgets.house_words import masked_number, review_state, value
from ui.widgets.hugging_list import HuggingList
from ui.widgets.panel import Panel
from ui.widgets.texts import Texts, plain_label

_WHAT = Qt.ItemDataRole.UserRole
REVIEW_FACTS = (
    "review_action",
    "review_where",
    "review_refusal",
    "review_name",
    "review_sex",
    "review_birth",
    "review_nation",
    "review_id_number",
    "review_address",
    "review_role",
    "review_type",
    "review_job",
    "review_company",
)


class HouseholdPanel(QWidget):
    """Shows a `HouseholdPresenter`; hidden while nothing is proved.

    `bind_wanted` carries the name of a member who is to get a card.
    """

    bind_wanted = Signal(str)

    def __init__(self, context: Context, texts: Texts, presenter: HouseholdPresenter) -> None:
        super().__init__()
        self._context, self._texts, self._presenter = context, texts, presenter
        self.loading = plain_label("dim")
        self.error = ErrorPanel(context.words)
        self.again = texts.button("ask_again")
        self.about = plain_label("dim", wrap=True)
        self.members, self.reviews = HuggingList(), HuggingList()
        self.nobody, self.none = texts.label("nobody", "dim"), texts.label("no_reviews", "dim")
        self.bind = texts.button("bind_member", "primary")
        self.managing, self.paying = texts.button("managing"), texts.button("paying")
        self.unbind = texts.button("unbind", "danger")
        self.look, self.delete = (
            texts.button("review_look"),
            texts.button("review_delete", "danger"),
        )
        self.review_facts = Facts(texts, REVIEW_FACTS)
        self._build()
        self._connect()
        self._recolour()
        self.render_state(presenter.state)

    def retranslate(self) -> None:
        """Say it in the language of the moment."""
        self.render_state(self._presenter.state)

    def render_state(self, state: HouseholdState) -> None:
        """Show a state; without a proof nobody is in here."""
        self.setVisible(state.proved)
        detail = state.detail
        self.loading.setText(self._texts("asking") if state.loading else "")
        self.loading.setVisible(state.loading and detail is None)
        self.error.show_error(state.error)
        self.again.setVisible(state.error is not None)
        self._people.setVisible(detail is not None)
        self._applications.setVisible(detail is not None)
        self._render_house(detail)
        members = detail.members if detail is not None else ()
        reviews = detail.reviews if detail is not None else ()
        self._fill(self.members, members)
        self._fill(self.reviews, reviews)
        self.nobody.setVisible(not members)
        self.none.setVisible(not reviews)
        self._render_review(state.review)
        self._render_actions()

    def _render_house(self, detail: HouseDetail | None) -> None:
        """What kind of house it is, in one line."""
        kinds = ("use", "nature", "status", "resident_type")
        words = []
        if detail is not None:
            words = [value(self._texts, kind, getattr(detail, kind)) for kind in kinds]
        self.about.setText(self._texts("between").join(word for word in words if word))
        self.about.setVisible(bool(self.about.text()))

    def _fill(self, where: QListWidget, rows: Sequence[Member | Review]) -> None:
        row = max(where.currentRow(), 0)
        with QSignalBlocker(where):
            where.clear()
            for each in rows:
                item = QListWidgetItem(self._line(each), where)
                item.setData(_WHAT, each)
            where.setCurrentRow(min(row, len(rows) - 1))
        where.setVisible(bool(rows))
        where.updateGeometry()

    def _line(self, each: Member | Review) -> str:
        texts = self._texts
        if isinstance(each, Member):
            role = value(texts, "role", each.role)
            return texts("member", name=each.name, role=role, grant=texts(f"grant_{each.grant}"))
        return texts("review", action=each.action, state=review_state(texts, each.state))

    def _render_review(self, found: ReviewDetail | None) -> None:
        texts = self._texts
        self.review_facts.setVisible(found is not None)
        self._say_look()
        if found is None:
            self.review_facts.show_facts({})
            return
        self.review_facts.show_facts(
            {
                "review_action": found.action,
                "review_where": review_state(texts, found.state),
                "review_refusal": found.refusal,
                "review_name": found.name,
                "review_sex": value(texts, "sex", found.sex),
                "review_birth": found.birth,
                "review_nation": found.nation,
                "review_id_number": masked_number(found.id_number),
                "review_address": found.registered_address,
                "review_role": value(texts, "role", found.role) if found.role else "",
                "review_type": value(texts, "resident_type", found.resident_type)
                if found.resident_type
                else "",
                "review_job": found.job,
                "review_company": found.company,
            }
        )

    def _render_actions(self) -> None:
        state = self._presenter.state
        free = not state.working and not state.loading
        member, review = self._member(), self._review()
        known = member is not None and bool(member.binding_id)
        manager = member is not None and member.grant is Grant.MANAGER
        inactive = member is not None and member.grant is Grant.INACTIVE
        self.bind.setEnabled(member is not None)
        for button in (self.managing, self.paying):
            button.setEnabled(free and known and not manager and not inactive)
        self.unbind.setEnabled(free and known)
        for button in (self.look, self.delete):
            button.setVisible(review is not None)
            button.setEnabled(free)
        for button in (self.bind, self.managing, self.paying, self.unbind):
            button.setVisible(member is not None)
        if member is not None:
            allowed = member.grant is Grant.ALLOWED
            self._texts_of(self.managing, "managing_off" if allowed else "managing")

    def _texts_of(self, button: QPushButton, key: str) -> None:
        button.setText(self._texts(key))
        button.setAccessibleName(button.text())

    def _say_look(self) -> None:
        shown = self._presenter.state.review is not None
        self._texts_of(self.look, "review_close" if shown else "review_look")

    def _member(self) -> Member | None:
        item = self.members.currentItem()
        found = item.data(_WHAT) if item is not None else None
        return found if isinstance(found, Member) else None

    def _review(self) -> Review | None:
        item = self.reviews.currentItem()
        found = item.data(_WHAT) if item is not None else None
        return found if isinstance(found, Review) else None

    def _want(self, change: Change) -> None:
        about = self._review() if change is Change.DELETE_REVIEW else self._member()
        if about is not None:
            self._presenter.want(change, about)

    def _look_at(self) -> None:
        shown = self._presenter.state.review is not None
        self._presenter.look_at(None if shown else self._review())

    def _other_review(self) -> None:
        self._presenter.look_at(None)
        self._render_actions()

    def _bind_member(self) -> None:
        member = self._member()
        if member is not None:
            self.bind_wanted.emit(member.name)

    def _recolour(self) -> None:
        colours = self._context.theme.colours
        self.bind.setIcon(icons.icon("credit-card", colours.accent_text, colours.text_dim))

    def _connect(self) -> None:
        self._presenter.changed.connect(self.render_state)
        self.again.clicked.connect(self._presenter.load)
        self.members.currentRowChanged.connect(lambda _: self._render_actions())
        self.reviews.currentRowChanged.connect(lambda _: self._other_review())
        self.bind.clicked.connect(self._bind_member)
        self.managing.clicked.connect(lambda: self._want(Change.MANAGING))
        self.paying.clicked.connect(lambda: self._want(Change.PAYING))
        self.unbind.clicked.connect(lambda: self._want(Change.UNBIND))
        self.delete.clicked.connect(lambda: self._want(Change.DELETE_REVIEW))
        self.look.clicked.connect(self._look_at)
        self._context.words.changed.connect(self.retranslate)
        self._context.theme.changed.connect(self._recolour)

    def _build(self) -> None:
        texts = self._texts
        texts.name(self.members, "members")
        texts.name(self.reviews, "reviews")
        for shown in (self.members, self.reviews):
            shown.setWordWrap(True)
        self._people, self._applications = Panel(texts, "members"), Panel(texts, "reviews")
        people, applications = self._people.body, self._applications.body
        for widget in (
            self.about,
            self.nobody,
            self.members,
            _flow(self.bind, self.managing, self.paying, self.unbind),
        ):
            people.addWidget(widget)
        for widget in (self.none, self.reviews, self.review_facts, _flow(self.look, self.delete)):
            applications.addWidget(widget)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(tokens.GAP)
        for widget in (self.loading, self.error, self.again, self._people, self._applications):
            column.addWidget(widget)


def _flow(*buttons: QPushButton) -> QWidget:
    row = QWidget()
    flow = FlowLayout(tokens.GAP_SMALL, row)
    for button in buttons:
        flow.addWidget(button)
    return row
