"""The property platform by a desk's settings: body, time-outs, community, the token's age."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from station import compose
from station.compose import vendors
from station.errors import Code, StationError
from station.home import Home
from station.secrets import SecretName, Secrets
from station.settings import Property, Settings
from station.simulators.faults import Fault
from station.simulators.property import PropertySim
from station.simulators.property.sim import BASE_PATH
from station.simulators.property.switches import BodyForm, Switches
from station.simulators.server import SimServer
from station.vendors.property import PropertyPlatform

VARIABLE = SecretName.PROPERTY_TOKEN.variable


class KeptSecrets(Secrets):
    """Secrets that are kept in a dictionary instead of the system's keyring."""

    def __init__(self, home: Home, kept: dict[str, str]) -> None:
        super().__init__(home, kept)
        self.kept = kept

    def put(self, name: SecretName, value: str) -> None:
        self.kept[name.variable] = value


@pytest.fixture
def server() -> Iterator[SimServer[PropertySim]]:
    with SimServer(PropertySim(Switches(body=BodyForm.FORM))) as running:
        yield running


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home").create()


def settings_of(server: SimServer[PropertySim], **changes: object) -> Settings:
    return Settings(property=Property(url=server.url + BASE_PATH, body="form", **changes))  # type: ignore[arg-type]


def opened(home: Home, settings: Settings, kept: dict[str, str]) -> PropertyPlatform:
    client = vendors.open_property(home, settings, KeptSecrets(home, kept))
    assert client is not None
    return client


def test_the_body_is_the_settings(server: SimServer[PropertySim], home: Home) -> None:
    kept = {VARIABLE: server.sim.give_token()}
    client = opened(home, settings_of(server), kept)
    assert client.buildings("10002")
    client.close()
    other = Settings(property=Property(url=server.url + BASE_PATH))
    client = opened(home, other, kept)
    with pytest.raises(StationError):
        client.buildings("10002")
    client.close()


def test_the_time_outs_are_the_settings(server: SimServer[PropertySim], home: Home) -> None:
    settings = settings_of(server, read_timeout_s=0.5)
    client = opened(home, settings, {VARIABLE: server.sim.give_token()})
    server.sim.inject(Fault.HANG, "communities")
    with pytest.raises(StationError) as caught:
        client.communities()
    assert caught.value.code is Code.SERVICE_TIMEOUT
    server.sim.faults.release()
    client.close()


def test_the_site_knows_community_and_age(server: SimServer[PropertySim]) -> None:
    site = compose.site_of(settings_of(server, community_id="10002", houses_max_age_hours=6))
    assert (site.community_id, site.houses_max_age_hours) == ("10002", 6)
    assert compose.site_of(Settings()).community_id == ""


def test_a_renewed_tokens_age_is_known_the_next_time(
    server: SimServer[PropertySim], home: Home
) -> None:
    kept = {VARIABLE: server.sim.give_token()}
    client = opened(home, settings_of(server), kept)
    assert client.token_good_until is None, "nobody knows when a pasted one was made"
    assert client.keep_alive() is True
    client.close()
    client = opened(home, settings_of(server), kept)
    until = client.token_good_until
    assert until is not None
    assert timedelta(minutes=55) < until - datetime.now(UTC) <= timedelta(hours=1)
    assert client.keep_alive() is False
    client.close()
    state = (home.root / "desk-state.json").read_text("utf-8")
    assert kept[VARIABLE] not in state
    kept[VARIABLE] = server.sim.give_token()
    client = opened(home, settings_of(server), kept)
    assert client.token_good_until is None, "another token has another age"
    client.close()


@pytest.mark.parametrize("odd", ["", "x", "{digest}", "{digest} yesterday", "{digest} 9999"])
def test_an_odd_state_file_costs_only_the_age(
    server: SimServer[PropertySim], home: Home, odd: str
) -> None:
    kept = {VARIABLE: server.sim.give_token()}
    client = opened(home, settings_of(server), kept)
    client.keep_alive()
    client.close()
    path = home.root / "desk-state.json"
    digest = json.loads(path.read_text("utf-8"))["property_token"].split()[0]
    path.write_text(json.dumps({"property_token": odd.format(digest=digest)}), "utf-8")
    client = opened(home, settings_of(server), kept)
    assert client.token_good_until is None
    assert client.buildings("10002")
    client.close()


def test_a_desk_may_open_the_platform_without_the_gates(
    server: SimServer[PropertySim], home: Home
) -> None:
    secrets = Secrets(home, {"STATION_JOURNAL_KEY": "11" * 32, VARIABLE: "demo"})
    settings = settings_of(server)
    for wanted in (True, False):
        with compose.build(
            home, settings=settings, secrets=secrets, with_encoder=False, with_property=wanted
        ) as station:
            assert (station.desk.property is not None) is wanted
            assert station.desk.gate is None
