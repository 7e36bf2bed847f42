"""Who belongs to the chosen house and who asks to: seen and changed while the owner's yes is good.

Each change is asked about first, sent once, and followed by another look at the house: what the
platform says then is what is so, above all where nobody knows what became of a change.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import StrEnum

from PySide6.QtCore import Signal

from station.domain.household import HouseDetail, HouseRole, Member, Review, ReviewDetail
from station.domain.operator import Operator
from station.errors import Code, OutcomeUnknown, StationError
from station.workflows import household
from station.workflows.desk import Desk
from station.workflows.owner_check import OwnerProved
from ui.context import Context
from ui.presenters.base import Presenter
from ui.presenters.owner_check import OwnerPresenter
from ui.presenters.said import Said, Tone


class Change(StrEnum):
    """What is asked about before it is done."""

    MANAGING = "managing"
    PAYING = "paying"
    UNBIND = "unbind"
    DELETE_REVIEW = "delete_review"


@dataclass(frozen=True, slots=True)
class HouseAsk:
    """A question: what to change, and of whom (or what)."""

    change: Change
    about: Member | Review


@dataclass(frozen=True, slots=True)
class HouseholdState:
    """Empty while nothing is proved. Everything in here is personal."""

    proved: bool = False
    loading: bool = False
    working: bool = False
    detail: HouseDetail | None = field(default=None, repr=False)
    error: StationError | None = None
    review: ReviewDetail | None = field(default=None, repr=False)
    ask: HouseAsk | None = field(default=None, repr=False)
    said: Said | None = field(default=None, repr=False)

    @property
    def owner_name(self) -> str:
        """The one member who is the owner; empty where it is not clear who."""
        owners = [each.name for each in self.detail.members if _owns(each)] if self.detail else []
        return owners[0] if len(owners) == 1 else ""


class HouseholdPresenter(Presenter[HouseholdState]):
    """Follows the proof of an `OwnerPresenter`; without one it knows nobody."""

    answered = Signal(object)
    """The platform answered (None), or why not (`StationError`)."""

    def __init__(self, context: Context, owner: OwnerPresenter) -> None:
        super().__init__(HouseholdState())
        self._context, self._owner = context, owner
        owner.proof_changed.connect(self._proof_changed)

    def load(self) -> None:
        """Look at the house again."""
        proof = self._owner.proof
        if proof is None or self.state.loading:
            return

        def came(detail: HouseDetail) -> None:
            self.show(replace(self.state, loading=False, detail=detail, error=None))

        def failed(error: StationError) -> None:
            self.show(replace(self.state, loading=False, error=error))

        self.show(replace(self.state, loading=True, error=None))
        self._do(proof, lambda desk, by: household.detail(desk, by, proof), came, failed)

    def look_at(self, review: Review | None) -> None:
        """An application as it was handed in; None closes it again."""
        proof = self._owner.proof
        if proof is None or review is None:
            self.show(replace(self.state, review=None))
            return
        if self.state.working:
            return

        def came(detail: ReviewDetail) -> None:
            self.show(replace(self.state, working=False, review=detail))

        def failed(error: StationError) -> None:
            self._ended(Said(Tone.BAD, "houses.review_unseen", error=error))

        self.show(replace(self.state, working=True, review=None, said=None))
        work = lambda desk, by: household.review(desk, by, proof, review.id)  # noqa: E731
        self._do(proof, work, came, failed)

    def want(self, change: Change, about: Member | Review) -> None:
        """Ask before it is done."""
        if not self.state.working and self.state.proved:
            self.show(replace(self.state, ask=HouseAsk(change, about), said=None))

    def decline(self) -> None:
        """The operator says no: nothing is done."""
        self.show(replace(self.state, ask=None))

    def agree(self) -> None:
        """The operator says yes."""
        ask, proof = self.state.ask, self._owner.proof
        if ask is None or proof is None or self.state.working:
            return
        about = ask.about

        def work(desk: Desk, by: Operator) -> bool:
            if isinstance(about, Review):
                household.delete_review(desk, by, proof, about.id)
                return True
            if ask.change is Change.UNBIND:
                household.unbind(desk, by, proof, about)
                return True
            switch = {
                Change.MANAGING: household.switch_managing,
                Change.PAYING: household.switch_paying,
            }[ask.change]
            return switch(desk, by, proof, about)

        def done(may: bool) -> None:
            facts = {"name": about.name} if isinstance(about, Member) else {}
            title = f"houses.done_{_outcome(ask.change, may)}"
            self._changed(Said(Tone.GOOD, title, facts=facts))

        def failed(error: StationError) -> None:
            unknown = isinstance(error, OutcomeUnknown)
            title = "change_unknown" if unknown else "not_changed"
            said = Said(Tone.WARN if unknown else Tone.BAD, f"houses.{title}", error=error)
            self._changed(said)

        self.show(replace(self.state, working=True, ask=None, said=None, review=None))
        self._do(proof, work, done, failed)

    def close(self) -> None:
        self._owner.proof_changed.disconnect(self._proof_changed)
        super().close()

    def _do(
        self,
        proof: OwnerProved,
        work: Callable[[Desk, Operator], object],
        success: Callable[..., None],
        failure: Callable[[StationError], None],
    ) -> None:
        """On the property lane; what comes back after the proof is gone shows nobody."""
        desk, operator = self._context.desk, self._context.session.need()

        def came(answer: object) -> None:
            self.answered.emit(None)
            if self._owner.proof is proof:
                success(answer)

        def failed(error: StationError) -> None:
            self.answered.emit(error)
            if self._owner.proof is not proof:
                return
            failure(error)
            if error.code is Code.OWNER_NOT_PROVED:
                self._owner.forget()

        self.later(self._context.lanes.property, lambda: work(desk, operator), came, failed)

    def _changed(self, said: Said) -> None:
        self._ended(said)
        self._context.bridge.changed.emit()
        self.load()

    def _ended(self, said: Said) -> None:
        self.show(replace(self.state, working=False, said=said))

    def _proof_changed(self) -> None:
        proof = self._owner.proof
        self.show(HouseholdState(proved=proof is not None))
        self.load()


def _owns(member: Member) -> bool:
    return member.role == HouseRole.OWNER


def _outcome(change: Change, may: bool) -> str:
    if change in {Change.MANAGING, Change.PAYING}:
        return f"{change.value}_{'on' if may else 'off'}"
    return change.value
