"""Qt's application, made once, on the platform that the program was told to use."""

import os
import sys
from pathlib import Path
from typing import Final

from PySide6.QtWidgets import QApplication

NAME: Final = "card-station"
SCREENLESS: Final = "offscreen"
FONTS: Final = (
    *("segoeui.ttf", "segoeuib.ttf", "msyh.ttc", "msyhbd.ttc"),
    *("DejaVuSans.ttf", "DejaVuSans-Bold.ttf", "NotoSansCJK-Regular.ttc", "NotoSansCJK-Bold.ttc"),
)
"""Files with Latin and Chinese letters: of Windows, and what tests under Wine have for them."""


def application(platform: str = "") -> QApplication:
    """The one there is, or a new one. `platform` is Qt's (`offscreen`, `windows:fontengine=gdi`).

    Given as an argument and not as QT_QPA_PLATFORM, since Wine lets no such variable through.
    """
    app = QApplication.instance()
    if isinstance(app, QApplication):
        return app
    if platform == SCREENLESS:
        expect_no_fonts()
    made = QApplication([NAME, *(("-platform", platform) if platform else ())])
    give_fonts(made)
    return made


def expect_no_fonts() -> None:
    """Before Qt begins without a screen: no warning of a folder of fonts that it does not have."""
    if sys.platform == "win32":
        os.environ.setdefault("QT_QPA_FONTDIR", str(Path(__file__).parent))


def give_fonts(app: QApplication) -> None:
    """Without a screen Qt finds no font on Windows: pictures would have boxes for letters."""
    if sys.platform != "win32" or app.platformName() != SCREENLESS:
        return
    from PySide6.QtGui import QFontDatabase

    folder = Path(os.environ.get("SYSTEMROOT") or r"C:\Windows") / "Fonts"
    for name in FONTS:
        if (folder / name).is_file():
            QFontDatabase.addApplicationFont(str(folder / name))
