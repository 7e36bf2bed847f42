"""Passcodes, faces, fingers, identity numbers, signatures: all is done, then all is searched.

A whole desk (the program's own parts, real servers, all traffic logged) gives, shows, loses, stops
and opens; its journal, log, crash reports and exports are searched for what must not be there.
"""

import base64
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from station import logs
from station import settings as parts
from station.catalogue import Catalogue
from station.compose import Station, build, care
from station.compose.export import FORMS, export_history
from station.domain.credential import BIOMETRIC, CredentialKind
from station.domain.operator import Operator, Role
from station.domain.person import Person
from station.errors import StationError
from station.home import Home
from station.ports import HistoryFilter
from station.secrets import Secrets
from station.simulators.door_lock.sim import APPID, APPSECRET, DoorLockSim
from station.simulators.faults import Fault, Injection
from station.simulators.kexin import KexinSim
from station.simulators.kexin.demo_signer import sign
from station.simulators.kexin.sample import SAMPLE_ID_NUM, SAMPLE_PERSON
from station.simulators.kexin.sim import SIGNER
from station.simulators.pictures import digest_of, sample_face
from station.simulators.sample import sample_rooms
from station.simulators.server import SimServer
from station.simulators.shankai.sim import SAMPLE_ORG_ID, ShankaiSim
from station.simulators.world import World
from station.workflows import stop_credential
from station.workflows.check_out import Leaving, check_out
from station.workflows.credentials import Wanted, put
from station.workflows.lock_table import import_table
from station.workflows.network_locks import Face, begin_time_sync, open_by_face, open_with_password
from station.workflows.outbox import sync
from station.workflows.remote import open_door
from station.workflows.ways_in import ways_in
from tests.faults.needles import contents, found_in
from ui import crash

KEY = bytes(range(32))
BOSS = Operator("李主管", Role.SUPERVISOR)
GUEST, MOBILE = "张三", "13800000001"
CHOSEN = ("73915286", "6048201957", "850296")
FACE = sample_face(7)
TEMPLATE = bytes((number * 37 + 11) % 256 for number in range(64))
FAULTS = (Fault.REFUSE, Fault.DROP_AFTER, Fault.NOT_JSON, Fault.WRONG_SHAPE, Fault.HTTP_500)
WHY = "客人忘带卡"


@dataclass
class Busy:
    """A desk at which everything has been done, and what must be nowhere in its files."""

    home: Home
    outside: Path
    world: World
    station: Station
    lock: DoorLockSim
    kexin: KexinSim
    signs: set[str]
    codes: set[str] = field(default_factory=lambda: set(CHOSEN))
    said: list[str] = field(default_factory=list)

    def keep(self, result: object) -> None:
        """What a program might print by mistake; and a code that must be nowhere from now on."""
        code = getattr(result, "code", "")
        if isinstance(code, str) and code.isdigit():
            self.codes.add(code)
        self.said.append(repr(result))

    def wanted(self, kind: CredentialKind, **more: object) -> Wanted:
        room = self.station.desk.room("1-101")
        picture = {CredentialKind.FACE: FACE, CredentialKind.FINGERPRINT: TEMPLATE}.get(kind, b"")
        end = (datetime.now() + timedelta(days=1)).replace(microsecond=0)
        asked = Wanted(
            room, kind, end, Person(GUEST, MOBILE), picture=picture, agreed=kind in BIOMETRIC
        )
        return replace(asked, **more)  # type: ignore[arg-type]

    def give(self, kind: CredentialKind, **more: object) -> None:
        wanted = self.wanted(kind, **more)
        self.said.append(repr(wanted))
        try:
            self.keep(put(self.station.desk, BOSS, wanted))
        except StationError as error:
            self.said.append(f"{error!r} {error}")

    def everything(self) -> None:
        desk = self.station.desk
        for kind in CredentialKind:
            chosen = CHOSEN[0] if kind is CredentialKind.ONLINE_PASSCODE else ""
            self.give(kind, code=chosen)
        for kind in CredentialKind:
            for fault in FAULTS:
                for sim in (self.lock, self.kexin):
                    sim.faults.inject(Injection(fault, body=self._tell_tale(fault)))
                chosen = CHOSEN[1] if kind is CredentialKind.ONLINE_PASSCODE else ""
                self.give(kind, code=chosen)
                for sim in (self.lock, self.kexin):
                    sim.faults.clear()
        self.give(CredentialKind.ONLINE_PASSCODE, code=CHOSEN[2] + "x")
        self.give(CredentialKind.FACE, picture=b"GIF89a" + FACE)
        self.give(CredentialKind.FINGERPRINT, picture=TEMPLATE * 100)
        self.opening()
        for way in ways_in(desk, desk.room("1-101")):
            self.said.append(repr(way))
            if way.credential and way.credential.code:
                stop_credential.show_code(desk, BOSS, way.credential.id)
        stop_credential.stop_code(desk, BOSS, desk.room("1-101"), CHOSEN[0])
        self.lock.faults.inject(Injection(Fault.DROP_BEFORE, times=3))
        self.said.append(repr(check_out(desk, BOSS, Leaving(desk.room("1-101")))))
        self.said.append(repr(sync(desk, BOSS, now=True)))
        self.give(
            CredentialKind.ONLINE_PASSCODE, code=CHOSEN[2]
        )  # still there while it is searched

    def _tell_tale(self, fault: Fault) -> str | None:
        """A vendor that repeats what it was told."""
        if fault not in {Fault.NOT_JSON, Fault.WRONG_SHAPE}:
            return None
        coded = base64.b64encode(FACE).decode()
        return (
            f'["pwd={CHOSEN[1]}", {{"pwd": "{CHOSEN[1]}", "base64": "{coded}", "id_num":'
            f' "{SAMPLE_ID_NUM}", "hexs": "{TEMPLATE.hex("-")}", "appsecret": "{APPSECRET}"}}]'
        )

    def opening(self) -> None:
        desk, room = self.station.desk, self.station.desk.room("1-101")
        face = Face(SAMPLE_PERSON, SAMPLE_ID_NUM, FACE)
        self.said.append(repr(face))
        self.said.append(repr(open_by_face(desk, BOSS, room, face, WHY, agreed=True)))
        for fault in FAULTS:
            self.kexin.faults.inject(Injection(fault, body=self._tell_tale(fault)))
            self.said.append(repr(open_by_face(desk, BOSS, room, face, WHY, agreed=True)))
            self.kexin.faults.clear()
        code = next(iter(self.kexin.cloud.opening_passwords("1-101")))
        self.codes.add(code)
        self.said.append(repr(open_with_password(desk, BOSS, room, code, WHY)))
        self.said.append(repr(open_door(desk, BOSS, room, WHY)))
        self.said.append(repr(begin_time_sync(desk, BOSS, room)))

    def papers(self) -> None:
        self.outside.mkdir()
        for form in FORMS:
            export_history(
                self.station,
                BOSS,
                HistoryFilter(limit=10_000),
                self.outside / f"history.{form}",
                form,
                Catalogue("zh_CN"),
            )
        care.export(self.station, self.outside / "journal.jsonl")
        care.back_up(self.station)
        wanted = self.wanted(CredentialKind.FACE, code=CHOSEN[2])
        try:
            raise RuntimeError(f"{wanted!r} {self.said}")
        except RuntimeError as error:
            folder = self.home.root / "logs"
            logs.get("ui").error("unforeseen", exc_info=error)
            assert crash.save(crash.report(error, folder), folder) is not None


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Busy]:
    folder = tmp_path_factory.mktemp("locks")
    with ExitStack() as stack:
        world = World(sample_rooms(4))
        signs: set[str] = set()

        def signed(fields: Mapping[str, object]) -> str:
            signs.add(sign(fields))
            return sign(fields)

        lock, kexin, gate = DoorLockSim(world), KexinSim(sign=signed), ShankaiSim()
        gate.add_sample()
        kexin.cloud.add_person(SAMPLE_PERSON, SAMPLE_ID_NUM, digest_of(FACE))
        urls = [stack.enter_context(SimServer(sim)).url for sim in (lock, kexin, gate)]
        settings = parts.Settings(
            desk=parts.Desk(id="desk-1", faces=True, fingerprints=True),
            door_lock=parts.DoorLock(url=urls[0], appid=APPID, body="form", read_timeout_s=1),
            kexin=parts.Kexin(url=urls[1], app_id=kexin.app_id, signer=f"{SIGNER}:sign"),
            shankai=parts.Shankai(url=f"{urls[2]}/1.0", app_id="sim-app", org_id=SAMPLE_ORG_ID),
        )
        home = Home(folder / "home")
        secrets = Secrets(
            home,
            {
                "STATION_JOURNAL_KEY": KEY.hex(),
                "STATION_DOOR_LOCK_APPSECRET": APPSECRET,
                "STATION_SHANKAI_SECRET": gate.secret,
            },
        )
        home.create()
        logs.setup(home.root, traffic=True)
        stack.callback(logs.close)
        station = stack.enter_context(
            build(home, settings=settings, secrets=secrets, with_gate=True)
        )
        made = Busy(home, folder / "outside", world, station, lock, kexin, signs)
        station.desk.refresh_rooms()
        lines = [f"{lock.name},{lock.lock_id}" for lock in list(kexin.cloud.locks.values())[:4]]
        import_table(station.desk, BOSS, "room,lock_id\n" + "\n".join(lines))
        made.everything()
        made.papers()
        yield made


def needles(busy: Busy) -> dict[str, str | bytes]:
    """Short codes stand in longer numbers by chance: those are searched as words of their own."""
    return {
        **{f"passcode {code}": code for code in busy.codes},
        "a face": FACE[40:100],
        "a finger": TEMPLATE[8:40],
        "a finger as it is sent": TEMPLATE[8:40].hex("-"),
        "an identity number": SAMPLE_ID_NUM,
        "a secret": APPSECRET,
        "a name": GUEST,
        "a mobile": MOBILE,
        **{f"sign {number}": made for number, made in enumerate(sorted(busy.signs))},
    }


def files(busy: Busy) -> list[Path]:
    folders = busy.home.root, busy.outside
    return [path for folder in folders for path in folder.rglob("*") if path.is_file()]


def found(data: bytes, value: str | bytes) -> list[str]:
    if isinstance(value, str) and value.isdigit() and len(value) < 11:
        return ["as it is"] if _stands_alone(data, value.encode()) else []
    return found_in(data, value)


def _stands_alone(data: bytes, code: bytes) -> bool:
    """Whether the digits stand there with no digit or letter of a longer number around them."""
    place = data.find(code)
    while place >= 0:
        around = data[max(place - 1, 0) : place] + data[place + len(code) : place + len(code) + 1]
        if not any(chr(byte).isalnum() and byte < 128 for byte in around):
            return True
        place = data.find(code, place + 1)
    return False


def test_everything_was_done(busy: Busy) -> None:
    assert len(busy.codes) >= 6
    assert busy.world.lock_of("1-101").opened + busy.kexin.cloud.named("1-101").opened >= 2
    names = {path.name for path in files(busy)}
    assert {
        "journal.db",
        "station.log",
        "journal.jsonl",
        *(f"history.{form}" for form in FORMS),
    } <= names
    assert any(name.startswith("crash-") for name in names)
    log = (busy.home.root / "logs" / "station.log").read_text("utf-8")
    for call in ("GatewayUploadFace", "GatewayUploadFinger", "lock/open/face", "v2/lock/pwd/get"):
        assert call in log
    states = {row.state for row in busy.station.store.history(HistoryFilter(limit=1000))}
    assert {"done", "refused", "failed", "unknown", "set_aside"} <= states


def test_signatures_were_seen(busy: Busy) -> None:
    assert busy.signs, "what is searched for has to be known"


def test_nothing_of_it_is_in_any_file(busy: Busy) -> None:
    leaks = [
        (name, what, form)
        for path in files(busy)
        for name, data in contents(path)
        for what, value in needles(busy).items()
        for form in found(data, value)
    ]
    assert leaks == []


def test_nothing_of_it_is_in_what_a_result_says_of_itself(busy: Busy) -> None:
    leaks = [
        (what, said[:80])
        for said in busy.said
        for what, value in needles(busy).items()
        for _ in found(said.encode(), value)
    ]
    assert leaks == []


def test_the_search_finds_a_code_that_stands_alone() -> None:
    assert found(b'{"pwd": "850296"}', "850296") == ["as it is"]
    assert found(b"1850296.25", "850296") == []
