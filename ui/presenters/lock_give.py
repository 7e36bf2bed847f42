"""Give a room a passcode, a face or a fingerprint: what is typed is checked, sent, and forgotten.

Pictures and templates are read from their file on a lane, go to the lock and into no state.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSize, Qt
from PySide6.QtGui import QImage, QImageReader

from station.domain.credential import PASSCODES, CredentialKind
from station.domain.lock import MAX_PICTURE, Picture, check_picture, check_template
from station.domain.operation import State
from station.domain.operator import Operator
from station.domain.person import Person, parse_mobile, parse_name
from station.domain.stay import parse_time
from station.errors import Code, InputInvalid, StationError
from station.workflows.credentials import CredentialResult, Wanted, put
from station.workflows.desk import Desk
from ui.context import Context
from ui.presenters.base import Presenter
from ui.presenters.lock_news import LockNews, ShownCode
from ui.presenters.lock_state import RoomView
from ui.presenters.said import Said, Tone

if TYPE_CHECKING:
    from datetime import datetime

PLATFORM_KINDS = (CredentialKind.OFFLINE_PASSCODE, CredentialKind.ONLINE_PASSCODE)
NETWORK_KINDS = (CredentialKind.KEXIN_PASSWORD, CredentialKind.KEXIN_TEMPORARY)
MAX_HEX = 3 * 4096 + 64
THUMBNAIL = 256
"""Pixels of a preview's longer side."""


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in the form. `digits`: an online passcode that somebody chose."""

    kind: CredentialKind
    until: str = ""
    name: str = field(default="", repr=False)
    mobile: str = field(default="", repr=False)
    digits: str = field(default="", repr=False)
    begin_stay: bool = False
    agreed: bool = False


@dataclass(frozen=True, slots=True)
class Chosen:
    """A picture or template that was chosen; its bytes are in no state.

    `picture` None: a fingerprint template of `size` bytes.
    """

    kind: CredentialKind
    picture: Picture | None = None
    size: int = 0
    number: int = 0
    """Counts choices: another picture of the same size is another choice."""


@dataclass(frozen=True, slots=True)
class GiveState:
    """`given` counts what was given, so that a form empties itself once."""

    working: bool = False
    problem: StationError | None = None
    given: int = 0
    chosen: Chosen | None = None


class LockGive(Presenter[GiveState]):
    """One credential at a time, on the locks' lane. `loaded` holds what is to be sent."""

    def __init__(self, context: Context, news: LockNews) -> None:
        super().__init__(GiveState())
        self._context, self._news = context, news
        self.loaded, self.thumbnail = b"", QImage()
        context.session.changed.connect(self.drop)

    def kinds(self, view: RoomView) -> tuple[CredentialKind, ...]:
        """The passcodes that this room can be given."""
        desk = self._context.desk
        platform = PLATFORM_KINDS if desk.gateway is not None else ()
        networked = desk.network_locks is not None and view.lock_id is not None
        return platform + (NETWORK_KINDS if networked else ())

    def give(self, view: RoomView, typed: Typed) -> None:
        """Check what was typed, then send it."""
        if self.state.working:
            return
        self._news.begin()
        self.show(replace(self.state, problem=None))
        try:
            wanted = self._wanted(view, typed)
        except StationError as error:
            self.show(replace(self.state, problem=error))
            return
        self.show(replace(self.state, working=True))
        self._later(
            lambda desk, operator: put(desk, operator, wanted),
            lambda result: self._given(result, typed),
            self._failed,
        )

    def load(self, kind: CredentialKind, path: Path) -> None:
        """Read a picture or a template; what it is shows before anything is sent."""

        def loaded(found: Loaded) -> None:
            self.loaded, self.thumbnail = found.data, found.thumbnail
            number = self.state.chosen.number + 1 if self.state.chosen else 1
            chosen = Chosen(kind, found.picture, len(found.data), number)
            self.show(replace(self.state, chosen=chosen))

        def failed(error: StationError) -> None:
            self.drop()
            self.show(replace(self.state, problem=error))

        self._news.clear()
        self.show(replace(self.state, problem=None))
        self.later(self._context.lanes.journal, lambda: read_file(kind, path), loaded, failed)

    def drop(self) -> None:
        """What was chosen is forgotten."""
        self.loaded, self.thumbnail = b"", QImage()
        self.show(replace(self.state, chosen=None, problem=None))

    def close(self) -> None:
        self.drop()
        self._context.session.changed.disconnect(self.drop)
        super().close()

    def _wanted(self, view: RoomView, typed: Typed) -> Wanted:
        kind = typed.kind
        temporary = kind is CredentialKind.KEXIN_TEMPORARY
        until: datetime | None = None
        if not temporary:
            if not typed.until.strip():
                raise InputInvalid(Code.FIELD_EMPTY, field="until")
            until = parse_time(typed.until, field="until")
        guest = Person(
            parse_name(typed.name, field="guest") if typed.name.strip() else "",
            parse_mobile(typed.mobile) if typed.mobile.strip() else "",
        )
        online = kind is CredentialKind.ONLINE_PASSCODE
        return Wanted(
            view.room,
            kind,
            until,
            guest,
            code=typed.digits.strip() if online else "",
            picture=self.loaded if kind not in PASSCODES else b"",
            agreed=typed.agreed,
            begin_stay=typed.begin_stay,
        )

    def _given(self, result: CredentialResult, typed: Typed) -> None:
        done = result.state is State.DONE
        self.show(replace(self.state, working=False, given=self.state.given + int(done)))
        if done and typed.kind not in PASSCODES:
            self.drop()
        self._context.bridge.changed.emit()
        facts: dict[str, object] = {"room": result.room.name, "credential": typed.kind.value}
        if done and result.code and result.credential is not None:
            ends = result.credential.expires_at
            room = result.room.name
            self._news.show_code(ShownCode(result.code, room, typed.kind.value, ends))
        elif done:
            self._news.say(Said(Tone.GOOD, "locks.given", "locks.given_text", facts))
        elif result.state is State.UNKNOWN:
            self._news.say(Said(Tone.WARN, "locks.maybe_given", "locks.maybe_given_text", facts))
        else:
            self._news.say(Said(Tone.BAD, "locks.not_given", error=result.error, facts=facts))

    def _failed(self, error: StationError) -> None:
        self.show(replace(self.state, working=False))
        self._context.bridge.changed.emit()
        if isinstance(error, InputInvalid) and "field" in error.context:
            self.show(replace(self.state, problem=error))
        else:
            self._news.say(Said(Tone.BAD, "locks.not_given", error=error))

    def _later(
        self,
        work: Callable[[Desk, Operator], object],
        success: Callable[..., None],
        failure: Callable[[StationError], None],
    ) -> None:
        desk, operator = self._context.desk, self._context.session.need()
        self.later(self._context.lanes.locks, lambda: work(desk, operator), success, failure)


@dataclass(frozen=True, slots=True)
class Loaded:
    """A file's contents, and of a picture what is shown of it."""

    data: bytes = field(repr=False)
    picture: Picture | None
    thumbnail: QImage


def read_file(kind: CredentialKind, path: Path) -> Loaded:
    """A face's picture, or a fingerprint's template, from a file; checked before it is sent.

    A template's file holds its bytes, or (`.hex`, `.txt`) their hex with or without separators.
    Raises `InputInvalid` FILE_UNREADABLE, PICTURE_…, TEMPLATE_MALFORMED.
    """
    limit = MAX_PICTURE + 1 if kind is CredentialKind.FACE else MAX_HEX
    try:
        with path.open("rb") as file:
            data = file.read(limit)
    except OSError as error:
        why = error.strerror or "?"
        raise InputInvalid(Code.FILE_UNREADABLE, path=path.name, why=why) from error
    if kind is CredentialKind.FACE:
        picture = check_picture(data)
        return Loaded(data, picture, _thumbnail(data, picture))
    if path.suffix.lower() in {".hex", ".txt"}:
        data = _from_hex(data)
    return Loaded(check_template(data), None, QImage())


def _thumbnail(data: bytes, picture: Picture) -> QImage:
    """The picture made small while it is decoded; an empty image for one that Qt cannot read."""
    buffer = QBuffer()
    buffer.setData(QByteArray(data))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer)
    reader.setScaledSize(
        QSize(picture.width, picture.height).scaled(
            QSize(THUMBNAIL, THUMBNAIL), Qt.AspectRatioMode.KeepAspectRatio
        )
    )
    return reader.read()


def _from_hex(data: bytes) -> bytes:
    """Raises `InputInvalid` TEMPLATE_MALFORMED, with nothing of it inside."""
    try:
        text = data.decode("ascii").replace("-", " ").replace(":", " ").replace(",", " ")
        return bytes.fromhex("".join(text.split()))
    except ValueError:
        return check_template(b"")
