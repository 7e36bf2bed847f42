"""No token, code, number, name, picture or key of the property platform reaches a log or error."""

import logging
from base64 import b64encode
from collections.abc import Iterator
from contextlib import closing

import pytest

from station import logs
from station.errors import StationError
from tests.vendors.property_calls import CALLS, MOBILE, PICTURE, Call
from tests.vendors.property_examples import ID_NUMBER, OWNER_MOBILE, TOKEN
from tests.vendors.property_server import Platform, client
from tests.vendors.servers import RawServer

SECRETS = (
    TOKEN,
    "R1-renewed",
    "eyJ0",
    MOBILE,
    OWNER_MOBILE,
    "0004",
    ID_NUMBER,
    "张三",
    "王小明",
    "赵一",
    "xiaoming",
    "012345",
    "verificationCode_q",
    "wx-code",
    "oRNfs4",
    "gF3i6P",
    "pictures.example",
    "CA2A8645235D",
    "prepay_id",
    "晨曦家园1栋",
    "某省某市",
    "程序员",
    b64encode(PICTURE).decode()[:24],
    PICTURE[20:40].hex(),
)


OPEN = {"1.5.1", "2.1.1", "2.1.2", "2.1.3", "2.1.4", "2.1.5"} | {
    *("2.2.1", "3.1.4", "3.2.1", "3.2.2", "3.2.3")
}
"""Replies about nobody; of all others the log has the code and the sentence alone."""


@pytest.fixture(autouse=True)
def _traffic(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The log as it is with TRAFFIC on, and no help from secrets that other tests made known."""
    monkeypatch.setattr(logs, "_known_secrets", set())
    monkeypatch.setattr(logs, "hide", lambda *secrets: None)
    logger = logging.getLogger("station")
    level = logger.level
    logger.setLevel(logs.TRAFFIC)
    yield
    logger.setLevel(level)


def said(caplog: pytest.LogCaptureFixture) -> str:
    return "\n".join(record.getMessage() for record in caplog.records)


@pytest.mark.parametrize("call", CALLS, ids=str)
def test_traffic_shows_the_call_and_no_secret(call: Call, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logs.TRAFFIC, logger="station")
    with RawServer(Platform(good=set())) as server, closing(client(server.url)) as api:
        call.ask(api)
    log = said(caplog)
    assert f"-> {call.name}" in log
    (answer,) = [line for line in log.splitlines() if f"<- {call.name} " in line][-1:]
    assert answer.endswith("'data': '***'}") is (call.paragraph not in OPEN)
    assert f"<- {call.name} 200" in log
    for secret in SECRETS:
        assert secret not in log, secret


@pytest.mark.parametrize("call", CALLS, ids=str)
def test_a_no_that_repeats_what_was_sent_shows_none_of_it(
    call: Call, caplog: pytest.LogCaptureFixture
) -> None:
    """As the vendor's own failures of 1.1 do, which give the number back."""
    caplog.set_level(logs.TRAFFIC, logger="station")
    token = [f"Bearer {TOKEN}", TOKEN] if call.with_token else []
    echoed = " ".join([*map(str, call.sent.values()), *token, OWNER_MOBILE])
    reply = {"code": "1", "msg": f"不行 {echoed}", "message": echoed[:400], "token_expired": "1"}
    with (
        RawServer(Platform({call.name: reply | {"phone": MOBILE}})) as server,
        closing(client(server.url)) as api,
        pytest.raises(StationError) as info,
    ):
        call.ask(api)
    shown = said(caplog) + str(info.value) + repr(info.value)
    assert "不行" in shown
    for secret in SECRETS:
        if secret not in ("pictures.example", "eyJ0"):
            assert secret not in shown, secret


def test_the_tree_of_houses_is_logged_by_its_size_alone(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logs.TRAFFIC, logger="station")
    with RawServer(Platform()) as server, closing(client(server.url)) as api:
        api.buildings("10002")
    assert "'building_name': '(2 characters)'" in said(caplog)
