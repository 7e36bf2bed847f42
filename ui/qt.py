"""Qt's application, made once, on the platform that the program was told to use."""

from PySide6.QtWidgets import QApplication

NAME = "card-station"


def application(platform: str = "") -> QApplication:
    """The one there is, or a new one. `platform` is Qt's (`offscreen`, `windows:fontengine=gdi`).

    Given as an argument and not as QT_QPA_PLATFORM, since Wine lets no such variable through.
    """
    app = QApplication.instance()
    if isinstance(app, QApplication):
        return app
    return QApplication([NAME, *(("-platform", platform) if platform else ())])
