"""Addresses and certificates: HTTPS anywhere, plain HTTP to this computer only, always verified."""

from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest
import requests

from station.domain.card import Authorisation
from station.errors import Code, InputInvalid, StationError, Unreachable
from station.vendors._connection import Adapter, tls_context
from station.vendors._url import check_url
from station.vendors.door_lock import DoorLock
from station.vendors.shankai import Shankai
from tests.vendors.certificates import Authority, make_authority, server_context
from tests.vendors.misbehaviour import hang
from tests.vendors.servers import Behaviour, Line, RawServer, Seen, closed_port, hang_up, says

# Asked through truststore, as on Windows: a certificate for 127.0.0.1 does not fit 127.0.0.1
# (0x800b010f), no chain engine with roots of one's own can be made (E_INVALIDARG), and a chain that
# ends nowhere is fine. Windows: CERT_CHAIN_POLICY_SSL, hExclusiveRoot, CERT_E_UNTRUSTEDROOT.
CHAINS = pytest.mark.wine("Wine 8 verifies chains of certificates otherwise than Windows")
STAY = Authorisation("775032240849920", datetime(2026, 7, 23, 14, 20), datetime(2026, 7, 24, 12))
WRITTEN = says({"code": 1, "msg": "", "data": {"card_id": "03F56240"}})


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return make_authority(tmp_path)


def client(url: str, **more: object) -> DoorLock:
    settings: dict[str, object] = {"body": "json", "connect_timeout_s": 2, "read_timeout_s": 2}
    return DoorLock(url, "a", "b", **(settings | more))  # type: ignore[arg-type]


def caught(call: Callable[[], object]) -> StationError:
    with pytest.raises(StationError) as info:
        call()
    return info.value


@CHAINS
def test_the_sites_own_root_is_accepted(authority: Authority, tmp_path: Path) -> None:
    tls = server_context(tmp_path, authority)
    with RawServer(WRITTEN, tls=tls) as server:
        with closing(client(server.url, ca_file=authority.file)) as lock:
            assert lock.write(STAY) == "03F56240"
        with closing(client(server.url)) as lock:
            error = caught(lambda: lock.write(STAY))
            assert type(error) is Unreachable
            assert error.code is Code.SERVICE_TLS
        assert server.count("MarkRoomCard") == 1


@CHAINS
@pytest.mark.parametrize(
    ("signed", "days", "host", "code"),
    [
        (False, (-1, 30), "127.0.0.1", Code.SERVICE_TLS),
        (True, (-1, 30), "127.0.0.2", Code.SERVICE_TLS),
        (True, (2, 30), "127.0.0.1", Code.CLOUD_CLOCK_SKEW),
        (True, (-30, -2), "127.0.0.1", Code.CLOUD_CLOCK_SKEW),
    ],
    ids=["signed by itself", "another host", "not valid yet", "expired"],
)
def test_a_bad_certificate_is_refused_before_anything_is_sent(
    authority: Authority,
    tmp_path: Path,
    signed: bool,
    days: tuple[int, int],
    host: str,
    code: Code,
) -> None:
    tls = server_context(
        tmp_path,
        authority if signed else None,
        starts_in_days=days[0],
        ends_in_days=days[1],
        host=host,
    )
    with RawServer(WRITTEN, tls=tls) as server:
        with closing(client(server.url, ca_file=authority.file)) as lock:
            for call in (lock.read, lambda: lock.write(STAY)):
                error = caught(call)
                assert type(error) is Unreachable
                assert error.code is code
        with closing(Shankai(server.url, "app", "s", ca_file=authority.file)) as cloud:
            assert caught(lambda: cloud.get_organization("桃花园小区")).code is code
        assert server.connections >= 3
        assert server.seen == []


@CHAINS
@pytest.mark.parametrize("name", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_the_environment_adds_no_root(
    authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, str(authority.file))
    with RawServer(WRITTEN, tls=server_context(tmp_path, authority)) as server:
        with closing(client(server.url)) as lock:
            assert caught(lambda: lock.write(STAY)).code is Code.SERVICE_TLS
        assert server.seen == []


@CHAINS
def test_nothing_switches_the_verification_off(authority: Authority, tmp_path: Path) -> None:
    with RawServer(WRITTEN, tls=server_context(tmp_path, authority)) as server:
        with requests.Session() as session:
            session.mount("https://", Adapter(tls_context(None)))
            with pytest.raises(requests.exceptions.SSLError):
                session.get(server.url, verify=False, timeout=2)
        assert server.seen == []


def test_tls_that_is_no_tls(tmp_path: Path, authority: Authority) -> None:
    """A plain server at an https address, and one that never finishes the handshake."""
    with RawServer(WRITTEN) as server:
        url = server.url.replace("http:", "https:")
        with closing(client(url, connect_timeout_s=0.3, read_timeout_s=0.3)) as lock:
            error = caught(lambda: lock.write(STAY))
            assert type(error) is Unreachable
            assert error.code in (Code.SERVICE_TLS, Code.SERVICE_TIMEOUT, Code.SERVICE_DROPPED)
        assert server.count("MarkRoomCard") == 0


@CHAINS
def test_a_connection_that_drops_after_the_handshake_leaves_a_write_unknown(
    tmp_path: Path, authority: Authority
) -> None:
    def drop(line: Line, seen: Seen) -> None:
        raise OSError

    with RawServer(drop, tls=server_context(tmp_path, authority)) as server:
        with closing(client(server.url, ca_file=authority.file)) as lock:
            error = caught(lambda: lock.write(STAY))
            assert error.code is Code.OUTCOME_UNKNOWN
            assert error.context["cause"] == Code.SERVICE_DROPPED.value
        assert server.count("MarkRoomCard") == 1


@pytest.mark.parametrize("content", [None, b"", b"no certificate"])
def test_a_root_file_that_is_none(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "root.pem"
    if content is not None:
        file.write_bytes(content)
    error = caught(lambda: client("https://127.0.0.1:1", ca_file=file))
    assert error.code is Code.FILE_UNREADABLE


@pytest.mark.parametrize(
    "url",
    [
        "http://api.baohe.tv:8081/1.0",
        "http://192.168.1.20:19952",
        "http://127.0.0.1.example.com",
        "http://0.0.0.0:19952",
        "http://localhost.example.com",
        "http://127.1:19952",
        "http://2130706433",
    ],
)
def test_plain_http_to_another_computer_is_refused(url: str) -> None:
    for make in (lambda: client(url), lambda: Shankai(url, "a", "b")):
        error = caught(make)
        assert type(error) is InputInvalid
        assert error.code is Code.URL_NOT_HTTPS


@pytest.mark.parametrize(
    "url",
    [
        "",
        "127.0.0.1:19952",
        "ftp://127.0.0.1",
        "file:///etc/passwd",
        "http://",
        "https://user:password@example.com",
        "http://127.0.0.1@example.com/",
        "http://127.0.0.1:19952\\@example.com",
        "https://example.com/?access_token=x",
        "https://example.com/#x",
        "https://example.com:99999",
        "https://example.com:0",
        "https://exa mple.com",
        "https://exam\nple.com/",
        "https://[::1",
        "https://" + "a" * 300,
        "https://例子.com",
    ],
)
def test_addresses_that_are_none(url: str) -> None:
    assert caught(lambda: check_url(url, field="x")).code is Code.URL_MALFORMED


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        (" http://127.0.0.1:19952/ ", "http://127.0.0.1:19952"),
        ("http://localhost:19952", "http://localhost:19952"),
        ("http://[::1]:19952", "http://[::1]:19952"),
        ("https://api.baohe.tv:8081/1.0", "https://api.baohe.tv:8081/1.0"),
    ],
)
def test_addresses_that_are_good(url: str, kept: str) -> None:
    assert check_url(url, field="x") == kept


def test_a_proxy_that_is_not_there_is_unreachable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{closed_port()}")
    monkeypatch.setenv("no_proxy", "")
    with closing(client("https://vendor.invalid")) as lock:
        error = caught(lambda: lock.write(STAY))
    assert type(error) is Unreachable
    assert error.code is Code.SERVICE_NOT_RUNNING
    assert error.context["proxy"] is True


def test_a_proxy_that_says_no_has_seen_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    refuse = says(b"", status="407 Proxy Authentication Required")
    with RawServer(refuse) as proxy:
        monkeypatch.setenv("https_proxy", proxy.url)
        monkeypatch.setenv("no_proxy", "")
        with closing(client("https://vendor.invalid")) as lock:
            error = caught(lambda: lock.write(STAY))
        assert type(error) is Unreachable
        assert error.code is Code.SERVICE_HTTP_STATUS
        assert error.context["status"] == 407
        assert [seen.method for seen in proxy.seen] == ["CONNECT"]


@pytest.mark.parametrize("behave", [hang, hang_up], ids=["hangs", "hangs up"])
def test_a_proxy_that_fails_before_the_tunnel_stands_has_passed_nothing_on(
    monkeypatch: pytest.MonkeyPatch, behave: Behaviour
) -> None:
    """Bytes were sent, but to the proxy: of the write none."""
    with RawServer(behave) as proxy:
        monkeypatch.setenv("https_proxy", proxy.url)
        monkeypatch.setenv("no_proxy", "")
        url = "https://vendor.invalid"
        with closing(client(url, connect_timeout_s=0.3, read_timeout_s=0.3)) as lock:
            error = caught(lambda: lock.write(STAY))
        assert type(error) is Unreachable
        assert error.code in (Code.SERVICE_TIMEOUT, Code.SERVICE_DROPPED, Code.REPLY_NOT_JSON)
        assert [seen.method for seen in proxy.seen] == ["CONNECT"]
