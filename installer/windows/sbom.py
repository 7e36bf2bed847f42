"""Writes what is shipped as a CycloneDX 1.6 bill of materials, by what really is in the folder."""

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

from installer.windows.freeze import EPOCH
from installer.windows.licences import licence_of
from installer.windows.wheels import Wheel


def write_sbom(
    wheels: Iterable[Wheel], version: str, python: str, pyinstaller: str, target: Path
) -> int:
    """Write the bill; how many components it names. The same content gives the same bytes."""
    licences = LicenseFactory()
    program = Component(
        type=ComponentType.APPLICATION,
        name="card-station",
        version=version,
        bom_ref="card-station",
        licenses=[licences.make_from_string("MIT")],
    )
    parts = [
        Component(
            type=ComponentType.FRAMEWORK,
            name="cpython",
            version=python,
            bom_ref="cpython",
            licenses=[licences.make_from_string("PSF-2.0")],
            purl=PackageURL("generic", None, "cpython", python),
        ),
        Component(
            type=ComponentType.LIBRARY,
            name="pyinstaller-bootloader",
            version=pyinstaller,
            bom_ref="pyinstaller-bootloader",
            description="GPL-2.0 with the exception that what it starts may have any licence",
            purl=PackageURL("pypi", None, "pyinstaller", pyinstaller),
        ),
    ]
    for wheel in sorted(wheels, key=lambda one: one.name):
        digest = hashlib.sha256(wheel.path.read_bytes()).hexdigest()
        parts.append(
            Component(
                type=ComponentType.LIBRARY,
                name=wheel.name,
                version=wheel.version,
                bom_ref=wheel.name,
                licenses=[licences.make_from_string(licence_of(wheel))],
                purl=PackageURL("pypi", None, wheel.name, wheel.version),
                hashes=[HashType(alg=HashAlgorithm.SHA_256, content=digest)],
            )
        )
    bom = Bom(components=parts)
    bom.metadata.component = program
    bom.metadata.timestamp = datetime.fromtimestamp(int(EPOCH), UTC)
    bom.register_dependency(program, parts)
    named = "".join(f"{part.name}{part.version}" for part in parts) + version
    bom.serial_number = UUID(hashlib.sha256(named.encode()).hexdigest()[:32], version=4)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(JsonV1Dot6(bom).output_as_string(indent=2) + "\n", "utf-8")
    return len(parts)


def shipped(wheels: Iterable[Wheel], bundle: Path, modules: Iterable[str]) -> list[Wheel]:
    """Those wheels of which something is in the bundle, as files or among its `modules`."""
    tops = {name.partition(".")[0] for name in modules}
    tops |= {path.name.partition(".")[0] for path in (bundle / "_internal").iterdir()}
    return [wheel for wheel in wheels if tops & set(_tops(wheel))]


def _tops(wheel: Wheel) -> list[str]:
    """The names under which a wheel's modules are imported."""
    import zipfile

    with zipfile.ZipFile(wheel.path) as archive:
        names = {
            name.split("/")[0].partition(".")[0]
            for name in archive.namelist()
            if name.endswith((".py", ".pyd")) and ".dist-info/" not in name
        }
    return sorted(names - {""})
