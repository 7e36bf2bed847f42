"""Status codes and fields of the Kexin calls, as the document's tables say."""

import re
from enum import IntEnum

from station.simulators.fields import FieldReader

_UINT32 = 2**32 - 1
_MAC = re.compile(r"[0-9a-f]{2}(?::[0-9a-f]{2}){5}")


class Status(IntEnum):
    """The document's own codes, and those of HTTP that the simulated cloud gives."""

    OK = 200
    USER_NOT_EXISTS = 310
    LOGIN_FAIL = 311
    PERMISSION_DENIED = 312
    LOGOUT_FAIL = 315
    REGISTER_FAIL = 320
    USER_NAME_USED = 321
    EMAIL_USED = 322
    TEL_USED = 323
    UPDATE_TOKEN_FAIL = 324
    USER_UPDATE_FAIL = 325
    PWD_ILLEGAL = 326
    FACE_EXCEED = 327
    SMS_FAIL = 328
    LOCK_NOT_EXISTS = 350
    LOCK_ID_EXISTS = 351
    LOCK_NO_ALARM = 352
    LOCK_USER_AUTHED = 353
    LOCK_UNAUTHORIZED = 354
    LOCK_NOT_BIND = 355
    LOCK_BINDED = 356
    EXPIRED = 357
    FACE_ERR = 358
    OPEN_LOCK_FAIL = 359
    LOCK_NOT_ONLINE = 360
    LOCK_MEMBER_NOT_EMPTY = 361
    LOCK_NOT_BOUND_AP = 362
    ADD_SELF_FORBIDDEN = 363
    BAD_REQUEST = 400
    UNAUTHORIZED = 401
    INTERNAL_ERROR = 500


WORDS = {
    Status.OK: "OK",
    Status.USER_NOT_EXISTS: "用户不存在",
    Status.LOGIN_FAIL: "登录失败，账号或密码错误",
    Status.PERMISSION_DENIED: "登录失败，没有权限",
    Status.LOGOUT_FAIL: "登出失败",
    Status.REGISTER_FAIL: "注册失败",
    Status.USER_NAME_USED: "用户名已使用",
    Status.EMAIL_USED: "邮箱已使用",
    Status.TEL_USED: "手机号已使用",
    Status.UPDATE_TOKEN_FAIL: "更新token失败",
    Status.USER_UPDATE_FAIL: "更新失败",
    Status.PWD_ILLEGAL: "密码不合法",
    Status.FACE_EXCEED: "人脸识别太频繁",
    Status.SMS_FAIL: "短信发送失败",
    Status.LOCK_NOT_EXISTS: "锁不存在",
    Status.LOCK_ID_EXISTS: "lock_id已经存在",
    Status.LOCK_NO_ALARM: "没有警报",
    Status.LOCK_USER_AUTHED: "用户已授权",
    Status.LOCK_UNAUTHORIZED: "没有权限",
    Status.LOCK_NOT_BIND: "没有绑定",
    Status.LOCK_BINDED: "已经绑定",
    Status.EXPIRED: "已经过期",
    Status.FACE_ERR: "匹配错误",
    Status.OPEN_LOCK_FAIL: "开锁失败,稍后再试",
    Status.LOCK_NOT_ONLINE: "锁不在线",
    Status.LOCK_MEMBER_NOT_EMPTY: "锁成员非空",
    Status.LOCK_NOT_BOUND_AP: "锁没有绑定ap",
    Status.ADD_SELF_FORBIDDEN: "不允许添加自己",
    Status.BAD_REQUEST: "请求错误, 检查请求参数",
    Status.UNAUTHORIZED: "请先注册或登录",
    Status.INTERNAL_ERROR: "Internal Server Error",
}


class CallRefusedError(Exception):
    """A call that the cloud answers with a code other than 200."""

    def __init__(self, status: Status) -> None:
        super().__init__(status.name)
        self.status = status


class Fields(FieldReader):
    """The JSON object of a call; a field of another type than the document's is 400."""

    def refusal(self, _name: str) -> CallRefusedError:
        """A bad request."""
        return CallRefusedError(Status.BAD_REQUEST)

    def optional(self, name: str) -> str | None:
        """A string; None when it is missing or empty. A number is none."""
        value = self.raw(name)
        if value is None or isinstance(value, str):
            return value
        raise self.refusal(name)

    def uint32(self, name: str, least: int = 0) -> int:
        """A uint32; a string of digits is none."""
        value = self.raw(name)
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= _UINT32:
            raise self.refusal(name)
        return value

    def present(self, name: str) -> str:
        """A string that must be there but may be empty."""
        value = self._values.get(name)
        if not isinstance(value, str):
            raise self.refusal(name)
        return value

    def mac(self) -> str:
        """A lock's address, in either case of its letters."""
        text = self.text("mac").lower()
        if not _MAC.fullmatch(text):
            raise self.refusal("mac")
        return text

    def all(self) -> dict[str, object]:
        """Every field as it came, for the signature."""
        return dict(self._values)
