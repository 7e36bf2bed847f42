"""The property client: what its 27 calls send, and that all the document's calls are there."""

import json
import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from importlib import import_module
from typing import TYPE_CHECKING

import pytest

from station.domain.owner import CodePurpose
from station.errors import Code, InputInvalid, StationError
from station.vendors._http import Endpoint
from station.vendors.property import PropertyPlatform
from station.vendors.property.session import WeChatSession
from tests.vendors.property_calls import (
    BY_PARAGRAPH,
    CALLS,
    FORM,
    HOUSE,
    MOBILE,
    PICTURE,
    Ask,
    Call,
)
from tests.vendors.property_examples import TOKEN
from tests.vendors.property_server import Platform, client, name_of, parts, sent_fields
from tests.vendors.servers import RawServer

if TYPE_CHECKING:
    from station.ports import PropertyPlatform as PropertyPort

MODULES = ("session", "houses", "owners", "forms", "bound", "grants", "bills")


def declared() -> Iterator[Endpoint[object]]:
    for name in MODULES:
        for value in vars(import_module(f"station.vendors.property.{name}")).values():
            if isinstance(value, Endpoint):
                yield value


def test_all_27_calls_are_declared_once_and_tried_here() -> None:
    names = [endpoint.call for endpoint in declared()]
    assert len(names) == len(set(names)) == 27
    assert set(names) == {call.name for call in CALLS}


def test_each_call_has_a_method_that_names_its_paragraph() -> None:
    said = " ".join(
        str(getattr(PropertyPlatform, name).__doc__)
        for name in dir(PropertyPlatform)
        if not name.startswith("_")
    )
    named = set(re.findall(r"Property (\d\.\d(?:\.\d)?)[,:.; ]", said))
    assert named >= set(BY_PARAGRAPH)


def test_only_calls_that_read_are_ever_sent_twice() -> None:
    for endpoint in declared():
        call = next(call for call in CALLS if call.name == endpoint.call)
        assert (endpoint.idempotent and not endpoint.once) is call.reads, call
        assert endpoint.idempotent is (call.reads or call.checks), call


@pytest.mark.parametrize("call", CALLS, ids=str)
def test_what_is_sent(call: Call) -> None:
    with RawServer(Platform()) as server, closing(client(server.url)) as api:
        call.ask(api)
        (seen,) = server.seen
    assert name_of(seen) == call.name
    assert sent_fields(seen) == call.sent
    token = {"1.4.1": "wx-code"}.get(call.paragraph, TOKEN if call.with_token else "")
    assert seen.headers.get("authorization", "") == (f"Bearer {token}" if token else "")
    assert seen.query == ({"id": str(call.sent["id"])} if call.method == "DELETE" else {})


@pytest.mark.parametrize("call", [call for call in CALLS if call.paragraph != "1.4.2"], ids=str)
def test_fields_may_travel_as_a_form(call: Call) -> None:
    with RawServer(Platform()) as server, closing(client(server.url, body="form")) as api:
        call.ask(api)
        (seen,) = server.seen
    if call.paragraph == "2.3.1":
        assert seen.headers["content-type"].startswith("multipart/form-data; boundary=")
        assert sent_fields(seen) == call.sent
    else:
        assert seen.headers["content-type"] == "application/x-www-form-urlencoded"
        assert seen.fields == {name: str(value) for name, value in call.sent.items()}


def test_the_photo_goes_beside_the_fields() -> None:
    with RawServer(Platform()) as server, closing(client(server.url)) as api:
        api.upload_photo(HOUSE, PICTURE)
        (seen,) = server.seen
    content, file_name = parts(seen)["file"]
    assert content == PICTURE
    assert file_name == "face.png"
    assert b"Content-Type: image/png" in seen.body


@pytest.mark.parametrize("number", ["id as text", "0012", "A7"])
def test_an_id_that_is_no_plain_number_stays_text(number: str) -> None:
    wanted = number.replace(" ", "-")
    with RawServer(Platform()) as server, closing(client(server.url)) as api:
        api.buildings(wanted)
        assert json.loads(server.seen[0].body) == {"id": wanted}


def test_registering_with_the_number_that_wechat_knows() -> None:
    visitor = WeChatSession("oRNfs4", "gF3i6P==")
    with RawServer(Platform()) as server, closing(client(server.url)) as api:
        found = api.register(visitor, "xiaoming", "avatar", encrypted_data="e4x", iv="i7")
        assert found.permissions == ("NewMember",)
        sent = server.seen[0].fields
    assert sent["type"] == "weixin"
    assert (sent["encryptedData"], sent["iv"]) == ("e4x", "i7")
    assert "verification_key" not in sent


WRONG: list[tuple[str, Ask, Code]] = [
    ("no number", lambda api: api.send_code("1380", CodePurpose.LOG_IN), Code.MOBILE_MALFORMED),
    ("no house", lambda api: api.send_code(MOBILE, CodePurpose.OWNER), Code.FIELD_EMPTY),
    ("no visitor", lambda api: api.wechat_session(" "), Code.FIELD_EMPTY),
    ("odd code", lambda api: api.log_in("微信"), Code.FIELD_CHARACTERS),
    (
        "no proof",
        lambda api: api.register(WeChatSession("o", "s"), "n", "a"),
        Code.FIELDS_ONE_NEEDED,
    ),
    (
        "two proofs",
        lambda api: api.register(
            WeChatSession("o", "s"), "n", "a", encrypted_data="e", iv="i", code_key="k", code="1"
        ),
        Code.FIELDS_EXCLUSIVE,
    ),
    ("no community", lambda api: api.buildings(""), Code.FIELD_EMPTY),
    ("odd id", lambda api: api.owner_of("1; DROP"), Code.FIELD_CHARACTERS),
    ("long id", lambda api: api.house_detail("1" * 33), Code.FIELD_CHARACTERS),
    ("no key", lambda api: api.check_owner_code("", "012345"), Code.FIELD_EMPTY),
    ("no code", lambda api: api.check_owner_code("k", " "), Code.FIELD_EMPTY),
    ("long code", lambda api: api.bind_phone("k", "1" * 11, "1"), Code.FIELD_TOO_LONG),
    ("no picture", lambda api: api.upload_photo(HOUSE, b"GIF89a"), Code.PICTURE_MALFORMED),
    ("no card", lambda api: api.read_identity_card(b""), Code.PICTURE_MALFORMED),
    ("huge", lambda api: api.read_identity_card(bytes(3 << 20)), Code.PICTURE_TOO_LARGE),
    ("no orders", lambda api: api.start_payment([]), Code.FIELD_EMPTY),
    ("odd order", lambda api: api.start_payment(["21", "2A"]), Code.FIELD_CHARACTERS),
    ("odd house", lambda api: list(api.orders(house_id="x y")), Code.FIELD_CHARACTERS),
]


@pytest.mark.parametrize(("name", "ask", "code"), WRONG, ids=[name for name, _, _ in WRONG])
def test_what_is_against_a_rule_is_not_sent(name: str, ask: Ask, code: Code) -> None:
    with RawServer(Platform()) as server, closing(client(server.url)) as api:
        with pytest.raises(InputInvalid) as info:
            ask(api)
        assert info.value.code is code
        assert MOBILE not in str(info.value)
        assert server.seen == []


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("sex", "", Code.FIELD_CHOICE),
        ("name", "", Code.FIELD_EMPTY),
        ("mobile", "12", Code.MOBILE_MALFORMED),
        ("id_number", " ", Code.FIELD_EMPTY),
        ("id_number", "1" * 19, Code.FIELD_TOO_LONG),
        ("job", "", Code.FIELD_EMPTY),
        ("house_id", "", Code.FIELD_EMPTY),
    ],
)
def test_a_form_that_lacks_something_is_not_sent(field: str, value: str, code: Code) -> None:
    form = replace(FORM, **{field: value})  # type: ignore[arg-type]
    with RawServer(Platform()) as server, closing(client(server.url)) as api:
        with pytest.raises(InputInvalid) as info:
            api.submit_form(form)
        assert info.value.code is code
        assert server.seen == []


def test_a_body_that_is_neither_is_refused() -> None:
    with pytest.raises(InputInvalid) as info:
        client("https://homes.example", body="xml")
    assert info.value.code is Code.FIELD_CHOICE


def test_it_is_what_the_workflows_ask_for() -> None:
    api = client("https://homes.example")
    platform: PropertyPort = api
    assert platform.keep_alive == api.keep_alive


def test_without_a_token_nothing_but_the_open_calls_is_sent() -> None:
    with RawServer(Platform()) as server, closing(client(server.url, "")) as api:
        for call in CALLS:
            if call.with_token and call.paragraph != "1.4.2":
                with pytest.raises(StationError) as info:
                    call.ask(api)
                assert info.value.code is Code.SECRET_MISSING
        assert api.keep_alive() is False
        assert server.seen == []
        assert [item.name for item in api.communities()] == ["晨曦家园"]
        api.send_code(MOBILE, CodePurpose.VERIFY)
        assert [seen.headers.get("authorization") for seen in server.seen] == [None, None]
