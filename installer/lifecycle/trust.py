"""Signatures of what a site downloads and of what lies on its disk."""

from installer.lifecycle.life import USUAL, Life
from installer.windows import signing
from installer.windows.signing import Certificate
from installer.windows.wine import Failed


def signatures(life: Life, certificate: Certificate | None) -> None:
    """Setup, uninstaller and both programs bear a signature that one changed byte breaks."""
    if certificate is None:
        return
    folder = life.inside(USUAL)
    names = ("uninstall.exe", "CardStation.exe", "station.exe")
    for file in (life.newer.file, *(folder / name for name in names)):
        try:
            found = signing.verify(file, certificate.anchor)
            noticed = signing.notices_a_change(file, certificate.anchor)
        except Failed as error:
            life.check(f"{file.name} is signed", False, error)
            continue
        life.check(f"{file.name} is signed and intact", found.intact, found)
        if certificate.is_test:
            life.check(f"{file.name}: the signature holds", found.trusted, found)
        life.check(f"{file.name}: a changed byte is noticed", noticed)
