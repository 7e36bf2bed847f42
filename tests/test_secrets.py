"""Secrets: the environment wins, then the keyring; the site key alone may lie in a file."""

import copy
import logging
import os
import pickle
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends import fail, null
from keyring.errors import KeyringLocked, PasswordDeleteError

from station.errors import Code, InputInvalid, JournalUnsafe
from station.home import Home
from station.secrets import Secret, SecretName, Secrets, keyring_name

KEY = "ab" * 32
APPSECRET = SecretName.DOOR_LOCK_APPSECRET


class MemoryKeyring(KeyringBackend):
    """A keyring that keeps its passwords in memory and can be locked."""

    priority = 1.0

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.kept: dict[tuple[str, str], str] = {}
        self.locked = False

    def get_password(self, service: str, username: str) -> str | None:
        self._open()
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._open()
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self._open()
        if (service, username) not in self.kept:
            raise PasswordDeleteError("not there")
        del self.kept[service, username]

    def _open(self) -> None:
        if self.locked:
            raise KeyringLocked("locked")


@pytest.fixture(autouse=True)
def _own_keyring() -> Iterator[None]:
    before = keyring.get_keyring()
    keyring.set_keyring(fail.Keyring())  # type: ignore[no-untyped-call]
    yield
    keyring.set_keyring(before)


@pytest.fixture
def ring() -> MemoryKeyring:
    made = MemoryKeyring()
    keyring.set_keyring(made)
    return made


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "desk").create()


def missing(secrets: Secrets, name: SecretName) -> object:
    with pytest.raises(InputInvalid) as caught:
        secrets.get(name)
    assert caught.value.code is Code.SECRET_MISSING
    assert caught.value.context["variable"] == name.variable
    return caught.value.context["why"]


def test_the_variables_are_those_of_the_documentation() -> None:
    assert [name.variable for name in SecretName] == [
        "STATION_DOOR_LOCK_APPSECRET",
        "STATION_SHANKAI_SECRET",
        "STATION_PROPERTY_TOKEN",
        "STATION_CENTRAL_PASSWORD",
        "STATION_OPERATOR_PIN",
        "STATION_JOURNAL_KEY",
    ]


def test_put_get_delete(home: Home, ring: MemoryKeyring) -> None:
    secrets = Secrets(home, {})
    assert missing(secrets, APPSECRET) == "missing"
    secrets.put(APPSECRET, "hunter2")
    assert secrets.get(APPSECRET).reveal() == "hunter2"
    assert list(ring.kept.values()) == ["hunter2"]
    secrets.delete(APPSECRET)
    secrets.delete(APPSECRET)
    assert secrets.find(APPSECRET) is None
    assert keyring_name() == ring.name


def test_the_environment_goes_before_the_keyring(home: Home, ring: MemoryKeyring) -> None:
    Secrets(home, {}).put(APPSECRET, "kept")
    given = Secrets(home, {"STATION_DOOR_LOCK_APPSECRET": "given"})
    assert given.get(APPSECRET).reveal() == "given"
    ring.locked = True
    assert given.get(APPSECRET).reveal() == "given"
    assert missing(Secrets(home, {}), APPSECRET) == "locked"


def test_two_homes_share_no_secret(home: Home, ring: MemoryKeyring, tmp_path: Path) -> None:
    Secrets(home, {}).put(APPSECRET, "one")
    assert Secrets(Home(tmp_path / "other"), {}).find(APPSECRET) is None
    assert Secrets(Home(home.root, usual=True), {}).find(APPSECRET) is None
    assert len(ring.kept) == 1


@pytest.mark.parametrize("backend", [fail.Keyring, null.Keyring])
def test_without_a_keyring_nothing_but_the_environment(
    home: Home, backend: type[KeyringBackend]
) -> None:
    keyring.set_keyring(backend())
    secrets = Secrets(home, {"STATION_SHANKAI_SECRET": "given"})
    assert secrets.get(SecretName.SHANKAI_SECRET).reveal() == "given"
    assert missing(secrets, APPSECRET) == "no_keyring"
    with pytest.raises(InputInvalid) as caught:
        secrets.put(APPSECRET, "hunter2")
    assert caught.value.context["why"] == "no_keyring"
    assert "hunter2" not in str(caught.value)
    secrets.delete(APPSECRET)
    assert list(home.root.rglob("*key*")) == []
    assert keyring_name() == ""


def test_a_locked_keyring_is_named(home: Home, ring: MemoryKeyring) -> None:
    ring.locked = True
    secrets = Secrets(home, {})
    calls: list[Callable[[], None]] = [
        lambda: secrets.put(APPSECRET, "x"),
        lambda: secrets.delete(APPSECRET),
    ]
    for call in calls:
        with pytest.raises(InputInvalid) as caught:
            call()
        assert caught.value.context["why"] == "locked"


def test_a_keyring_that_keeps_nothing_is_noticed(home: Home) -> None:
    class Forgetful(MemoryKeyring):
        def set_password(self, service: str, username: str, password: str) -> None:
            """Says yes and keeps nothing."""

    keyring.set_keyring(Forgetful())
    with pytest.raises(InputInvalid) as caught:
        Secrets(home, {}).put(APPSECRET, "x")
    assert caught.value.context["why"] == "not_kept"


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("", Code.FIELD_EMPTY),
        ("x" * 4097, Code.FIELD_TOO_LONG),
        ("a\nb", Code.FIELD_CHARACTERS),
        ("a\0b", Code.FIELD_CHARACTERS),
    ],
)
def test_bad_secrets_are_refused(home: Home, ring: MemoryKeyring, value: str, code: Code) -> None:
    with pytest.raises(InputInvalid) as caught:
        Secrets(home, {}).put(APPSECRET, value)
    assert caught.value.code is code
    assert ring.kept == {}


def test_a_secret_shows_itself_to_nobody(
    home: Home, ring: MemoryKeyring, caplog: pytest.LogCaptureFixture
) -> None:
    secret = Secret("hunter2")
    secrets = Secrets(home, {"STATION_OPERATOR_PIN": "hunter2"})
    with caplog.at_level(logging.DEBUG):
        logging.getLogger("station").warning("%s %r %s %r", secret, secret, secrets, secrets)
        secrets.put(APPSECRET, "hunter2")
    shown = f"{secret}{secret!r}{secrets!r}{[secret]}{vars(secrets).keys()}{caplog.text}"
    assert "hunter2" not in shown
    for save in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError):
            save(secret)
    assert secret == Secret("hunter2")
    assert secret != Secret("hunter3")
    assert secret != "hunter2"
    assert len({secret, Secret("hunter2")}) == 1


def test_the_site_key_is_made_once_and_kept_in_the_keyring(home: Home, ring: MemoryKeyring) -> None:
    secrets = Secrets(home, {})
    with pytest.raises(JournalUnsafe) as caught:
        secrets.journal_key()
    assert (caught.value.code, caught.value.context) == (Code.JOURNAL_KEY, {"why": "missing"})
    made = secrets.journal_key(create=True)
    assert len(made) == 32
    assert secrets.journal_key(create=True) == made == Secrets(home, {}).journal_key()
    assert not secrets.journal_key_in_file()
    assert not secrets.journal_key_open_to_others()


def test_a_locked_keyring_never_leads_to_a_second_site_key(home: Home, ring: MemoryKeyring) -> None:
    ring.locked = True
    with pytest.raises(InputInvalid):
        Secrets(home, {}).journal_key(create=True)
    assert not home.journal_key.exists()


def test_without_a_keyring_the_site_key_lies_in_a_file_for_this_user(home: Home) -> None:
    secrets = Secrets(home, {})
    made = secrets.journal_key(create=True)
    assert secrets.journal_key_in_file()
    assert home.journal_key.read_text().strip() == made.hex()
    assert secrets.journal_key() == made
    if os.name != "nt":
        assert home.journal_key.stat().st_mode & 0o777 == 0o600
        assert not secrets.journal_key_open_to_others()
        home.journal_key.chmod(0o640)
        assert secrets.journal_key_open_to_others()
    keyring.set_keyring(MemoryKeyring())
    assert secrets.journal_key(create=True) == made, "a keyring that appears later changes nothing"


def test_the_environment_may_give_the_site_key(home: Home) -> None:
    assert Secrets(home, {"STATION_JOURNAL_KEY": KEY}).journal_key() == bytes.fromhex(KEY)
    for bad in ("short", KEY + "00", "zz" * 32):
        with pytest.raises(JournalUnsafe) as caught:
            Secrets(home, {"STATION_JOURNAL_KEY": bad}).journal_key(create=True)
        assert caught.value.context == {"why": "malformed"}
    assert not home.journal_key.exists()


def test_a_spoilt_key_file_is_never_replaced(home: Home) -> None:
    home.journal_key.write_bytes(b"\xff\x00half")
    with pytest.raises(JournalUnsafe) as caught:
        Secrets(home, {}).journal_key(create=True)
    assert caught.value.context == {"why": "malformed"}
    assert home.journal_key.read_bytes() == b"\xff\x00half"


def test_programs_that_start_at_once_agree_on_one_site_key(home: Home) -> None:
    code = (
        "import keyring, sys; from pathlib import Path; from keyring.backends import fail\n"
        "from station.home import Home; from station.secrets import Secrets\n"
        "keyring.set_keyring(fail.Keyring()); sys.stdin.readline()\n"
        "print(Secrets(Home(Path(sys.argv[1])), {}).journal_key(create=True).hex())"
    )
    programs = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(home.root)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    for program in programs:
        assert program.stdin is not None
        program.stdin.write("go\n")
        program.stdin.flush()
    answers = [program.communicate(timeout=60)[0].strip() for program in programs]
    assert [program.returncode for program in programs] == [0] * 4
    assert len(set(answers)) == 1
    assert len(answers[0]) == 64
    assert [item.name for item in home.root.glob(".journal*")] == []


def test_importing_secrets_and_settings_loads_no_keyring() -> None:
    code = (
        "import sys, station.secrets, station.settings, station.home, station.catalogue\n"
        "heavy = {'keyring', 'requests', 'sqlalchemy', 'typer', 'rich', 'cryptography'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "[]"
