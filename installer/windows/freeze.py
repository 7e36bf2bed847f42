"""Runs PyInstaller with the Windows Python: the folder that the setup installs.

`papers` are the files that lie beside the program (licences, technicians' pages).
"""

import shutil
from pathlib import Path
from typing import Final

from installer.windows.fetched import ROOT
from installer.windows.icon import write_icon
from installer.windows.version_info import write_version_info
from installer.windows.wine import Wine, windows_path

NAME: Final = "CardStation"
EPOCH: Final = "1760000000"
"""Seconds since 1970 that are written wherever a build would write the time: two are alike."""
PROGRAMS: Final = {
    "CardStation": ("Card Station 房卡工作站", "CardStation.exe"),
    "station": ("Card Station 房卡工作站 (command line)", "station.exe"),
}


def freeze(wine: Wine, python: Path, work: Path, version: str) -> Path:
    """Make `work/bundle/CardStation`; its path. Raises `Failed` with PyInstaller's last words."""
    write_icon(work / "station.ico")
    for name, (description, file) in PROGRAMS.items():
        write_version_info(work / f"{name}.version.txt", version, description, file)
    bundle = work / "bundle"
    shutil.rmtree(bundle, ignore_errors=True)
    said = wine.check(
        [
            *(python, "-m", "PyInstaller", "--noconfirm", "--clean", "--log-level", "WARN"),
            *("--distpath", bundle, "--workpath", work / "pyinstaller"),
            ROOT / "installer" / "station.spec",
        ],
        cwd=ROOT,
        timeout=1800,
        environment={
            "PYTHONHASHSEED": "1",
            "PYTHONDONTWRITEBYTECODE": "1",
            "SOURCE_DATE_EPOCH": EPOCH,
            "STATION_BUILD": windows_path(work),
        },
    )
    (work / "pyinstaller.log").write_text(said, "utf-8")
    return bundle / NAME
