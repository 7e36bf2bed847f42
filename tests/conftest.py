"""What every test shares: hypothesis profiles, and no setting of this computer leaking in."""

import os

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


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No STATION_… variable of the person who runs the tests reaches the program."""
    for name in list(os.environ):
        if name.startswith("STATION_"):
            monkeypatch.delenv(name)
