"""What every test shares: hypothesis profiles, and no setting of this computer leaking in.

Also which tests are left out where: those marked `linux(reason)` on Windows, those marked
`wine(reason)` under Wine.
"""

import os
import signal
import sys

import pytest
from hypothesis import HealthCheck, settings

from tests.systems import UNDER_WINE

settings.register_profile(
    "desk",
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("ci", parent=settings.get_profile("desk"), derandomize=True)
# A desk's real keyring (a Windows always has one) is not for tests; children inherit this.
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
settings.load_profile("ci" if os.environ.get("CI") else "desk")


if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # Begun in a script's background, where Ctrl-C is ignored: tests of it would wait for ever.
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A test that needs what this system has not is skipped, with the reason it gives itself."""
    absent = {"linux": sys.platform == "win32", "wine": UNDER_WINE}
    for item in items:
        for name in (name for name, here in absent.items() if here):
            mark = item.get_closest_marker(name)
            if mark is not None:
                item.add_marker(pytest.mark.skip(reason=f"{name}: {mark.args[0]}"))


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No STATION_… variable of the person who runs the tests reaches the program."""
    for name in list(os.environ):
        if name.startswith("STATION_"):
            monkeypatch.delenv(name)
