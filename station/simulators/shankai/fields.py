"""Error codes, fields and card numbers of the Shankai calls, as sections 5 and appendix 2 say."""

import re
from enum import Enum

from station.simulators.fields import FieldReader
from station.simulators.shankai.switches import HexLimit

_HEX = re.compile(r"0[xX]([0-9A-Fa-f]+)")
_DECIMAL = re.compile(r"[0-9]+", re.ASCII)
_LARGEST_DECIMAL = 2147483647
_LIMIT = 22


class Refusal(Enum):
    """Appendix 2's codes that a simulated cloud can meet."""

    SYSTEM = (-1, "系统异常")
    REGISTERED = (1001, "单位已注册")
    CREDENTIALS = (4001, "appid不存在或secret密码不正确")
    TOKEN = (4002, "access_token已经过期")
    NO_USER = (4004, "手机号找不到对应的用户")
    NO_ORGANIZATION = (4005, "单位不存在")
    CARD_NO = (4006, "卡号输入不正确")
    ID_MODE = (4007, "ID卡模式不能设置卡号")
    ACCOUNT = (4008, "帐号已存在")
    NO_PERMISSION = (4011, "该用户在本小区没有开通权限")

    @property
    def errcode(self) -> int:
        """The documented number."""
        return self.value[0]

    @property
    def errmsg(self) -> str:
        """The documented sentence."""
        return self.value[1]


class CallRefusedError(Exception):
    """A call that the cloud answers with an errcode other than 0."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.name)
        self.refusal = refusal


class Fields(FieldReader):
    """The JSON object of a call. A missing field is -1: the document has no code for it."""

    def refusal(self, _name: str) -> CallRefusedError:
        """A system error."""
        return CallRefusedError(Refusal.SYSTEM)

    def ic_mode(self) -> bool:
        """`ic_id_mode`: 1 for IC cards, 0 for ID cards."""
        value = self.text("ic_id_mode")
        if value not in ("0", "1"):
            raise CallRefusedError(Refusal.SYSTEM)
        return value == "1"

    def card_no(self, limit: HexLimit) -> str:
        """`card_no` as hex digits without 0x; a decimal number is turned into hex."""
        value = self.raw("card_no")
        if isinstance(value, bool) or not isinstance(value, (int, str)):
            raise CallRefusedError(Refusal.CARD_NO)
        return parse_card_no(str(value), limit)


def parse_card_no(text: str, limit: HexLimit) -> str:
    """Section 5's two ways to write a card number. Raises CallRefusedError(CARD_NO)."""
    hexadecimal = _HEX.fullmatch(text)
    if hexadecimal is not None:
        digits = hexadecimal[1]
        most = _LIMIT * 2 if limit is HexLimit.BYTES else _LIMIT
        if len(digits) <= most:
            return digits.upper()
    elif _DECIMAL.fullmatch(text) and len(text) <= len(str(_LARGEST_DECIMAL)):
        number = int(text)
        if number <= _LARGEST_DECIMAL:
            return f"{number:X}"
    raise CallRefusedError(Refusal.CARD_NO)
