"""The access token: shared, renewed in time and after 4002, by one thread, without a stampede."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from time import monotonic, sleep

import pytest

from station.errors import Code, StationError, Unreachable, VendorRefused
from station.vendors.shankai import Shankai
from station.vendors.shankai.calls import Token
from station.vendors.shankai.token import TokenKeeper
from station.vendors.shankai.wire import CardMode
from tests.vendors.servers import Line, RawServer, Seen, says

THREADS = 12
DEADLINE = 20.0


def wait_until(true: Callable[[], bool]) -> None:
    until = monotonic() + DEADLINE
    while not true():
        assert monotonic() < until, "waited too long"
        sleep(0.002)


class TokenCloud:
    """Hands out tokens T1, T2, …; only those in `good` are accepted."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.made = 0
        self.good: set[str] = set()
        self.refusals = 0
        self.hold_refusals: Callable[[], bool] = lambda: True

    def __call__(self, line: Line, seen: Seen) -> None:
        if seen.call == "get_access_token":
            with self.lock:
                self.made += 1
                token = f"T{self.made}"
                self.good.add(token)
            data = {"access_token": token, "expires_in": "7200"}
            says({"errcode": "0", "errmsg": "ok", "data": data})(line, seen)
            return
        with self.lock:
            good = seen.query["access_token"] in self.good
            self.refusals += not good
        if good:
            says({"errcode": 0, "errmsg": "ok", "data": {"org_id": "org"}})(line, seen)
        else:
            wait_until(self.hold_refusals)
            says({"errcode": 4002, "errmsg": "access_token已经过期"})(line, seen)

    def expire(self) -> None:
        with self.lock:
            self.good.clear()


def client(url: str, **more: object) -> Shankai:
    return Shankai(url, "app", "secret", backoff_s=0.01, **more)  # type: ignore[arg-type]


def test_threads_share_one_token() -> None:
    cloud = TokenCloud()
    with (
        RawServer(cloud) as server,
        closing(client(server.url)) as api,
        ThreadPoolExecutor(THREADS) as pool,
    ):
        found = list(pool.map(lambda _: api.get_organization("x"), range(5 * THREADS)))
        assert found == ["org"] * (5 * THREADS)
        assert server.count("get_access_token") == 1


def test_one_renewal_when_all_threads_meet_4002_at_once() -> None:
    cloud = TokenCloud()
    with (
        RawServer(cloud) as server,
        closing(client(server.url)) as api,
        ThreadPoolExecutor(THREADS) as pool,
    ):
        api.get_organization("x")
        cloud.expire()
        cloud.hold_refusals = lambda: cloud.refusals >= THREADS
        found = list(pool.map(lambda _: api.get_organization("x"), range(THREADS)))
        assert found == ["org"] * THREADS
        assert cloud.refusals == THREADS
        assert server.count("get_access_token") == 2


def test_a_refused_write_is_sent_again_with_a_new_token_and_only_once() -> None:
    cloud = TokenCloud()
    with RawServer(cloud) as server, closing(client(server.url)) as api:
        api.get_organization("x")
        cloud.expire()
        assert api.create_organization("桃花园小区", CardMode.IC) == "org"
        assert server.count("create_organization") == 2


def test_a_cloud_that_refuses_every_token_is_not_asked_for_ever() -> None:
    class Never(TokenCloud):
        def __call__(self, line: Line, seen: Seen) -> None:
            self.expire()
            super().__call__(line, seen)

    with RawServer(Never()) as server, closing(client(server.url)) as api:
        with pytest.raises(VendorRefused) as info:
            api.set_card_no("org", "13800000001", "张三", "04A1B2C3")
        assert info.value.code is Code.SHANKAI_TOKEN_EXPIRED
        assert server.count("set_card_no") == 2
        assert server.count("get_access_token") == 2


def test_the_token_is_renewed_five_minutes_before_its_end() -> None:
    now = [1000.0]
    cloud = TokenCloud()
    with RawServer(cloud) as server, closing(client(server.url, clock=lambda: now[0])) as api:
        for seconds, tokens in [(0, 1), (6899, 1), (1, 2), (6899, 2), (1, 3)]:
            now[0] += seconds
            api.get_organization("x")
            assert server.count("get_access_token") == tokens
        assert cloud.refusals == 0


def test_a_short_life_is_used_to_its_half() -> None:
    now = [0.0]
    made: list[Token] = []

    def fetch() -> Token:
        made.append(Token(f"T{len(made)}", 60))
        return made[-1]

    keeper = TokenKeeper(fetch, lambda: now[0])
    for moment, count in [(0, 1), (29, 1), (30, 2), (59, 2), (60, 3)]:
        now[0] = moment
        keeper.get()
        assert len(made) == count


def test_who_waits_gets_the_error_of_the_one_who_asked() -> None:
    """No stampede on a cloud that is down: twelve threads, one request, twelve errors."""
    go, asked = threading.Event(), []

    def fetch() -> Token:
        asked.append(threading.current_thread())
        assert go.wait(DEADLINE)
        raise Unreachable(Code.SERVICE_DNS, service="shankai")

    keeper = TokenKeeper(fetch)

    def get() -> Code:
        try:
            keeper.get()
        except StationError as error:
            return error.code
        return Code.INTERNAL

    with ThreadPoolExecutor(THREADS) as pool:
        results = [pool.submit(get) for _ in range(THREADS)]
        wait_until(lambda: _waiting(keeper) == THREADS - 1)
        go.set()
        assert [result.result(DEADLINE) for result in results] == [Code.SERVICE_DNS] * THREADS
    assert len(asked) == 1
    with pytest.raises(Unreachable):
        keeper.get()
    assert len(asked) == 2, "the failure is not kept: the next call asks again"


def test_an_interrupted_renewal_leaves_nobody_waiting() -> None:
    started, go = threading.Event(), threading.Event()
    calls = []

    def fetch() -> Token:
        calls.append(1)
        if len(calls) > 1:
            return Token("T", 7200)
        started.set()
        assert go.wait(DEADLINE)
        raise KeyboardInterrupt

    keeper = TokenKeeper(fetch)
    outcome: list[BaseException] = []

    def get() -> None:
        try:
            keeper.get()
        except BaseException as error:
            outcome.append(error)

    first = threading.Thread(target=get)
    first.start()
    assert started.wait(DEADLINE)
    second = threading.Thread(target=get)
    second.start()
    wait_until(lambda: _waiting(keeper) == 1)
    go.set()
    for thread in (first, second):
        thread.join(DEADLINE)
        assert not thread.is_alive()
    assert sorted(type(error).__name__ for error in outcome) == ["KeyboardInterrupt", "Unreachable"]
    assert keeper.get() == "T"


def _waiting(keeper: TokenKeeper) -> int:
    under_way = keeper._under_way
    return 0 if under_way is None else len(under_way._condition._waiters)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "data",
    [
        None,
        {},
        {"access_token": None},
        {"access_token": ""},
        {"access_token": "a b"},
        {"access_token": "锁"},
        {"access_token": "x" * 3000},
        {"access_token": "T", "expires_in": 0},
        {"access_token": "T", "expires_in": -5},
        {"access_token": "T", "expires_in": "soon"},
        {"access_token": "T", "expires_in": 10**12},
        {"access_token": ["T"]},
    ],
)
def test_a_token_that_is_none(data: object) -> None:
    with (
        RawServer(says({"errcode": 0, "data": data})) as server,
        closing(client(server.url)) as api,
    ):
        with pytest.raises(Unreachable) as info:
            api.get_organization("x")
        assert info.value.code is Code.REPLY_SHAPE
        assert info.value.context["call"] == "get_access_token"


def test_a_token_without_a_life_lives_two_hours() -> None:
    with RawServer(says({"errcode": 0, "data": {"access_token": "T"}})) as server:
        with closing(client(server.url)) as api:
            assert api.get_access_token().life_s == 7200
        assert server.seen[0].query == {"app_id": "app", "secret": "secret"}
        assert server.seen[0].method == "GET"


def test_a_token_is_not_shown_by_repr() -> None:
    assert "T-secret" not in repr(Token("T-secret", 7200))
