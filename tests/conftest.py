"""What every test shares: hypothesis profiles, and no setting of this computer leaking in."""

import os
import signal

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile(
    "desk",
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("ci", parent=settings.get_profile("desk"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "desk")


if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # Begun in a script's background, where Ctrl-C is ignored: tests of it would wait for ever.
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No STATION_… variable of the person who runs the tests reaches the program."""
    for name in list(os.environ):
        if name.startswith("STATION_"):
            monkeypatch.delenv(name)
