"""Chapter 3 of the property document: bound houses, a house's people, reviews, rights."""

from station.simulators.property.endpoint import NUMBER, Asked, Endpoint, Service
from station.simulators.property.estate import Estate
from station.simulators.property.model import OWNER, Member, Review
from station.simulators.property.sentences import Answer, CallRefusedError, refused
from station.simulators.property.switches import StatusWords

_FOREWORD = {0: "审核未通过", 1: "审核通过", 2: "等待审核"}
_LIST = {0: "审核未通过", 1: "审核通过", 2: "待审核"}
_DETAIL = {0: "未通过", 1: "通过", 2: "待审核"}


def bound_houses(service: Service, asked: Asked) -> Answer:
    """3.1.1: the user's houses, then the user's reviews that are waiting or were refused."""
    estate, user = service.estate, asked.user
    rows: list[dict[str, object]] = []
    for member in estate.bindings(user):
        here = estate.members(member.house_id)
        row: dict[str, object] = {
            "house_id": member.house_id,
            "status": _words(service, _LIST)[1],
            "role": member.role,
            "role_name": member.role,
            "introduction": estate.house_name(member.house_id),
            "not_register": sum(not estate.activated(each) for each in here),
        }
        rows.append({"id": member.id} | row if service.switches.bound_ids else row)
    rows += [
        {
            "shenhe_id": review.id,
            "status": _words(service, _LIST)[review.status],
            "introduction": f"{estate.house_name(review.house_id)}的{review.action}",
            "action": review.action,
        }
        for review in estate.records.reviews.values()
        if review.openid == user.openid and review.status != 1
    ]
    return Answer("成功获取用户一标三实列表", "成功获取用户一标三实列表", {"data": rows})


def house_detail(service: Service, asked: Asked) -> Answer:
    """3.1.2: the words for a house and its people; who is not activated has no id there."""
    estate = service.estate
    house = estate.records.houses.get(asked.fields.id())
    if house is None or not _may_see(service, asked, house.id):
        raise refused("未查找到房屋信息")
    members = estate.members(house.id)
    shown = [_shown(service, each) for each in members]
    active = [estate.activated(each) for each in members]
    asleep = [row for row, awake in zip(shown, active, strict=True) if not awake]
    data = {
        "introduction": estate.house_name(house.id),
        "house_type": house.type,
        "use": house.use,
        "xingzhi": house.xingzhi,
        "status": house.status,
        "zhuhuleixing": house.zhuhuleixing,
        "yibangding": shown,
        "weibangding": [
            {
                "id": review.id,
                "introduction": estate.house_name(house.id),
                "action": review.action,
                "status": _words(service, _DETAIL)[review.status],
                "type": review.type,
            }
            for review in estate.records.reviews.values()
            if review.house_id == house.id and review.status != 1
        ],
        "yijihuo": [row for row, awake in zip(shown, active, strict=True) if awake],
        "weijihuo": [{key: row[key] for key in ("shouquan", "name", "role")} for row in asleep],
    }
    return Answer("成功获取房屋信息", "成功获取房屋信息", {"data": data})


def review_detail(service: Service, asked: Asked) -> Answer:
    """3.1.3: the form as it was handed in, identity number and all."""
    found = _review(service, asked)
    if found is None:
        raise _no_review(service, "未查找到审核信息", "未查找到审核信息。message编码Yi1815")
    form = found.form
    copied = ("name", "sex", "birth", "nation", "address", "idcard", "photo", "job", "company")
    data: dict[str, object] = {
        "shenhe_type": found.type,
        "shenhe_status": found.status,
        "shenhe_action_introduction": found.action,
        "shenhe_house_introduction": service.estate.house_name(found.house_id),
        "shenhe_refuse_reason": found.refuse_reason,
        **{name: form.get(name, "") for name in copied},
        "zhengzhimianmao": form["zzmm"],
        "tuiyijunren": form["tyjr"],
        "shangfang": form["shangfang"],
        "dibao": form["dibao"],
        "house_role": form.get("role", ""),
        "house_status": form.get("status", ""),
        "use": form.get("use", ""),
        "xingzhi": form.get("xingzhi", ""),
        "zhuhuleixing": form.get("type", ""),
    }
    return Answer("成功获取用户审核信息", "成功获取审核信息", {"data": data})


def delete_review(service: Service, asked: Asked) -> Answer:
    """3.1.4: any review of the user's, decided or not."""
    found = _review(service, asked)
    if found is None:
        raise _no_review(service, "删除失败", "审核删除失败,message编程1879")
    del service.estate.records.reviews[found.id]
    service.estate.changed()
    return Answer("删除成功", "删除成功")


def grant(service: Service, asked: Asked) -> Answer:
    """3.2.1: turns the right over; the answer is the button's word, so the contrary."""
    member = _member(service, asked, "修改失败")
    if member.role == OWNER:
        raise refused("修改失败", "业主始终是管理员")
    member.manage = not member.manage
    service.estate.changed()
    word = service.switches.off_word.value if member.manage else "授权管理"
    message = (
        f"已经把该家庭成员的people_house_shouquan改为了{int(member.manage)}，"
        "0为禁止管理，1为授权管理"
    )
    return Answer("修改成功", message, {"data": word})


def unbind(service: Service, asked: Asked) -> Answer:
    """3.2.2."""
    member = _member(service, asked, "解绑失败")
    del service.estate.records.members[member.id]
    service.estate.changed()
    return Answer("解绑成功", "删除成功")


def pay_right(service: Service, asked: Asked) -> Answer:
    """3.2.3: turns the right over; the answer is the button's word, so the contrary."""
    member = _member(service, asked, "修改失败")
    member.pay = not member.pay
    service.estate.changed()
    message = (
        f"已经把该家庭成员的people_house_charge改为了{int(member.pay)}，0为禁止支付，1为授权支付"
    )
    return Answer("修改成功", message, {"data": "禁止支付" if member.pay else "授权支付"})


def _words(service: Service, example: dict[int, str]) -> dict[int, str]:
    return _FOREWORD if service.switches.status_words is StatusWords.FOREWORD else example


def _shown(service: Service, member: Member) -> dict[str, object]:
    word = "授权管理"
    if member.role == OWNER:
        word = "管理员"
    elif not service.estate.activated(member):
        word = "邀请激活"
    elif member.manage:
        word = service.switches.off_word.value
    return {"shouquan": word, "id": member.id, "name": member.name, "role": member.role}


def _own(estate: Estate, asked: Asked, house_id: int) -> Member | None:
    return next((each for each in estate.bindings(asked.user) if each.house_id == house_id), None)


def _may_see(service: Service, asked: Asked, house_id: int) -> bool:
    everything = not service.switches.own_houses_only
    return everything or _own(service.estate, asked, house_id) is not None


def _member(service: Service, asked: Asked, sentence: str) -> Member:
    found = service.estate.records.members.get(asked.fields.id())
    if found is None:
        raise refused(sentence, "未查找到人员房屋绑定")
    if service.switches.own_houses_only:
        mine = _own(service.estate, asked, found.house_id)
        if mine is None or not (mine.role == OWNER or mine.manage):
            raise refused(sentence, "没有管理权限")
    return found


def _review(service: Service, asked: Asked) -> Review | None:
    found = service.estate.records.reviews.get(asked.fields.id())
    if found is None or not service.switches.own_houses_only:
        return found
    mine = _own(service.estate, asked, found.house_id)
    manages = mine is not None and (mine.role == OWNER or mine.manage)
    return found if manages or found.openid == asked.user.openid else None


def _no_review(service: Service, msg: str, message: str) -> CallRefusedError:
    expired = 0 if service.switches.missing_review_flag else 1
    return CallRefusedError(Answer(msg, message, code=1, expired=expired))


_LIST_OPTIONAL = frozenset({"action", "not_register"})
_REVIEW_OPTIONAL = frozenset({"shenhe_refuse_reason", "use"})

HOUSE_CALLS = (
    Endpoint("3.1.1", "user/housesList", bound_houses, optional=_LIST_OPTIONAL),
    Endpoint("3.1.2", "house/detail", house_detail),
    Endpoint("3.1.3", "shenhe/detail", review_detail, optional=_REVIEW_OPTIONAL),
    Endpoint("3.1.4", "shenhe/detail", delete_review, method="DELETE"),
    Endpoint("3.2.1", "house/shouquan", grant, method="PUT", code=NUMBER, expired=NUMBER),
    Endpoint("3.2.2", "house/shouquan", unbind, method="DELETE", code=NUMBER, expired=NUMBER),
    Endpoint("3.2.3", "house/charge", pay_right, method="PUT", code=NUMBER, expired=NUMBER),
)
