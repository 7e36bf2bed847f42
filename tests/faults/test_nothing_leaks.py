"""Everything is run, then everything is searched: no secret, no token, nobody's name or number.

Every command of the program runs, through faults and refusals, with all vendor traffic logged. Then
every file under the home folder, every copy and export, and everything that was said is searched
for what must not be there, in every form that it might take.
"""

from pathlib import Path

import pytest

from station.simulators.calls import Call
from station.simulators.door_lock.sim import APPSECRET
from station.simulators.faults import Fault
from tests.faults.needles import contents, forms, found_in
from tests.faults.place import BOSS, GUEST, KEY, MOBILE, PIN, Kept, Place, place
from tests.faults.program import Ran, Warm
from tests.systems import KILLED

OTHER_MOBILE = "13800000002"
WRONG_PIN, CLERK_PIN, NEW_PIN = "wrong-pin-617283", "clerks-pin-950514", "new-pin-737379"
STAY = ("--nights", "1")
NOBODY_LISTENS = "http://127.0.0.1:9"
PERSON = ("--guest", GUEST, "--mobile", MOBILE)
NAMED = ("--name", GUEST)
LOCK_FAULTS = (
    Fault.REFUSE,
    Fault.HANG_AFTER_EFFECT,
    Fault.DROP_AFTER,
    Fault.HALF_BODY,
    Fault.NOT_JSON,
    Fault.WRONG_SHAPE,
    Fault.HTTP_500,
    Fault.REDIRECT_302,
    Fault.CODE_STRING,
    Fault.DATA_NULL,
    Fault.GBK,
)
GATE_FAULTS = (
    Fault.REFUSE,
    Fault.NOT_JSON,
    Fault.HTTP_503,
    Fault.CAPTIVE_PORTAL,
    Fault.EXPIRED_TOKEN,
)
TELL_TALE = f'{{"name": "{GUEST}", "mobile": "{MOBILE}", "secret": "{APPSECRET}"}}'
"""A vendor that repeats what it must not."""


class Busy:
    """A desk at which everything happens; keeps what was said and which tokens were given out."""

    def __init__(self, desk: Place, outside: Path) -> None:
        self.desk, self.outside = desk, outside
        self.said: list[Ran] = []
        self.tokens: set[str] = set()
        desk.extra_environment["STATION_LOG_TRAFFIC"] = "1"
        desk.gate.after_effect = self._keep_tokens

    def _keep_tokens(self, _: Call) -> None:
        self.tokens |= set(self.desk.gate.cloud.tokens)

    def run(self, *argv: str, stdin: str = "", **environment: str) -> Ran:
        usual = dict(self.desk.extra_environment)
        self.desk.extra_environment |= environment
        ran = self.desk.station(*argv, stdin=stdin)
        self.desk.extra_environment = usual
        self.said.append(ran)
        assert "Traceback" not in ran.stderr, ran
        return ran

    def well(self, *argv: str, **more: str) -> Ran:
        ran = self.run(*argv, **more)
        assert ran.returncode == 0, ran
        return ran

    def cards(self) -> None:
        put = self.desk.put
        first = put()
        self.well("issue", "1-101", *STAY, *PERSON, "--gate")
        put()
        self.well("copy", "1-101")
        put(first)
        self.well("extend", "1-101", "--nights", "2")
        self.well("read", "--json")
        self.well("move", "1-101", "1-102")
        put()
        self.well("replace", "1-102", "--json")
        self.well("recycle")
        put()
        self.run("group", "1-201", "1-202", "--until", "2000-01-01 12:00")
        self.well("opens", "1-102")
        self.well("rooms")
        self.run("issue", "1-103", "--guest", GUEST * 40)
        self.run("issue", "1-103", *STAY, "--mobile", MOBILE + "9")
        self.run("issue", MOBILE, *STAY, "--guest", GUEST)

    def door_lock_faults(self) -> None:
        rooms = (*(f"1-10{door}" for door in range(3, 9)), *(f"1-20{door}" for door in range(3, 8)))
        for room, fault in zip(rooms, LOCK_FAULTS, strict=True):
            self.desk.put()
            body = {"body": TELL_TALE} if fault in {Fault.NOT_JSON, Fault.WRONG_SHAPE} else {}
            self.desk.lock.inject(fault, "MarkRoomCard", **body)
            self.run("issue", room, *STAY, *PERSON, "--yes")
            self.desk.lock.faults.release()
            self.run("unresolved", "--resolve")
        self.run("unresolved")

    def residents(self) -> None:
        self.well("resident", "bind", "--mobile", MOBILE, *NAMED, "--uid", "04A1B2C3")
        for fault in GATE_FAULTS:
            body = {"body": TELL_TALE} if fault is Fault.NOT_JSON else {}
            self.desk.gate.inject(fault, "set_card_no", times=3, **body)
            mobile = ("--mobile", OTHER_MOBILE)
            self.run("resident", "bind", *mobile, *NAMED, "--uid", "04A1B2C4", "--yes")
            self.desk.gate.faults.clear()
            self.run("resident", "sync")
        self.run("resident", "show", "--mobile", MOBILE, "--json")
        self.run("resident", "show", "--mobile", MOBILE, "--ask-cloud", *NAMED)
        self.run("resident", "unbind", "--mobile", OTHER_MOBILE)
        self.run("resident", "unbind", "--mobile", "12345")
        # a wrong secret: the cloud's no is logged, the secret is not
        self.run("resident", "sync", STATION_SHANKAI_SECRET="not-the-secret-at-all")

    def people(self) -> None:
        pin = {"stdin": f"{CLERK_PIN}\n"}
        self.well("operators", "add", "小周", "--role", "clerk", "--pin-stdin", **pin)
        for _ in range(6):
            self.run("read", STATION_OPERATOR="小周", STATION_OPERATOR_PIN=WRONG_PIN)
        pin = {"stdin": f"{NEW_PIN}\n"}
        self.well("operators", "reset", "小周", "--pin-stdin", **pin)
        self.well("operators", "list")
        self.well("operators", "disable", "小周")
        self.run("operators", "add", "小吴", "--role", "clerk", "--pin-stdin", stdin="12\n")

    def papers(self) -> None:
        out = self.outside
        out.mkdir()
        self.well("history", "--json")
        self.run("history", "--text", MOBILE)
        self.run("history", "--text", GUEST)
        for form in ("csv", "xlsx", "jsonl"):
            self.well("history", f"--{form}", str(out / f"history.{form}"))
        self.well("journal", "verify")
        self.well("journal", "export", str(out / "journal.jsonl"))
        self.well("journal", "backup", str(out / "copy.db"))
        self.well("journal", "rebuild")
        self.run("doctor", "--json")
        self.run("doctor", "--deep")

    def accidents(self) -> None:
        """The program is killed with a card on the encoder and words in its mouth."""
        self.desk.put()
        kill_at = 8
        argv = ("issue", "1-208", *STAY, *PERSON)
        self.said.append(self.desk.station(*argv, kill_at=kill_at))
        assert self.said[-1].killed
        settings = self.desk.home / "station.toml"
        good = settings.read_text("utf-8")
        settings.write_text(good + f'\n[property]\ntoken = "{APPSECRET}"\n', "utf-8")
        self.run("read")
        settings.write_text(good + f"\n[journal\n{MOBILE} {GUEST}", "utf-8")
        self.run("read")
        settings.write_text(good, "utf-8")
        self.desk.write_settings(lock=NOBODY_LISTENS)
        self.run("issue", "1-208", *STAY, *PERSON)
        settings.write_text(good, "utf-8")


@pytest.fixture(scope="module")
def busy(warm: Warm, furnished: Kept, tmp_path_factory: pytest.TempPathFactory) -> Busy:
    """A desk at which everything has happened."""
    folder = tmp_path_factory.mktemp("busy")
    with place(folder, warm) as desk:
        desk.restore(furnished, read_timeout_s=0.5)
        made = Busy(desk, folder / "outside")
        made.cards()
        made.door_lock_faults()
        made.residents()
        made.people()
        made.papers()
        made.accidents()
        return made


def secrets_of(busy: Busy) -> dict[str, str | bytes]:
    assert busy.tokens
    return {
        "appsecret": APPSECRET,
        "the cloud's secret": busy.desk.gate.secret,
        "the site key": KEY,
        "the site key in hex": KEY.hex(),
        "the supervisor's PIN": PIN,
        "the clerk's PIN": CLERK_PIN,
        "a wrong PIN": WRONG_PIN,
        "a new PIN": NEW_PIN,
        **{f"token {number}": token for number, token in enumerate(sorted(busy.tokens))},
    }


PERSONAL = {"a name": GUEST, "a mobile": MOBILE, "another mobile": OTHER_MOBILE}


def files(busy: Busy) -> list[Path]:
    found = [path for path in busy.desk.home.rglob("*") if path.is_file()]
    return found + [path for path in busy.outside.rglob("*") if path.is_file()]


def test_everything_was_run(busy: Busy) -> None:
    """What is searched is worth it: all kinds of files, traffic in the log, people in the desk."""
    names = {path.name for path in files(busy)}
    wanted = {
        "journal.db",
        "station.log",
        "history.csv",
        "history.xlsx",
        "journal.jsonl",
        "copy.db",
    }
    assert wanted <= names
    log = (busy.desk.home / "logs" / "station.log").read_text("utf-8")
    assert "TRAFFIC" in log
    assert "MarkRoomCard" in log
    assert "set_card_no" in log
    statuses = {ran.returncode for ran in busy.said}
    assert {0, 2, 3, 4, 5, 6, KILLED} <= statuses, statuses
    with busy.desk.journal() as journal:
        person = journal.find_person(MOBILE)
        assert person is not None
        assert journal.person(person.id).name == GUEST


def test_no_secret_in_any_file(busy: Busy) -> None:
    leaks = [
        (name, what, form)
        for path in files(busy)
        for name, data in contents(path)
        for what, value in secrets_of(busy).items()
        for form in found_in(data, value)
    ]
    assert leaks == []


def test_nobodys_name_or_number_in_any_file(busy: Busy) -> None:
    leaks = [
        (name, what, form)
        for path in files(busy)
        for name, data in contents(path)
        for what, value in PERSONAL.items()
        for form in found_in(data, value)
    ]
    assert leaks == []


def test_nothing_secret_or_personal_was_said(busy: Busy) -> None:
    """Names and numbers are shown masked, in sentences, tables and documents."""
    for ran in busy.said:
        said = (ran.stdout + ran.stderr).encode()
        for what, value in {**secrets_of(busy), **PERSONAL}.items():
            if value in ran.argv[1:2]:
                continue  # typed as the name of a room
            assert not found_in(said, value), (what, ran)


def test_operators_names_are_there(busy: Busy) -> None:
    """The search can find something: an operator's name stands in the journal, by design."""
    data = (busy.desk.home / "journal.db").read_bytes()
    assert found_in(data, BOSS) == ["as it is"]


@pytest.mark.parametrize("form", sorted(forms(GUEST)))
def test_the_search_finds_each_form(form: str) -> None:
    assert found_in(b"... " + forms(GUEST)[form] + b" ...", GUEST)
