"""The VERSIONINFO that Windows shows in a program's properties."""

from pathlib import Path

PUBLISHER = "Card Station"
_TEMPLATE = """\
VSVersionInfo(
  ffi=FixedFileInfo(filevers={numbers}, prodvers={numbers}, mask=0x3F, flags=0x0, OS=0x40004,
    fileType=0x1, subtype=0x0, date=(0, 0)),
  kids=[
    StringFileInfo([
      StringTable('080404b0', [{strings}])
    ]),
    VarFileInfo([VarStruct('Translation', [0x0804, 1200])])
  ]
)
"""


def write_version_info(path: Path, version: str, description: str, file: str) -> None:
    """Write the file that PyInstaller reads. `version` is three numbers with dots."""
    facts = {
        "CompanyName": PUBLISHER,
        "FileDescription": description,
        "FileVersion": version,
        "InternalName": file.removesuffix(".exe"),
        "LegalCopyright": PUBLISHER,
        "OriginalFilename": file,
        "ProductName": "Card Station 房卡工作站",
        "ProductVersion": version,
    }
    strings = ", ".join(f"StringStruct({name!r}, {text!r})" for name, text in facts.items())
    numbers = (*(int(part) for part in version.split(".")), 0)
    path.write_text(_TEMPLATE.format(numbers=numbers, strings=strings), "utf-8")
