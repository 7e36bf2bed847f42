"""Registering a resident: an identity card read, a photo chosen, the form checked and handed in.

Pictures are read from files, sent and forgotten; nothing that was typed is kept once it was sent.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import IntEnum, StrEnum
from pathlib import Path
from typing import Final, TypeVar

from PySide6.QtCore import Signal

from station.domain.house import HouseNature, HousePath, HouseStatus, HouseUse
from station.domain.household import (
    BindingChoice,
    FacePhoto,
    HouseRole,
    IdentityCard,
    ResidentForm,
    ResidentType,
    Review,
)
from station.domain.lock import MAX_PICTURE, check_picture
from station.errors import Code, InputInvalid, OutcomeUnknown, StationError
from station.workflows import resident_form
from station.workflows.resident_form import NewResident
from ui.context import Context
from ui.presenters.base import Presenter
from ui.presenters.said import Said, Tone

TEXTS: Final = ("name", "mobile", "id_number", "birth", "nation", "address", "job", "company")
CHOICES: Final[Mapping[str, tuple[object, ...]]] = {
    "sex": resident_form.SEXES,
    "politics": resident_form.POLITICS,
    "role": tuple(HouseRole),
    "resident_type": tuple(ResidentType),
    "status": tuple(HouseStatus),
    "use": tuple(HouseUse),
    "nature": tuple(HouseNature),
    "choice": tuple(BindingChoice),
}
OPTIONAL: Final = frozenset({"role", "resident_type", "status", "use", "nature", "choice"})
FLAGS: Final = ("veteran", "low_income", "petitioned")
_Value = TypeVar("_Value", bound=StrEnum | IntEnum)


@dataclass(frozen=True, slots=True, repr=False)
class Typed:
    """The form as it stands on the screen: texts and chosen values by name. Personal."""

    texts: Mapping[str, str]
    choices: Mapping[str, object]
    flags: frozenset[str] = frozenset()
    agreed: bool = False


@dataclass(frozen=True, slots=True)
class RegisterState:
    """`read` is handed over once, for the form to fill itself; `sent` counts forms handed in."""

    house: HousePath | None = None
    working: bool = False
    photo: bool = False
    """Whether a photo was chosen."""
    sent: int = 0
    read: IdentityCard | None = field(default=None, repr=False)
    problem: StationError | None = None
    said: Said | None = None
    handed_in: tuple[Review, ...] | None = field(default=None, repr=False)
    """What the platform has of this desk's forms; asked for where one's fate is not known."""


class RegisterPresenter(Presenter[RegisterState]):
    """For one house; `forget` drops photo and card."""

    answered = Signal(object)
    """The platform answered (None), or why not (`StationError`)."""

    def __init__(self, context: Context) -> None:
        super().__init__(RegisterState())
        self._context = context
        self._photo = b""
        self._turn = 0
        """Files that were chosen for a form that has been left belong to nobody."""

    def begin(self, house: HousePath | None) -> None:
        """A form for this house, empty."""
        self.forget()
        self.show(RegisterState(house=house, sent=self.state.sent))

    def forget(self) -> None:
        """The form is left: no picture and nobody's card stays."""
        self._photo = b""
        self._turn += 1
        self.show(RegisterState(house=self.state.house, sent=self.state.sent))

    def choose_photo(self, path: Path) -> None:
        """A file with a face photo, checked before anything is sent."""
        turn = self._turn

        def work() -> bytes:
            picture = read_picture(path)
            check_picture(picture)
            return picture

        def chosen(picture: bytes) -> None:
            if turn == self._turn:
                self._photo = picture
                self.show(replace(self.state, working=False, photo=True))

        self._do(work, chosen, "photo", on_disk=True)

    def read_card(self, path: Path) -> None:
        """A file with a picture of an identity card: what stands on it fills the form."""
        desk, operator = self._context.desk, self._context.session.need()
        turn = self._turn

        def work() -> IdentityCard:
            return resident_form.read_identity_card(desk, operator, read_picture(path))

        def came(card: IdentityCard) -> None:
            if turn == self._turn:
                self.show(replace(self.state, working=False, read=card))
                self.show(replace(self.state, read=None))

        self._do(work, came, "id_card")

    def submit(self, typed: Typed) -> None:
        """Check the form, then hand it in."""
        house = self.state.house
        if house is None or self.state.working:
            return
        try:
            wanted = NewResident(house, form_of(typed, house), self._photo, typed.agreed)
            if not self._photo:
                raise InputInvalid(Code.FIELD_EMPTY, field="photo")
            if not typed.agreed:
                raise InputInvalid(Code.CONSENT_NEEDED, field="agreed")
        except StationError as error:
            self.show(replace(self.state, problem=error, said=None))
            return
        desk, operator = self._context.desk, self._context.session.need()

        def sent(_: str) -> None:
            self._photo = b""
            done = Said(Tone.GOOD, "houses.registered", "houses.registered_text")
            count = self.state.sent + 1
            self.show(RegisterState(house=self.state.house, sent=count, said=done))
            self._context.bridge.changed.emit()

        self._do(lambda: resident_form.submit(desk, operator, wanted), sent, "")

    def _do(
        self,
        work: Callable[[], object],
        success: Callable[..., None],
        where: str,
        *,
        on_disk: bool = False,
    ) -> None:
        """`where` is the field that a bad file belongs to."""

        def came(answer: object) -> None:
            if not on_disk:
                self.answered.emit(None)
            success(answer)

        def failed(error: StationError) -> None:
            if not on_disk:
                self.answered.emit(error)
            self.show(replace(self.state, working=False))
            self._failed(error, where)

        lanes = self._context.lanes
        self.show(replace(self.state, working=True, problem=None, said=None, handed_in=None))
        self.later(lanes.journal if on_disk else lanes.property, work, came, failed)

    def _failed(self, error: StationError, where: str) -> None:
        if isinstance(error, InputInvalid) and error.code is not Code.SECRET_MISSING:
            field = where or error.context.get("field", "")
            at = InputInvalid(error.code, **{**error.context, "field": field})
            self.show(replace(self.state, problem=at))
            return
        unknown = isinstance(error, OutcomeUnknown)
        title = "register_unknown" if unknown else "not_registered"
        said = Said(Tone.WARN if unknown else Tone.BAD, f"houses.{title}", error=error)
        self.show(replace(self.state, said=said))
        self._context.bridge.changed.emit()
        if unknown:
            self._look()

    def _look(self) -> None:
        """What the platform has received."""
        desk, operator = self._context.desk, self._context.session.operator
        if operator is None:
            return
        by, turn = operator, self._turn

        def came(reviews: tuple[Review, ...]) -> None:
            if turn == self._turn:
                self.show(replace(self.state, handed_in=reviews))

        self.later(
            self._context.lanes.property,
            lambda: resident_form.applications(desk, by),
            came,
            self.answered.emit,
        )


def read_picture(path: Path) -> bytes:
    """A picture's bytes, no more than may be sent. Raises `InputInvalid` FILE_UNREADABLE."""
    try:
        with path.open("rb") as file:
            return file.read(MAX_PICTURE + 1)
    except OSError as error:
        why = error.strerror or "?"
        raise InputInvalid(Code.FILE_UNREADABLE, path=path.name, why=why) from error


def form_of(typed: Typed, house: HousePath) -> ResidentForm:
    """The form, checked as far as the desk can. Raises `InputInvalid` with the field."""
    text = {name: typed.texts.get(name, "") for name in TEXTS}
    form = ResidentForm(
        name=text["name"],
        mobile=text["mobile"],
        id_number=text["id_number"],
        sex=_word(typed, "sex"),
        birth=_birth(text["birth"]),
        nation=text["nation"],
        address=text["address"],
        politics=_word(typed, "politics"),
        job=text["job"],
        company=text["company"],
        photo=FacePhoto(""),
        house_id=house.id,
        veteran="veteran" in typed.flags,
        low_income="low_income" in typed.flags,
        petitioned="petitioned" in typed.flags,
        role=_one_of(typed, "role", HouseRole),
        status=_one_of(typed, "status", HouseStatus),
        use=_one_of(typed, "use", HouseUse),
        nature=_one_of(typed, "nature", HouseNature),
        choice=_one_of(typed, "choice", BindingChoice),
        resident_type=_one_of(typed, "resident_type", ResidentType),
    )
    return resident_form.checked(form)


def _word(typed: Typed, name: str) -> str:
    return str(typed.choices.get(name) or "")


def _one_of(typed: Typed, name: str, kind: type[_Value]) -> _Value | None:
    chosen = typed.choices.get(name)
    return chosen if isinstance(chosen, kind) else None


def _birth(text: str) -> date | None:
    """`1990-01-01` or `19900101`; empty is not known."""
    wanted = text.strip()
    if not wanted:
        return None
    try:
        return date.fromisoformat(wanted)
    except ValueError:
        raise InputInvalid(Code.TIME_MALFORMED, field="birth", value=wanted[:40]) from None
