"""Signing: with whose certificate, what comes out, and that a changed byte is noticed."""

import stat
import subprocess
from pathlib import Path

import pytest

from installer.windows import signing
from installer.windows.wine import Failed
from tests.installer.conftest import COMPILER, need
from tests.systems import WINDOWS

EPOCH = 1_700_000_000


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the test certificate lies."""
    return tmp_path_factory.mktemp("kept")


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """A Windows program without a signature."""
    need(COMPILER, "osslsigncode")
    source = tmp_path / "program.c"
    source.write_text("int main(void) { return 0; }")
    target = tmp_path / "program.exe"
    options = ["-s", "-Wl,--no-insert-timestamp"]
    subprocess.run([COMPILER, *options, str(source), "-o", str(target)], check=True)
    return target


def test_the_test_certificate_is_kept_and_says_what_it_is(kept: Path) -> None:
    first = signing.find_certificate({}, kept)
    assert first.is_test
    assert first == signing.find_certificate({}, kept)
    if not WINDOWS:
        assert stat.S_IMODE(first.p12.stat().st_mode) == 0o600
    assert "TEST" in signing.TEST_NAME


def test_the_certificate_of_the_environment(tmp_path: Path) -> None:
    p12 = tmp_path / "site.p12"
    named = {"STATION_SIGN_P12": str(p12), "STATION_SIGN_PASSWORD": "x"}
    with pytest.raises(Failed, match="names no file"):
        signing.find_certificate(named, tmp_path)
    p12.write_bytes(b"")
    stamped = named | {"STATION_SIGN_TIMESTAMP": "http://stamp.example"}
    found = signing.find_certificate(stamped, tmp_path)
    assert (found.p12, found.password, found.timestamp) == (p12, "x", "http://stamp.example")
    assert not found.is_test


def test_signed_intact_and_trusted_by_its_own_certificate_alone(program: Path, kept: Path) -> None:
    certificate = signing.find_certificate({}, kept)
    signing.sign(program, certificate)
    found = signing.verify(program, certificate.anchor)
    assert (found.intact, found.trusted) == (True, True)
    assert signing.TEST_NAME in found.signer
    assert signing.verify(program) == signing.Signature(found.signer, intact=True, trusted=False)


def test_a_changed_byte_is_noticed(program: Path, kept: Path) -> None:
    certificate = signing.find_certificate({}, kept)
    signing.sign(program, certificate)
    assert signing.notices_a_change(program, certificate.anchor)
    data = bytearray(program.read_bytes())
    data[len(data) // 3] ^= 0x80
    program.write_bytes(data)
    found = signing.verify(program, certificate.anchor)
    assert (found.intact, found.trusted) == (False, False)
    assert not signing.notices_a_change(program, certificate.anchor)


def test_no_signature_at_all(program: Path) -> None:
    with pytest.raises(Failed, match="bears no signature"):
        signing.verify(program)


def test_again_is_one_signature(program: Path, kept: Path) -> None:
    certificate = signing.find_certificate({}, kept)
    signing.sign(program, certificate, EPOCH)
    once = program.read_bytes()
    signing.sign(program, certificate, EPOCH)
    assert program.read_bytes() == once


def test_another_certificate_gives_other_bytes(program: Path, kept: Path, tmp_path: Path) -> None:
    plain = program.read_bytes()
    signed = set()
    for folder in (kept, kept, tmp_path / "another"):
        program.write_bytes(plain)
        signing.sign(program, signing.find_certificate({}, folder), EPOCH)
        signed.add(program.read_bytes())
    assert len(signed) == 2


def test_a_wrong_password_leaves_the_file_alone(program: Path, kept: Path) -> None:
    certificate = signing.find_certificate({}, kept)
    plain = program.read_bytes()
    with pytest.raises(Failed, match="could not be signed"):
        signing.sign(program, signing.Certificate(certificate.p12, "wrong"))
    assert program.read_bytes() == plain
    assert not program.with_name("program.exe.signed").exists()


def test_as_a_command(
    program: Path,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    kept: Path,
) -> None:
    certificate = signing.find_certificate({}, kept)
    monkeypatch.setenv("STATION_SIGN_P12", str(certificate.p12))
    monkeypatch.setenv("STATION_SIGN_PASSWORD", certificate.password)
    words = [*signing.command(), str(program)]
    subprocess.run(words, cwd=signing.ROOT, check=True, stdout=subprocess.DEVNULL)
    monkeypatch.setattr("sys.argv", ["signing", "verify", str(program)])
    assert signing.main() == 1, "this system does not trust it"
    assert "intact; not trusted" in capsys.readouterr().out
