"""The platform's token: renewed in time and when refused, once, by one thread, and kept."""

import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from time import monotonic, sleep
from typing import Any

import pytest

from station.domain.owner import CodePurpose
from station.errors import Code, InputInvalid, StationError, Unreachable, VendorRefused
from station.vendors.property.token import Token, TokenKeeper
from tests.vendors.misbehaviour import hang
from tests.vendors.property_calls import CALLS, MOBILE, Call
from tests.vendors.property_examples import LOGGED_IN, LOST, TOKEN
from tests.vendors.property_server import Platform, client, name_of
from tests.vendors.servers import RawServer, hang_up, says

THREADS = 8
DEADLINE = 20.0
RENEW = "PUT authorizations/current"
START = datetime(2026, 7, 23, 6, 0, tzinfo=UTC)
WITH_TOKEN = [call for call in CALLS if call.with_token and call.paragraph != "1.4.2"]
FLAG = {**LOST, "code": "1"}


def wait_until(true: Callable[[], bool]) -> None:
    until = monotonic() + DEADLINE
    while not true():
        assert monotonic() < until, "waited too long"
        sleep(0.002)


def caught(call: Callable[[], object]) -> StationError:
    with pytest.raises(StationError) as info:
        call()
    return info.value


def times(server: RawServer, name: str) -> int:
    return sum(name_of(seen) == name for seen in server.seen)


def bearers(server: RawServer) -> list[str]:
    found = [seen.headers.get("authorization", "") for seen in server.seen]
    return [header.removeprefix("Bearer ") for header in found]


@pytest.mark.parametrize("call", WITH_TOKEN, ids=str)
def test_every_call_is_repeated_once_with_the_next_token(call: Call) -> None:
    kept: list[str] = []
    with (
        RawServer(Platform(good=set())) as server,
        closing(client(server.url, remember_token=kept.append)) as api,
    ):
        call.ask(api)
        assert [name_of(seen) for seen in server.seen] == [call.name, RENEW, call.name]
        assert bearers(server) == [TOKEN, TOKEN, "R1-renewed"]
    assert kept == ["R1-renewed"]


@pytest.mark.parametrize("refusal", [{**LOST, "code": 9}, {"code": 9, "msg": "x"}, FLAG])
def test_each_form_of_a_tokens_end(refusal: dict[str, Any]) -> None:
    platform = Platform(good=set(), refusal=refusal)
    with RawServer(platform) as server, closing(client(server.url)) as api:
        assert api.toggle_managing("4") is False
        assert platform.renewals == 1
        assert times(server, "PUT house/shouquan") == 2


def test_http_401_is_a_tokens_end_too() -> None:
    answers = [says(b"", status="401 Unauthorized"), says({"code": 0, "data": "授权管理"})]
    platform = Platform({"PUT house/shouquan": lambda line, seen: answers.pop(0)(line, seen)})
    with RawServer(platform) as server, closing(client(server.url)) as api:
        assert api.toggle_managing("4") is False
        assert platform.renewals == 1


def test_one_renewal_when_all_threads_are_refused_at_once() -> None:
    platform = Platform(good={"never"})
    platform.hold_refusals = lambda: wait_until(lambda: platform.refusals >= THREADS)
    kept: list[str] = []
    with (
        RawServer(platform) as server,
        closing(client(server.url, remember_token=kept.append)) as api,
        ThreadPoolExecutor(THREADS) as pool,
    ):
        found = list(pool.map(lambda _: api.toggle_managing("4"), range(THREADS)))
    assert found == [False] * THREADS
    assert (platform.refusals, platform.renewals) == (THREADS, 1)
    assert kept == ["R1-renewed"]
    assert times(server, "PUT house/shouquan") == 2 * THREADS


def test_a_token_that_cannot_be_renewed_is_lost_and_the_call_not_repeated() -> None:
    kept: list[str] = []
    platform = Platform(good=set(), renewable=False)
    with (
        RawServer(platform) as server,
        closing(client(server.url, remember_token=kept.append)) as api,
    ):
        error = caught(lambda: api.unbind("4"))
        assert type(error) is VendorRefused
        assert error.code is Code.PROPERTY_TOKEN_LOST
        assert error.context["call"] == RENEW
        assert error.context["vendor_msg"] == "服务器开小差，请重试 (刷新token值失败)"
        assert times(server, "DELETE house/shouquan") == 1
        assert caught(api.keep_alive).code is Code.PROPERTY_TOKEN_LOST
        platform.renewable = True
        api.unbind("4")
    assert kept == ["R1-renewed"], "a later renewal is tried again"


@pytest.mark.parametrize("status", ["401 Unauthorized", ""])
def test_a_renewal_that_is_refused_otherwise(status: str) -> None:
    refusal = says(b"", status=status) if status else says(LOST)
    with (
        RawServer(Platform({RENEW: refusal}, good=set())) as server,
        closing(client(server.url)) as api,
    ):
        assert caught(lambda: api.units("7")).code is Code.PROPERTY_TOKEN_LOST


def test_a_platform_that_refuses_every_token_is_not_asked_for_ever() -> None:
    platform = Platform({"POST units": says(LOST)})
    with RawServer(platform) as server, closing(client(server.url)) as api:
        error = caught(lambda: api.units("7"))
        assert error.code is Code.PROPERTY_TOKEN_LOST
        assert (error.context["vendor_code"], error.context["call"]) == ("9", "POST units")
        assert times(server, "POST units") == 2
        assert platform.renewals == 1


@pytest.mark.parametrize(
    ("behave", "code"),
    [
        (hang, Code.SERVICE_TIMEOUT),
        (hang_up, Code.SERVICE_DROPPED),
        (says(b"<html>"), Code.CAPTIVE_PORTAL),
        (says({"code": 0, "access_token": ""}), Code.REPLY_SHAPE),
        (says(b"", status="502 Bad Gateway"), Code.SERVICE_HTTP_STATUS),
    ],
    ids=["hangs", "drops", "page", "no token", "502"],
)
def test_a_renewal_without_an_answer_goes_once_and_leaves_the_call_undone(
    behave: Any, code: Code
) -> None:
    """The renewal itself may have happened; the write that it was for has not."""
    platform = Platform({RENEW: behave}, good=set())
    impatient: dict[str, Any] = {"read_timeout_s": 0.3, "deadline_s": 0.5}
    with RawServer(platform) as server, closing(client(server.url, **impatient)) as api:
        error = caught(lambda: api.unbind("4"))
        assert type(error) is Unreachable
        assert error.code is code
        assert error.context["call"] == RENEW
        assert [name_of(seen) for seen in server.seen] == ["DELETE house/shouquan", RENEW]


def test_a_plain_no_beside_an_expired_flag_is_said_as_it_is() -> None:
    """3.1.3 and 3.1.4 say `token_expired = 0` of an application that is not there."""
    missing = {"code": "1", "token_expired": "0", "msg": "未查找到审核信息"}
    not_deleted = {"code": "1", "token_expired": "0", "msg": "删除失败", "message": "审核删除失败"}
    replies = {"POST shenhe/detail": missing, "DELETE shenhe/detail": not_deleted}
    platform = Platform(replies)
    with RawServer(platform) as server, closing(client(server.url)) as api:
        for call in (api.review, api.delete_review):
            assert caught(lambda call=call: call("1")).code is Code.PROPERTY_REVIEW_MISSING  # type: ignore[misc]
        assert platform.renewals == 0
        assert len(server.seen) == 2


def test_an_expired_flag_beside_an_unknown_no_renews_once_and_then_says_no() -> None:
    odd = {"code": "1", "token_expired": 0, "msg": "房屋已冻结"}
    platform = Platform({"DELETE house/shouquan": odd})
    with RawServer(platform) as server, closing(client(server.url)) as api:
        for calls in (2, 3):
            error = caught(lambda: api.unbind("4"))
            assert error.code is Code.PROPERTY_REFUSED
            assert error.context["vendor_msg"] == "房屋已冻结"
            assert times(server, "DELETE house/shouquan") == calls
        assert platform.renewals == 1, "a token of a minute's age has not expired"


def test_a_done_call_with_an_expired_flag_is_done() -> None:
    done = {"code": 0, "token_expired": "0", "msg": "修改成功", "data": "授权管理"}
    with RawServer(Platform({"PUT house/charge": done})) as server:
        with closing(client(server.url)) as api:
            assert api.toggle_paying("4") is False
        assert len(server.seen) == 1


def test_open_calls_use_the_token_where_the_platform_wants_one_yet() -> None:
    def behave(line: Any, seen: Any) -> None:
        bare = "authorization" not in seen.headers
        (says(LOST) if bare else Platform())(line, seen)

    with RawServer(behave) as server, closing(client(server.url)) as api:
        assert len(api.communities()) == 1
        api.send_code(MOBILE, CodePurpose.VERIFY)
        assert bearers(server) == ["", TOKEN, "", TOKEN]
    with RawServer(behave) as server, closing(client(server.url, "")) as api:
        assert caught(api.communities).code is Code.SECRET_MISSING


class Lane:
    """A client whose clock stands still until it is moved."""

    def __init__(self, url: str, **more: Any) -> None:
        self.now = START
        self.kept: list[str] = []
        self.api = client(url, clock=lambda: self.now, remember_token=self.kept.append, **more)

    def later(self, **time: int) -> None:
        self.now += timedelta(**time)


def test_a_token_of_unknown_age_is_renewed_by_the_lane_and_not_by_a_call() -> None:
    with RawServer(Platform()) as server:
        lane = Lane(server.url)
        with closing(lane.api) as api:
            assert api.token_good_until is None
            api.units("7")
            assert bearers(server) == [TOKEN]
            assert api.keep_alive() is True
            assert api.token_good_until == START + timedelta(hours=1)
            assert api.keep_alive() is False
    assert lane.kept == ["R1-renewed"]


def test_a_lost_token_is_told_to_the_lane_whatever_its_age_says() -> None:
    platform = Platform(good=set(), renewable=False)
    with RawServer(platform) as server:
        lane = Lane(server.url, token_at=START)
        with closing(lane.api) as api:
            assert api.keep_alive() is False
            caught(lambda: api.units("7"))
            assert caught(api.keep_alive).code is Code.PROPERTY_TOKEN_LOST
            assert api.token_good_until is None
            platform.renewable = True
            assert api.keep_alive() is True


def test_the_lane_renews_five_minutes_before_the_end_and_calls_do_too() -> None:
    with RawServer(Platform()) as server:
        lane = Lane(server.url, token_at=START)
        with closing(lane.api) as api:
            lane.later(minutes=54, seconds=59)
            assert api.keep_alive() is False
            lane.later(seconds=1)
            assert api.keep_alive() is True
            lane.later(minutes=55)
            api.units("7")
            assert bearers(server) == [TOKEN, "R1-renewed", "R2-renewed"]
            lane.now = START - timedelta(days=1)
            assert api.keep_alive() is True, "a clock that went back knows no age"
    assert lane.kept == ["R1-renewed", "R2-renewed", "R3-renewed"]


def test_a_short_life_is_used_to_its_half() -> None:
    with RawServer(Platform({RENEW: {**LOGGED_IN, "expires_in": "60"}})) as server:
        lane = Lane(server.url)
        with closing(lane.api) as api:
            for seconds, due in [(0, True), (29, False), (1, True)]:
                lane.later(seconds=seconds)
                assert api.keep_alive() is due


def test_a_token_that_could_not_be_kept_is_kept_later(
    caplog: pytest.LogCaptureFixture,
) -> None:
    broken = [OSError("R1-renewed"), InputInvalid(Code.SECRET_MISSING, name="property_token")]
    kept: list[str] = []

    def remember(token: str) -> None:
        if broken:
            raise broken.pop(0)
        kept.append(token)

    with RawServer(Platform()) as server:
        api = client(server.url, remember_token=remember)
        with closing(api), caplog.at_level(logging.WARNING, logger="station"):
            assert [api.keep_alive() for _ in range(4)] == [True, False, False, False]
        assert len(server.seen) == 1
    assert kept == ["R1-renewed"]
    assert [record.getMessage() for record in caplog.records] == [
        "the token was not kept: OSError",
        "the token was not kept: secret_missing",
    ]


def test_logging_in_replaces_the_token() -> None:
    reply = {**LOGGED_IN, "access_token": "T-new"}
    platform = Platform({"POST weapp/authorizations": reply}, good={"T-new"})
    with RawServer(platform) as server:
        lane = Lane(server.url, token="")
        with closing(lane.api) as api:
            api.log_in("wx-code")
            api.units("7")
            assert bearers(server) == ["wx-code", "T-new"]
    assert lane.kept == ["T-new"]


def test_a_pasted_token_takes_effect_at_once() -> None:
    with RawServer(Platform()) as server, closing(client(server.url)) as api:
        api.use_token(" Bearer eyJhbGciOi.J9\n")
        api.units("7")
        assert bearers(server) == ["eyJhbGciOi.J9"]
        for wrong in ("a b", "锁", "a\nb", "x" * 5000):
            assert type(caught(lambda wrong=wrong: api.use_token(wrong))) is InputInvalid  # type: ignore[misc]


def test_who_waits_gets_the_error_of_the_one_who_renews() -> None:
    go, asked = threading.Event(), []

    def renew(old: str) -> Token:
        asked.append(old)
        assert go.wait(DEADLINE)
        raise Unreachable(Code.SERVICE_DNS, service="property")

    keeper = TokenKeeper(renew, TOKEN)
    with ThreadPoolExecutor(THREADS) as pool:
        results = [pool.submit(keeper.get, refused=TOKEN) for _ in range(THREADS)]
        wait_until(lambda: _waiting(keeper) == THREADS - 1)
        go.set()
        codes = [caught(lambda result=result: result.result(DEADLINE)).code for result in results]  # type: ignore[misc]
    assert codes == [Code.SERVICE_DNS] * THREADS
    assert asked == [TOKEN]


def test_an_interrupted_renewal_leaves_nobody_waiting() -> None:
    def renew(old: str) -> Token:
        if len(asked) == 0:
            asked.append(old)
            wait_until(lambda: _waiting(keeper) == 1)
            raise KeyboardInterrupt
        return Token("T-2")

    asked: list[str] = []
    keeper = TokenKeeper(renew, TOKEN)
    outcome: list[str] = []

    def get() -> None:
        try:
            keeper.get(refused=TOKEN)
        except BaseException as error:
            outcome.append(type(error).__name__)

    threads = [threading.Thread(target=get) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(DEADLINE)
        assert not thread.is_alive()
    assert sorted(outcome) == ["KeyboardInterrupt", "Unreachable"]
    assert keeper.get(refused=TOKEN) == "T-2"


def test_a_token_pasted_during_a_renewal_stays() -> None:
    def renew(old: str) -> Token:
        keeper.use("T-pasted")
        return Token("T-renewed")

    kept: list[str] = []
    keeper = TokenKeeper(renew, TOKEN, remember=kept.append)
    assert keeper.get(refused=TOKEN) == "T-pasted"
    assert kept == ["T-pasted"]


def test_tokens_are_not_shown_by_repr() -> None:
    assert "T-secret" not in repr(Token("T-secret"))


def _waiting(keeper: TokenKeeper) -> int:
    under_way = keeper._under_way
    return 0 if under_way is None else len(under_way._condition._waiters)  # type: ignore[attr-defined]
