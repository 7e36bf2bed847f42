"""The fields of a door-lock call, checked as the document's parameter tables say."""

import re
from datetime import datetime
from enum import Enum

from flask import Request

from station.simulators.calls import BodyKind, read_body
from station.simulators.clock import TIME_FORMAT
from station.simulators.door_lock.switches import BodyForm
from station.simulators.fields import FieldReader

_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}")


class Refusal(Enum):
    """Why a call is refused: the `code` (the document says only "not 1") and the `msg`."""

    BODY = (0, "请求内容格式错误")
    APP = (401, "appid或appsecret错误")
    FIELD = (2, "参数错误")
    TIME = (3, "时间格式错误")
    ROOM = (4, "房间不存在")
    NO_CARD = (5, "发卡器上没有卡")
    BLANK = (6, "空白卡")
    OTHER_CARD = (7, "卡号不一致")
    OTHER_ROOM = (8, "非本房间卡")
    WRITE = (-1, "写卡失败")
    ONE_OF_TWO = (9, "房间ID和卡号二选一")
    OFFLINE = (20, "门锁不在线")
    BUSY = (21, "网关忙,请稍后再试")
    CODE = (22, "密码不存在")
    END = (23, "有效期与生成密码时不一致")
    NOTHING = (24, "序号未下发或已停用")
    PASSCODE = (25, "密码必须是6-10位数字")
    PICTURE = (26, "人脸图片数据错误")
    TEMPLATE = (27, "指纹数据错误")

    @property
    def code(self) -> int:
        """The reply's code; never 1."""
        return self.value[0]

    @property
    def msg(self) -> str:
        """The vendor's sentence."""
        return self.value[1]


class CallRefusedError(Exception):
    """A call that the service answers with a code other than 1."""

    def __init__(self, refusal: Refusal, field: str | None = None) -> None:
        super().__init__(refusal.name)
        self.refusal = refusal
        self.msg = refusal.msg if field is None else f"{refusal.msg}:{field}"


class Fields(FieldReader):
    """The fields of a call, which may come as a form or as JSON."""

    def refusal(self, name: str) -> CallRefusedError:
        """A refusal that names the field."""
        return CallRefusedError(Refusal.FIELD, name)

    def time(self, name: str) -> datetime:
        """A site-local time, `YYYY-MM-DD HH:MM:SS` to the letter."""
        text = self.text(name)
        if not _TIME.fullmatch(text):
            raise CallRefusedError(Refusal.TIME, name)
        try:
            return datetime.strptime(text, TIME_FORMAT)
        except ValueError as error:
            raise CallRefusedError(Refusal.TIME, name) from error


def read_fields(request: Request, accepted: BodyForm) -> Fields:
    """The fields of a request whose body is of an accepted kind. Raises CallRefusedError."""
    kind, values = read_body(request.content_type or "", request.get_data())
    if kind is BodyKind.FORM and accepted is not BodyForm.JSON:
        return Fields(values)
    if kind is BodyKind.JSON and accepted is not BodyForm.FORM:
        return Fields(values)
    raise CallRefusedError(Refusal.BODY)
