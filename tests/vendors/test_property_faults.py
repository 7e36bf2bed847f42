"""The platform's noes, and the fault table: only calls that read are sent again."""

from collections.abc import Callable
from contextlib import closing
from time import monotonic, sleep
from typing import Any

import pytest

from station.errors import Code, OutcomeUnknown, StationError, Unreachable, VendorRefused
from tests.vendors.misbehaviour import PAGE, ROWS, Row, hang
from tests.vendors.property_calls import BY_PARAGRAPH, CALLS, Call
from tests.vendors.property_server import Platform, client, name_of
from tests.vendors.servers import Behaviour, RawServer, closed_port, hang_up, says

SORRY = "服务器开小差，请重试"
DOWN = "安防平台接口出现故障，请检查配置信息如安防平台url，message编码Yi652-message编码SeApi55"
BROKEN = "万家灯火平台调用接口出现错误,message编码Yi664-message编码SeApi59"

NOES: list[tuple[str, str, str, Code]] = [
    ("1.1", SORRY, "必须是正确的手机号", Code.PROPERTY_REFUSED),
    ("1.1", SORRY, "type参数必须是login、register、verify等", Code.PROPERTY_REFUSED),
    ("1.1", "该手机号已注册，请直接登录", "手机号已存在", Code.PROPERTY_ALREADY_REGISTERED),
    ("1.1", "该手机号未注册", "该手机号未注册", Code.PROPERTY_NOT_REGISTERED),
    ("1.2.1", SORRY, "code不正确", Code.PROPERTY_REFUSED),
    ("1.2.2", SORRY, "用户的name值未传送", Code.PROPERTY_REFUSED),
    ("1.2.2", "验证码已失效", "验证码已失效", Code.PROPERTY_SMS_CODE_WRONG),
    ("1.4.1", SORRY, "小程序code不正确，请传递新code值", Code.PROPERTY_REFUSED),
    ("1.4.1", SORRY, "这只是个游客", Code.PROPERTY_NOT_REGISTERED),
    ("1.4.2", SORRY, "小程序code不正确，请传递新code值", Code.PROPERTY_TOKEN_LOST),
    ("1.4.2", SORRY, "刷新token值失败,message编码Au335", Code.PROPERTY_TOKEN_LOST),
    ("1.5.1", SORRY, "这只是个游客", Code.PROPERTY_NOT_REGISTERED),
    ("2.2.1", "系统开小差，请重试或联系工作人员", DOWN, Code.PROPERTY_SECURITY_DOWN),
    ("2.2.1", "系统开小差，请重试或联系工作人员", BROKEN, Code.PROPERTY_REFUSED),
    ("2.2.1", "验证码已失效", "验证码已失效", Code.PROPERTY_SMS_CODE_WRONG),
    ("2.2.2", "系统开小差，请重试或联系工作人员", DOWN, Code.PROPERTY_SECURITY_DOWN),
    ("2.2.2", "系统开小差，请重试或联系工作人员", BROKEN, Code.PROPERTY_REFUSED),
    ("2.2.3", "验证码错误", "验证码错误", Code.PROPERTY_SMS_CODE_WRONG),
    ("2.3.1", "没有传递任何文件到后台", "传递的file为空", Code.PROPERTY_PICTURE_REFUSED),
    ("2.3.1", "图片上传失败", "图片上传失败,message编码Yi1326", Code.PROPERTY_PICTURE_REFUSED),
    ("2.3.2", "没有传递image的base64码", "传递的image为空", Code.PROPERTY_PICTURE_REFUSED),
    ("2.3.2", "扫描失败，请重新上传更加清晰的照片", "欠费了", Code.PROPERTY_PICTURE_REFUSED),
    ("2.4.1", "没有填写姓名", "没有填写姓名", Code.PROPERTY_REFUSED),
    ("3.1.3", "未查找到审核信息", "未查找到。message编码Yi1815", Code.PROPERTY_REVIEW_MISSING),
    ("3.1.4", "删除失败", "审核删除失败,message编程1879", Code.PROPERTY_REVIEW_MISSING),
]


def caught(call: Callable[[], object]) -> StationError:
    with pytest.raises(StationError) as info:
        call()
    assert info.value.__cause__ is None
    return info.value


def impatient(url: str, **more: Any) -> Any:
    settings = {"connect_timeout_s": 0.5, "read_timeout_s": 0.3, "deadline_s": 0.5, **more}
    return client(url, **settings)


def caller(url: str, code: Code) -> Any:
    """Impatient only where no answer comes: a busy machine answers late."""
    return impatient(url) if code is Code.SERVICE_TIMEOUT else client(url)


def arrived(server: RawServer, what: str = "") -> int:
    """How often a call arrived, waiting for the first: one that was given up may still come."""
    until = monotonic() + 10
    while True:
        count = sum(name_of(seen) == what for seen in server.seen) if what else len(server.seen)
        if count or monotonic() > until:
            return count
        sleep(0.005)


def refused(call: Call, reply: dict[str, Any]) -> tuple[StationError, int]:
    """The error, and how often the call arrived."""
    with RawServer(Platform({call.name: reply})) as server, closing(client(server.url)) as api:
        error = caught(lambda: call.ask(api))
        return error, sum(name_of(seen) == call.name for seen in server.seen)


@pytest.mark.parametrize("as_text", [True, False])
@pytest.mark.parametrize(("paragraph", "msg", "message", "code"), NOES)
def test_every_no_of_the_document(
    paragraph: str, msg: str, message: str, code: Code, as_text: bool
) -> None:
    call = BY_PARAGRAPH[paragraph]
    reply = {"code": "1" if as_text else 1, "msg": msg, "message": message}
    error, count = refused(call, reply | {"token_expired": "1" if as_text else 1})
    assert type(error) is VendorRefused
    assert error.code is code
    assert (error.context["vendor_code"], count) == ("1", 1)
    assert error.context["call"] == call.name
    assert error.context["vendor_msg"] == (msg if msg == message else f"{msg} ({message})")


@pytest.mark.parametrize("call", CALLS, ids=str)
def test_a_no_that_the_document_does_not_know(call: Call) -> None:
    lost = Code.PROPERTY_TOKEN_LOST if call.paragraph == "1.4.2" else Code.PROPERTY_REFUSED
    for code in (1, "3", -1):
        error, count = refused(call, {"code": code, "msg": "不行", "token_expired": "1"})
        assert (type(error), error.code, count) == (VendorRefused, lost, 1)


@pytest.mark.parametrize(
    "call", [call for call in CALLS if call.paragraph not in ("1.4.2", "2.2.1", "2.2.2")], ids=str
)
def test_code_2_is_no_success_where_it_means_nothing(call: Call) -> None:
    error, count = refused(call, {"code": "2", "msg": "没有", "data": []})
    assert (type(error), error.code, count) == (VendorRefused, Code.PROPERTY_NOT_FOUND, 1)


MALFORMED: list[tuple[str, Behaviour, Code]] = [
    ("hangs", hang, Code.SERVICE_TIMEOUT),
    ("drops", hang_up, Code.SERVICE_DROPPED),
    ("page", says(PAGE), Code.CAPTIVE_PORTAL),
    ("sentence", says("操作成功".encode()), Code.REPLY_NOT_JSON),
    ("list", says([]), Code.REPLY_SHAPE),
    ("no code", says({"msg": "ok", "data": []}), Code.REPLY_SHAPE),
    ("code null", says({"code": None}), Code.REPLY_SHAPE),
    ("502", says(b"", status="502 Bad Gateway"), Code.SERVICE_HTTP_STATUS),
]


@pytest.mark.parametrize(
    ("behave", "code"),
    [(behave, code) for _, behave, code in MALFORMED],
    ids=[name for name, _, _ in MALFORMED],
)
@pytest.mark.parametrize("call", CALLS, ids=str)
def test_every_call_meets_every_kind_of_fault(call: Call, behave: Behaviour, code: Code) -> None:
    with RawServer(behave) as server, closing(caller(server.url, code)) as api:
        error = caught(lambda: call.ask(api))
        count = arrived(server)
    again = call.reads and code in (Code.SERVICE_DROPPED, Code.SERVICE_HTTP_STATUS)
    assert count == (3 if again else 1)
    assert error.context["call"] == call.name
    if call.reads or call.checks or call.paragraph == "1.4.2":
        assert type(error) is Unreachable
        assert error.code is code
    else:
        assert type(error) is OutcomeUnknown
        assert error.code is Code.PROPERTY_OUTCOME_UNKNOWN
        assert error.context["cause"] == code.value


@pytest.mark.parametrize("call", CALLS, ids=str)
def test_a_reply_without_its_data_is_no_reply(call: Call) -> None:
    """Those whose `code` 0 says it all have no data that could be missing."""
    done = {"2.2.1", "2.2.3", "2.4.1", "3.1.4", "3.2.2"}
    bare = says({"code": 0, "msg": "成功"})
    with RawServer(bare) as server, closing(client(server.url)) as api:
        if call.paragraph in done:
            call.ask(api)
            return
        error = caught(lambda: call.ask(api))
    assert error.context.get("cause", error.code.value) == Code.REPLY_SHAPE.value


@pytest.mark.parametrize("call", CALLS, ids=str)
def test_a_platform_that_is_not_there(call: Call) -> None:
    with closing(client(f"http://127.0.0.1:{closed_port()}")) as api:
        error = caught(lambda: call.ask(api))
    assert type(error) is Unreachable
    assert error.code is Code.SERVICE_NOT_RUNNING


# Their code is 1, a no of this platform.
TABLE = [row for row in ROWS if not row.name.startswith("data is")]


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.name)
def test_the_fault_table_for_a_call_that_reads(row: Row) -> None:
    with RawServer(row.behave) as server, closing(caller(server.url, row.code)) as api:
        error = caught(lambda: api.units("7"))
        status = error.context.get("status", 500)
        assert isinstance(status, int)
        again = row.code in (Code.SERVICE_DROPPED, Code.SERVICE_HTTP_STATUS) and status >= 500
        count = arrived(server, "POST units")
    if "401" in row.name:
        assert error.code is Code.PROPERTY_TOKEN_LOST
        return
    assert type(error) is Unreachable
    assert error.code is row.code
    assert count == (3 if again else 1)


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.name)
def test_the_fault_table_for_a_call_that_writes(row: Row) -> None:
    with RawServer(row.behave) as server, closing(caller(server.url, row.code)) as api:
        error = caught(lambda: api.toggle_managing("4"))
        count = arrived(server, "PUT house/shouquan")
    assert count == 1
    if "401" in row.name:
        assert error.code is Code.PROPERTY_TOKEN_LOST
    elif row.nothing_done:
        assert type(error) is Unreachable
        assert error.code is row.code
    else:
        assert type(error) is OutcomeUnknown
        assert error.context["cause"] == row.code.value


def test_a_call_that_reads_gets_through_at_the_second_try() -> None:
    for first in (hang_up, says(b"", status="502 Bad Gateway")):
        left = [first]

        def behave(line: Any, seen: Any, left: list[Behaviour] = left) -> None:
            (left.pop() if left else Platform())(line, seen)

        with RawServer(behave) as server, closing(client(server.url)) as api:
            assert len(api.units("7")) == 1
            assert len(server.seen) == 2


@pytest.mark.parametrize("code", [9, "9"])
def test_a_known_no_beside_code_9_is_the_tokens(code: object) -> None:
    """`code` 9 is the token's, whatever stands beside it."""
    platform = Platform({"POST security/yezhu-code": {"code": code, "msg": "验证码错误"}})
    with RawServer(platform) as server, closing(client(server.url)) as api:
        error = caught(lambda: api.check_owner_code("k", "012345"))
    assert error.code is Code.PROPERTY_TOKEN_LOST
    assert platform.renewals == 1
