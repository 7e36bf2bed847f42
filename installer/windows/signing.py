"""Signs Windows programs (Authenticode, by osslsigncode), and checks what is signed.

    python -m installer.windows.signing sign FILE…
    python -m installer.windows.signing verify FILE…

The certificate comes from the environment: STATION_SIGN_P12 (a PKCS #12 file), its password in
STATION_SIGN_PASSWORD, and STATION_SIGN_TIMESTAMP (the address of a time-stamping service, RFC
3161), if there is one. Without them a test certificate is made and kept under
build/windows/signing: its signature shows that signing works and that no byte was changed; no
Windows trusts it.

A signature holds the time of signing: SOURCE_DATE_EPOCH, when it is set and nobody stamps the time.
With the same key and time the same bytes come out. A new test certificate gives other bytes, so two
builds are compared before they are signed, or signed with the same certificate.
"""

import argparse
import datetime as dt
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from installer.windows.wine import Failed

ROOT: Final = Path(__file__).parents[2]
KEPT: Final = ROOT / "build" / "windows" / "signing"
SHOWN: Final = "Card Station"
TEST_NAME: Final = "Card Station TEST signature - not trusted"
TEST_PASSWORD: Final = "test"  # noqa: S105 - it guards nothing; osslsigncode refuses an empty one
_DIGEST: Final = re.compile(r"(Current|Calculated) message digest\s*:\s*([0-9A-F]+)")
_SIGNER: Final = re.compile(r"Signer #0:\s+Subject\s*: (.+)")
_FIRST: Final = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
_LAST: Final = dt.datetime(2049, 12, 31, tzinfo=dt.UTC)


@dataclass(frozen=True, slots=True)
class Certificate:
    """What to sign with. `anchor` is the certificate itself (PEM) where it is a test."""

    p12: Path
    password: str
    timestamp: str = ""
    anchor: Path | None = None

    @property
    def is_test(self) -> bool:
        return self.anchor is not None


@dataclass(frozen=True, slots=True)
class Signature:
    """What verifying found: by whom, whether the file is as it was signed, whether that is trusted.

    `signer`: its name; empty where the file was changed.
    `intact`: the digest in the signature is that of the file. `trusted`: the signature itself
    holds, and its certificate leads to one that was given or that this system trusts.
    """

    signer: str
    intact: bool
    trusted: bool


def find_certificate(
    environment: Mapping[str, str] | None = None, kept: Path = KEPT
) -> Certificate:
    """The certificate of the environment, else a test one in `kept`. Raises `Failed`."""
    environment = os.environ if environment is None else environment
    named = environment.get("STATION_SIGN_P12", "")
    if not named:
        return _test_certificate(kept)
    p12 = Path(named)
    if not p12.is_file():
        raise Failed("STATION_SIGN_P12 names no file")
    password = environment.get("STATION_SIGN_PASSWORD", "")
    return Certificate(p12, password, environment.get("STATION_SIGN_TIMESTAMP", ""))


def sign(file: Path, certificate: Certificate, epoch: int | None = None) -> None:
    """Sign a program in place; one that is signed already gets this signature instead.

    `epoch` (seconds since 1970, UTC) is the time of signing that is written down; now if None.
    Raises `Failed`.
    """
    signed = file.with_name(f"{file.name}.signed")
    signed.unlink(missing_ok=True)
    options = ["-h", "sha256", "-n", SHOWN]
    if certificate.timestamp:
        options += ["-ts", certificate.timestamp]
    elif epoch is not None:
        options += ["-time", str(epoch)]
    # The password goes by a file of ours alone: everybody on the machine can see a command line.
    with tempfile.TemporaryDirectory() as folder:
        password = Path(folder) / "password"
        password.touch(mode=0o600)
        password.write_text(certificate.password, "utf-8")
        done = _osslsigncode(
            *("sign", "-pkcs12", str(certificate.p12), "-readpass", str(password), *options),
            *("-in", str(file), "-out", str(signed)),
        )
    if done.returncode != 0 or not signed.is_file():
        signed.unlink(missing_ok=True)
        raise Failed(f"{file.name} could not be signed:\n{done.stdout[-2000:]}")
    shutil.copymode(file, signed)
    signed.replace(file)


def verify(file: Path, anchor: Path | None = None) -> Signature:
    """What the file's signature is worth.

    `anchor` is the certificate (PEM) to trust, else those of this system. Raises `Failed` where
    there is no signature at all.
    """
    trust = [] if anchor is None else ["-CAfile", str(anchor)]
    done = _osslsigncode("verify", *trust, "-in", str(file))
    digests: dict[str, str] = dict(_DIGEST.findall(done.stdout))
    signer = _SIGNER.search(done.stdout)
    if len(digests) != 2:
        raise Failed(f"{file.name} bears no signature")
    intact = digests["Current"] == digests["Calculated"]
    name = signer[1].strip() if signer else ""
    return Signature(name, intact, intact and done.returncode == 0)


def notices_a_change(file: Path, anchor: Path | None = None) -> bool:
    """Whether a copy with one other byte in its middle fails to verify while the file does not."""
    if not verify(file, anchor).intact:
        return False
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    with tempfile.TemporaryDirectory() as folder:
        changed = Path(folder) / file.name
        changed.write_bytes(data)
        found = verify(changed, anchor)
    return not found.intact and not found.trusted


def command() -> list[str]:
    """The command that signs the file named after it; it is run in the project's folder."""
    return [sys.executable, "-m", "installer.windows.signing", "sign"]


def _osslsigncode(*arguments: str) -> "subprocess.CompletedProcess[str]":
    try:
        return subprocess.run(
            ["osslsigncode", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
        )
    except FileNotFoundError as error:
        raise Failed("osslsigncode is not installed") from error


def _test_certificate(kept: Path) -> Certificate:
    """The test certificate in `kept`, made if it is not there; for this user's eyes only."""
    p12, anchor = kept / "test.p12", kept / "test.pem"
    if not (p12.is_file() and anchor.is_file()):
        kept.mkdir(parents=True, exist_ok=True)
        _make_test_certificate(p12, anchor)
    return Certificate(p12, TEST_PASSWORD, anchor=anchor)


def _make_test_certificate(p12: Path, anchor: Path) -> None:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import rsa
    from cryptography.hazmat.primitives.serialization import pkcs12
    from cryptography.x509.oid import ExtendedKeyUsageOID

    key = rsa.generate_private_key(public_exponent=65537, key_size=3072)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, TEST_NAME)])
    usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CODE_SIGNING])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(_FIRST)
        .not_valid_after(_LAST)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=False)
        .sign(key, hashes.SHA256())
    )
    packed = pkcs12.serialize_key_and_certificates(
        b"test",
        key,
        certificate,
        None,
        serialization.BestAvailableEncryption(TEST_PASSWORD.encode()),
    )
    p12.touch(mode=0o600)
    p12.write_bytes(packed)
    anchor.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))


def main() -> int:
    """The command; its exit status."""
    parser = argparse.ArgumentParser(description="Sign Windows programs, or verify them.")
    parser.add_argument("what", choices=("sign", "verify"))
    parser.add_argument("files", type=Path, nargs="+")
    given = parser.parse_args()
    certificate = find_certificate()
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    well = True
    for file in given.files:
        if given.what == "sign":
            sign(file, certificate, int(epoch) if epoch else None)
            kind = "TEST signature, not trusted by Windows" if certificate.is_test else "signed"
            print(f"{file.name}: {kind}")
        else:
            found = verify(file, certificate.anchor)
            well = well and found.trusted
            state = "intact" if found.intact else "CHANGED after it was signed"
            trust = "trusted" if found.trusted else "not trusted"
            print(f"{file.name}: {found.signer}; {state}; {trust}")
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main())
