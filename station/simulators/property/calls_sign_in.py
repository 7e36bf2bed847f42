"""Chapter 1 of the property document: SMS codes, registering, tokens, the user's role."""

from station.simulators.clock import TIME_FORMAT
from station.simulators.property import access
from station.simulators.property.endpoint import Access, Asked, Endpoint, Service
from station.simulators.property.model import Token, User
from station.simulators.property.sentences import (
    CODE_ENDED,
    GUEST,
    NOT_RENEWED,
    SORRY,
    WRONG_WECHAT_CODE,
    Answer,
    CallRefusedError,
    refused,
)
from station.simulators.property.switches import LifeForm, LogInCode


def verification_code(service: Service, asked: Asked) -> Answer:
    """1.1: sends nothing; the control address shows what would have been sent."""
    fields, estate = asked.fields, service.estate
    phone, kind = fields.phone(), fields.optional("type") or ""
    if kind not in access.CODE_TYPES:
        raise refused(SORRY, "type参数必须是login、register、verify等", phone=phone)
    known = estate.user_of(phone) is not None
    if kind == "register" and known:
        raise refused("该手机号已注册，请直接登录", "手机号已存在", phone=phone)
    if kind == "login" and not known:
        raise refused("该手机号未注册", phone=phone)
    house = fields.optional("community_house_name") or ""
    sent = access.send_code(estate, service.switches, phone, kind, house)
    body = {"key": sent.key, "expired_at": sent.ends_at.strftime(TIME_FORMAT)}
    return Answer(f"验证码获取成功,{access.minutes(kind)}分钟内有效", None, body)


def wechat_session(service: Service, asked: Asked) -> Answer:
    """1.2.1: WeChat's code, which the control address gives, for openid and session_key."""
    estate = service.estate
    visit = access.take_visit(estate, asked.fields.optional("code") or "")
    if visit is None:
        raise CallRefusedError(WRONG_WECHAT_CODE)
    body = {"openid": visit.openid, "session_key": estate.records.sessions[visit.openid]}
    return Answer("获得open_id和seesion_key", "成功获取open_id和seesion_key", body)


def register(service: Service, asked: Asked) -> Answer:
    """1.2.2: registers a mobile number that is not known yet, and logs in."""
    fields, estate = asked.fields, service.estate
    values = {}
    for name in ("type", "openid", "session_key", "name", "avatar"):
        given = fields.optional(name)
        if given is None:
            raise refused(SORRY, f"用户的{name}值未传送")
        values[name] = given
    openid = values["openid"]
    if estate.records.sessions.get(openid) != values["session_key"]:
        raise refused(SORRY, "用户的session_key值不正确")
    phone = _proven_phone(service, asked, values["type"], openid)
    user = estate.user_of(phone)
    greeting = "您登陆成功！"
    if user is None:
        user = User(openid, phone, values["name"], values["avatar"])
        estate.records.users[openid] = user
        greeting = "您注册成功！"
    token = access.new_token(estate, service.switches, user.openid)
    return Answer(greeting, None, _token_body(service, token, user))


def _proven_phone(service: Service, asked: Asked, kind: str, openid: str) -> str:
    fields, estate = asked.fields, service.estate
    if kind == "weixin":
        sealed = fields.optional("encryptedData") or "", fields.optional("iv") or ""
        phone = access.unsealed_phone(estate, openid, *sealed)
        if phone is None:
            raise refused(SORRY, "用户的encryptedData值不正确")
        return phone
    if kind == "selfPhone":
        key = fields.optional("verification_key") or ""
        figures = fields.optional("verification_code") or ""
        kinds = {"register", "login"}
        return access.take_code(estate, service.switches, key, figures, kinds, CODE_ENDED).phone
    raise refused(SORRY, "用户的type值不正确")


def new_token(service: Service, asked: Asked) -> Answer:
    """1.4.1: WeChat's code for a token, when the user is registered."""
    estate = service.estate
    in_header = service.switches.log_in_code is LogInCode.HEADER
    code = asked.token if in_header else asked.fields.optional("code")
    visit = access.take_visit(estate, code or "")
    if visit is None:
        raise CallRefusedError(WRONG_WECHAT_CODE)
    user = estate.records.users.get(visit.openid)
    if user is None:
        raise CallRefusedError(GUEST)
    token = access.new_token(estate, service.switches, user.openid)
    return Answer("token值等用户数据获取成功", None, _token_body(service, token, user))


def renewed_token(service: Service, asked: Asked) -> Answer:
    """1.4.2: an old token for a new one, within 14 days."""
    estate = service.estate
    token = access.renew(estate, service.switches, asked.token)
    if token is None:
        raise CallRefusedError(NOT_RENEWED)
    user = estate.records.users[token.openid]
    return Answer("token值等用户数据获取成功", None, _token_body(service, token, user))


def role(service: Service, asked: Asked) -> Answer:
    """1.5.1: what the user is to the mini-program."""
    body = {"data": service.estate.permissions(asked.user)}
    return Answer("获取用户角色成功", "获取用户角色成功message编码Yi2048", body)


def _token_body(service: Service, token: Token, user: User) -> dict[str, object]:
    seconds = service.switches.expires_in
    life: dict[str, object] = {"expires_in": seconds}
    if service.switches.life is LifeForm.TABLE:
        life = {"expired_in": str(seconds)}
    return {
        "access_token": token.value,
        "token_type": "Bearer",
        **life,
        "permissions": service.estate.permissions(user),
        "name": user.name,
        "avatar": user.avatar,
    }


_NAMES = frozenset({"name", "avatar"})
_OPEN = Access.ANYBODY

SIGN_IN_CALLS = (
    Endpoint(
        "1.1", "verificationCodes/phone", verification_code,
        access=_OPEN, expired=None, refused_expired=None,
    ),
    Endpoint(
        "1.2.1", "weapp/code", wechat_session, access=_OPEN, expired=None, refused_expired=None
    ),
    Endpoint("1.2.2", "weapp/users", register, access=_OPEN, refused_expired=None),
    Endpoint(
        "1.4.1", "weapp/authorizations", new_token,
        access=_OPEN, expired=None, refused_expired=None, optional=_NAMES,
    ),
    Endpoint(
        "1.4.2", "authorizations/current", renewed_token, method="PUT",
        access=Access.OLD_TOKEN, expired=None, refused_expired=None,
    ),
    Endpoint("1.5.1", "people/permissions", role, access=Access.GUEST, refused_expired=None),
)  # fmt: skip
