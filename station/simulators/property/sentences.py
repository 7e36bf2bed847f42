"""What the platform answers: `Answer`, refusals, and the document's sentences for them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

SORRY = "服务器开小差，请重试"
CODE_ENDED, CODE_WRONG = "验证码已失效", "验证码错误"


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer before the switches shape it.

    `message` None leaves it out. `expired` is the value of `token_expired` (1: not expired).
    `plain` answers come with a number for a code and without `token_expired` (2.2.1's first).
    """

    msg: str
    message: str | None = None
    body: Mapping[str, object] = field(default_factory=dict)
    code: int = 0
    expired: int = 1
    plain: bool = False


class CallRefusedError(Exception):
    """A call that the platform answers with another code than 0."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.msg)
        self.answer = answer


def refused(msg: str, message: str | None = None, code: int = 1, **body: object) -> Exception:
    """The refusal to raise; the debugging `message` repeats `msg` unless it is given."""
    return CallRefusedError(Answer(msg, msg if message is None else message, body, code))


def wrong_field(name: str) -> Exception:
    """A field that is missing or wrong where the document has no sentence for it."""
    return refused(SORRY, f"{name}参数不正确")


LOST_TOKEN = Answer(
    "请重新建立智慧平台鉴权连接",
    "token值因各种原因而失效，请重新调用接口获取token",
    code=9,
    expired=0,
)
GUEST = Answer(SORRY, "这只是个游客", code=1)
NOT_RENEWED = Answer(SORRY, "刷新token值失败,message编码Au335", code=1)
WRONG_WECHAT_CODE = Answer(SORRY, "小程序code不正确，请传递新code值", code=1)
SECURITY_DOWN = Answer(
    "系统开小差，请重试或联系工作人员",
    "安防平台接口出现故障，请检查配置信息如安防平台url，message编码Yi652-message编码SeApi55",
    code=1,
)
SECURITY_CALL = Answer(
    "系统开小差，请重试或联系工作人员",
    "万家灯火平台调用接口出现错误,message编码Yi664-message编码SeApi59",
    code=1,
)
