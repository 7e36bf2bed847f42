"""Chapters 2.2 to 2.4 of the property document: owners, pictures, the first form."""

import base64
import re
import secrets

from station.simulators.pictures import picture_digest
from station.simulators.property import access
from station.simulators.property.endpoint import Asked, Endpoint, Service
from station.simulators.property.estate import next_id
from station.simulators.property.model import OWNER, ROLES, TENANT, Photo, Review
from station.simulators.property.sentences import (
    CODE_ENDED,
    CODE_WRONG,
    SECURITY_CALL,
    SECURITY_DOWN,
    Answer,
    CallRefusedError,
    refused,
)
from station.simulators.property.switches import Trouble

PICTURES = "https://pictures.invalid/wjdh-platform/face-photo"  # nobody may go and fetch one
_IDCARD = re.compile(r"[0-9]{17}[0-9X]")

# 2.4.1's required fields in the order of its table, each with its name for the refusal.
_FORM = {
    "phone": "手机号",
    "idcard": "身份证号",
    "name": "姓名",
    "photo": "人脸照片地址",
    "sex": "性别",
    "nation": "民族",
    "address": "户籍地址",
    "zzmm": "政治面貌",
    "tyjr": "退役军人",
    "dibao": "低保",
    "shangfang": "上访记录",
    "job": "职业",
    "company": "工作单位",
    "house_id": "房屋id",
}
_SCANNED = frozenset({"sex", "nation", "address"})
_CHOICES = {
    "sex": frozenset({"男", "女"}),
    "zzmm": frozenset({"群众", "党员"}),
    "tyjr": frozenset({"0", "1"}),
    "dibao": frozenset({"0", "1"}),
    "shangfang": frozenset({"0", "1"}),
    "role": ROLES,
    "status": frozenset({"自用", "闲置", "借用", "空挂", "租用", "拆迁", "其他"}),
    "use": frozenset({"住宅", "生产", "经营", "仓储", "教育", "文化", "办公", "商业", "其他"}),
    "xingzhi": frozenset({"私有", "公有", "其他"}),
    "choice": frozenset({"1", "2"}),
    "type": frozenset({"业主", "租户", "其他"}),
}


def check_phone(service: Service, asked: Asked) -> Answer:
    """2.2.1: takes over what the security platform has about the number, within a community."""
    fields, estate = asked.fields, service.estate
    community = fields.text("id")
    figures = fields.text("verification_code")
    key = fields.text("verification_key")
    _check_security(service)
    taken = access.take_code(estate, service.switches, key, figures, {"verify"}, CODE_ENDED)
    user = asked.user
    if user.activated:
        message = (
            "保存到people数据库的操作出错，已经全部回滚，"
            "请和万家灯火技术人员核对问题所在（message编码Yi673）"
        )
        return Answer("已绑定个人信息，无需二次录入", message)
    houses = estate.records.houses
    if not any(
        each.phone == taken.phone and houses[each.house_id].community == community
        for each in estate.records.members.values()
    ):
        message = "安防平台没有查找到该手机号绑定的数据,message编码Yi658-message编码SeApi57"
        raise refused("该手机号还未绑定业主", message, code=2)
    user.phone, user.activated = taken.phone, True
    estate.changed()
    return Answer("已自动绑定您的一标三实信息", "在安防平台查找到了数据", plain=True)


def house_owner(service: Service, asked: Asked) -> Answer:
    """2.2.2: the owner's whole number, before anybody proved anything, as documented."""
    house_id = asked.fields.id()
    _check_security(service)
    owner = service.estate.owner(house_id)
    if owner is None:
        message = "安防平台没有查找到该房屋下的业主数据,message编码Yi1149-message编码SeApi87"
        raise refused("该房屋尚未绑定业主", message, code=2)
    house = service.estate.records.houses[house_id]
    data = {
        "people_phone": owner.phone,
        "people_house_use": house.use,
        "people_house_xingzhi": house.xingzhi,
        "people_house_status": house.status,
        "people_house_role": owner.role,
        "phone": f"{owner.phone[:3]}****{owner.phone[-4:]}",
    }
    message = (
        "获得了手机号码，还获得了该房屋的基本信息值，一旦业主提供的验证码核实通过，就展现给用户查看"
    )
    return Answer("已获取房屋业主手机号码", message, {"data": data})


def owner_code(service: Service, asked: Asked) -> Answer:
    """2.2.3."""
    key = asked.fields.optional("verification_key") or ""
    figures = asked.fields.optional("verification_code") or ""
    access.take_code(service.estate, service.switches, key, figures, {"yezhu"}, CODE_WRONG)
    return Answer("验证成功", "验证成功")


def _check_security(service: Service) -> None:
    if service.switches.trouble is Trouble.SECURITY_DOWN:
        raise CallRefusedError(SECURITY_DOWN)
    if service.switches.trouble is Trouble.SECURITY_CALL:
        raise CallRefusedError(SECURITY_CALL)


def photo(service: Service, asked: Asked) -> Answer:
    """2.3.1: a multipart upload; kept are its SHA-256 and size."""
    fields, estate = asked.fields, service.estate
    upload = fields.uploads.get("file")
    if upload is None or not upload.content:
        raise refused("没有传递任何文件到后台", "传递的file为空")
    place = [fields.id("community_identifier")]
    place += [fields.id(f"{each}_number") for each in ("building", "unit", "floor", "house")]
    digest = _digest(base64.b64encode(upload.content).decode())
    if digest is None or service.switches.trouble is Trouble.PICTURE_STORE:
        raise refused("图片上传失败", "图片上传失败,message编码Yi1326")
    ending = "png" if upload.content.startswith(b"\x89PNG") else "jpg"
    day = estate.clock.now().strftime("%Y%m/%d")
    name = f"{secrets.token_urlsafe(30)}.{ending}"
    url = "/".join([PICTURES, *map(str, place), day, name])
    estate.records.photos.append(Photo(url, digest, len(upload.content)))
    estate.changed()
    return Answer("图片上传成功", "图片上传成功,message编码Yi1320", {"data": url})


def identity_card(service: Service, asked: Asked) -> Answer:
    """2.3.2: reads the same card from every picture; the control address sets which."""
    given = asked.fields.optional("image")
    if given is None:
        raise refused("没有传递image的base64码", "传递的image字段为空")
    digest = _digest(given.rpartition(",")[2])  # a data: address is taken too
    if digest is None or service.switches.trouble is Trouble.SCANNER:
        sentence = "扫描失败，请重新上传更加清晰的照片或者手动填写个人信息"
        raise refused(sentence, "照片模糊，或者是接口欠费了")
    read = service.estate.records.identity
    data = {
        "birthday": read.birthday,
        "address": read.address,
        "gender": read.gender,
        "nation": read.nation,
        "idcard": read.idcard,
        "name": read.name,
    }
    return Answer("获取信息成功！", "获取信息成功", {"data": data})


def _digest(picture: str) -> str | None:
    """The SHA-256 of a JPG or PNG in base64; None for anything else."""
    try:
        return picture_digest(picture)
    except ValueError:
        return None


def first_form(service: Service, asked: Asked) -> Answer:
    """2.4.1: a review that waits for the property company."""
    estate = service.estate
    form = _read_form(service, asked)
    house_id = int(form["house_id"])
    if house_id not in estate.records.houses:
        raise refused("没有查找到房屋")
    kind, who = "家属绑定", "家属"
    if form.get("choice") == "2":
        kind, who = "替换业主", OWNER
    elif form.get("role") == OWNER:
        kind, who = "业主绑定", OWNER
    elif form.get("role") == TENANT:
        kind, who = "租客绑定", TENANT
    review_id = next_id(estate.records.reviews)
    openid = asked.user.openid
    estate.records.reviews[review_id] = Review(review_id, openid, house_id, kind, who, form)
    estate.changed()
    body: dict[str, object] = {}
    if service.switches.shenhe_data:
        kept = ("name", "idcard", "photo", "phone", "job", "company")
        body = {"shenhe_data": {name: form[name] for name in kept}}
    return Answer("已提交审核", "已提交审核", body)


def _read_form(service: Service, asked: Asked) -> dict[str, str]:
    fields, form = asked.fields, {}
    for name, label in _FORM.items():
        value = fields.optional(name)
        if value is not None:
            form[name] = value
        elif name not in _SCANNED or service.switches.scanned_required:
            raise refused(f"没有填写{label}")
    fields.phone()
    fields.id("house_id")
    if not _IDCARD.fullmatch(form["idcard"]):
        raise refused("身份证号不正确")
    for name in ("birth", "role", "status", "use", "xingzhi", "choice", "type"):
        value = fields.optional(name)
        if value is not None:
            form[name] = value
    for name, choices in _CHOICES.items():
        if name in form and form[name] not in choices:
            raise fields.refusal(name)
    return form


PEOPLE_CALLS = (
    Endpoint("2.2.1", "security/phone", check_phone),
    Endpoint("2.2.2", "security/yezhu", house_owner),
    Endpoint("2.2.3", "security/yezhu-code", owner_code),
    Endpoint("2.3.1", "people/photo", photo),
    Endpoint("2.3.2", "idcard/photo", identity_card),
    Endpoint("2.4.1", "weapp/yibiaosanshi", first_form),
)
