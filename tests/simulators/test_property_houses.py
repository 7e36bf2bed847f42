"""Houses of the property platform: the tree, owners, people and their rights, reviews, pictures."""

import hashlib
from typing import TYPE_CHECKING, Any

import pytest

from station.simulators.pictures import sample_face
from station.simulators.property import PropertySim
from tests.simulators.test_property_examples import FORM, PICTURE, PLACE

if TYPE_CHECKING:
    from tests.simulators.conftest import PropertyHttp

NEW = "13900000001"


def rows(http: "PropertyHttp", name: str, key: object) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = http.call(name, id=key)["data"]
    return found


# the tree


def test_the_whole_tree(estate_http: "PropertyHttp", estate_sim: PropertySim) -> None:
    names = set()
    for community in estate_http.call("communities")["data"]:
        for building in rows(estate_http, "buildings", community["community_identifier"]):
            for unit in rows(estate_http, "units", building["id"]):
                for floor in rows(estate_http, "floors", unit["id"]):
                    here = rows(estate_http, "houses", floor["id"])
                    parts = (community["community_name"], building["building_name"])
                    where = "".join((*parts, unit["unit_name"], floor["floor_name"]))
                    names |= {where + house["house_name"] for house in here}
                    assert {house["floor_id"] for house in here} == {floor["id"]}
    assert len(names) == len(estate_sim.estate.records.houses) == 288
    assert "晨曦家园10栋2单元6楼604号" in names
    assert all(estate_sim.estate.house_name(each) in names for each in (1, 2, 288))


def test_ids_numbers_and_identifiers_are_not_the_same(estate_http: "PropertyHttp") -> None:
    communities = estate_http.call("communities")["data"]
    assert [each["id"] for each in communities] == [1, 2]
    assert [each["community_identifier"] for each in communities] == ["10002", "10001"]
    assert rows(estate_http, "buildings", 1) == []
    last = rows(estate_http, "buildings", 10002)[-1]
    assert (last["id"], last["building_number"]) == (4, 10)


@pytest.mark.parametrize("name", ["buildings", "units", "floors", "houses"])
def test_below_an_unknown_id_there_is_nothing(estate_http: "PropertyHttp", name: str) -> None:
    assert rows(estate_http, name, 9999) == []


# owners


def test_the_owner_is_told_before_anything_is_proven(estate_http: "PropertyHttp") -> None:
    data = estate_http.call("security/yezhu", id=1)["data"]
    assert (data["people_phone"], data["phone"]) == ("13800000001", "138****0001")
    assert estate_http.call("security/yezhu", id=9999)["code"] == "2"


def test_sample_people_are_nobody(estate_sim: PropertySim) -> None:
    members = estate_sim.estate.records.members.values()
    assert all(each.phone.startswith("13800000") for each in members)
    phones = [each.phone for each in members if each.role == "业主"]
    assert len(phones) == len(set(phones)) == 288 - 72


# people and rights


def words(http: "PropertyHttp", key: str = "yibangding") -> dict[str, str]:
    data = http.call("house/detail", id=1)["data"]
    return {each["name"]: each["shouquan"] for each in data[key]}


def test_house_detail(estate_http: "PropertyHttp") -> None:
    data = estate_http.call("house/detail", id=1)["data"]
    assert data["introduction"] == "晨曦家园1栋1单元1楼101号"
    assert words(estate_http) == {
        "张三": "管理员",
        "李四": "禁用管理",
        "王五": "邀请激活",
        "赵六": "授权管理",
    }
    assert set(words(estate_http, "yijihuo")) == {"张三", "李四", "赵六"}
    assert data["weijihuo"] == [{"shouquan": "邀请激活", "name": "王五", "role": "父亲"}]
    waiting = {each["id"]: (each["status"], each["type"]) for each in data["weibangding"]}
    assert waiting == {1: ("待审核", "租客绑定"), 2: ("未通过", "家属绑定")}
    assert estate_http.call("house/detail", id=9999)["msg"] == "未查找到房屋信息"


def test_each_grant_turns_the_right_over(
    estate_http: "PropertyHttp", estate_sim: PropertySim
) -> None:
    answers = [estate_http.call("house/shouquan", "PUT", id=2) for _ in range(2)]
    assert [each["data"] for each in answers] == ["授权管理", "禁用管理"]
    assert "改为了0" in answers[0]["message"]
    assert words(estate_http)["李四"] == "禁用管理"
    estate_sim.switch(off_word="禁止管理")
    estate_http.call("house/shouquan", "PUT", id=4)
    assert words(estate_http)["赵六"] == "禁止管理"
    assert estate_http.call("house/shouquan", "PUT", id=1)["code"] == "1", "the owner's stays"


def test_each_call_turns_the_right_to_pay_over(
    estate_http: "PropertyHttp", estate_sim: PropertySim
) -> None:
    answers = [estate_http.call("house/charge", "PUT", id=4)["data"] for _ in range(2)]
    assert answers == ["禁止支付", "授权支付"]
    assert not estate_sim.estate.records.members[4].pay


def test_unbinding(estate_http: "PropertyHttp") -> None:
    assert estate_http.call("house/shouquan", "DELETE", id=3)["msg"] == "解绑成功"
    assert "王五" not in words(estate_http)
    assert estate_http.call("house/shouquan", "DELETE", id=3)["msg"] == "解绑失败"
    assert estate_http.call("house/shouquan", "DELETE", id=1)["code"] == 0
    assert estate_http.call("security/yezhu", id=1)["code"] == "2", "no owner any more"


@pytest.mark.parametrize("path", ["house/shouquan", "house/charge"])
def test_rights_of_nobody(estate_http: "PropertyHttp", path: str) -> None:
    assert estate_http.call(path, "PUT", id=9999)["msg"] == "修改失败"


def test_switch_own_houses_only(estate_http: "PropertyHttp", estate_sim: PropertySim) -> None:
    stranger = estate_http.control("GET", "/houses/9")["members"][0]
    assert estate_http.call("house/detail", id=9)["code"] == "0"
    estate_sim.switch(own_houses_only=True)
    assert estate_http.call("house/detail", id=9)["code"] == "1"
    for method in ("PUT", "DELETE"):
        refused = estate_http.call("house/shouquan", method, id=stranger["id"])
        assert refused["message"] == "没有管理权限"
    assert estate_http.call("house/shouquan", "PUT", id=4)["code"] == 0
    assert estate_http.call("shenhe/detail", id=1)["code"] == "0", "the owner sees who asks"
    estate_http.token = estate_sim.give_token("13800000004")
    assert estate_http.call("house/detail", id=1)["code"] == "0"
    assert estate_http.call("shenhe/detail", id=3)["code"] == "1"


# bound houses and reviews


def test_bound_houses(estate_http: "PropertyHttp", estate_sim: PropertySim) -> None:
    first, second, review = estate_http.call("user/housesList")["data"]
    assert (first["house_id"], first["role"], first["not_register"]) == (1, "业主", 1)
    assert second["introduction"] == "晨曦家园3栋2单元4楼401号"
    assert (review["shenhe_id"], review["status"]) == (3, "待审核")
    assert review["introduction"] == "晨曦家园1栋1单元1楼102号的业主正在申请：业主绑定"
    estate_sim.switch(bound_ids=True, status_words="foreword")
    first, _second, review = estate_http.call("user/housesList")["data"]
    assert first["id"] == 1
    assert review["status"] == "等待审核"


@pytest.mark.parametrize(
    ("changes", "kind", "role"),
    [
        ({"role": "业主"}, "业主绑定", "业主"),
        ({"role": "租客", "type": "租户"}, "租客绑定", "租客"),
        ({"role": "儿子", "choice": 1}, "家属绑定", "儿子"),
        ({}, "家属绑定", "家属"),
        ({"role": "业主", "choice": "2"}, "替换业主", "业主"),
    ],
)
def test_a_form_becomes_a_review_and_a_binding(
    estate_http: "PropertyHttp",
    estate_sim: PropertySim,
    changes: dict[str, object],
    kind: str,
    role: str,
) -> None:
    form = FORM | {"phone": NEW, "house_id": 9} | changes
    assert estate_http.call("weapp/yibiaosanshi", **form)["msg"] == "已提交审核"
    detail = estate_http.call("shenhe/detail", id=4)["data"]
    assert (detail["shenhe_type"], detail["shenhe_status"]) == (kind, 2)
    assert (detail["idcard"], detail["zhengzhimianmao"]) == ("000000199001010000", "群众")
    before = len(estate_sim.estate.members(9))
    estate_http.control("POST", "/reviews/4", {"accept": True})
    members = {each.phone: each.role for each in estate_sim.estate.members(9)}
    assert members[NEW] == role
    assert len(members) == before + (kind != "替换业主")
    assert estate_http.call("shenhe/detail", id=4)["data"]["shenhe_status"] == 1
    owner = estate_http.call("security/yezhu", id=9)["data"]["people_phone"]
    assert (owner == NEW) is (kind == "替换业主")


def test_who_passed_the_first_review_is_a_member(
    estate_http: "PropertyHttp", estate_sim: PropertySim
) -> None:
    estate_http.token = estate_sim.give_token("13800000005")
    assert "house_id" not in estate_http.call("user/housesList")["data"][0]
    estate_http.control("POST", "/reviews/1", {"accept": True})
    assert estate_http.call("people/permissions")["data"] == ["HouseMember"]
    assert estate_http.call("user/housesList")["data"][0]["role"] == "租客"


def test_a_refused_review_says_why_and_can_be_deleted(estate_http: "PropertyHttp") -> None:
    decided = {"accept": False, "reason": "照片不清晰"}
    estate_http.control("POST", "/reviews/3", decided)
    assert estate_http.json("POST", "/_sim/reviews/3", decided).status == 400
    detail = estate_http.call("shenhe/detail", id=3)["data"]
    assert (detail["shenhe_status"], detail["shenhe_refuse_reason"]) == (0, "照片不清晰")
    assert estate_http.call("user/housesList")["data"][-1]["status"] == "审核未通过"
    assert estate_http.call("shenhe/detail", "DELETE", id=3)["code"] == "0"
    assert estate_http.call("shenhe/detail", "DELETE", id=3)["code"] == "1"
    assert len(estate_http.call("user/housesList")["data"]) == 2


@pytest.mark.parametrize("flag", [True, False])
def test_switch_missing_review_flag(
    estate_http: "PropertyHttp", estate_sim: PropertySim, flag: bool
) -> None:
    estate_sim.switch(missing_review_flag=flag)
    value = estate_http.call("shenhe/detail", id=99)
    assert value["token_expired"] == ("0" if flag else "1")
    assert estate_http.call("houses", id=1)["code"] == 0, "the token lives all the same"


@pytest.mark.parametrize("name", ["sex", "nation", "address", "photo", "house_id", "job"])
def test_what_a_form_has_to_have(
    estate_http: "PropertyHttp", estate_sim: PropertySim, name: str
) -> None:
    form = {key: value for key, value in FORM.items() if key != name}
    assert estate_http.call("weapp/yibiaosanshi", **form)["msg"].startswith("没有填写")
    estate_sim.switch(scanned_required=False)
    taken = estate_http.call("weapp/yibiaosanshi", **form)["code"] == "0"
    assert taken is (name in ("sex", "nation", "address"))


def test_switch_shenhe_data(estate_http: "PropertyHttp", estate_sim: PropertySim) -> None:
    estate_sim.switch(shenhe_data=True)
    kept = estate_http.call("weapp/yibiaosanshi", **FORM)["shenhe_data"]
    assert set(kept) == {"name", "idcard", "photo", "phone", "job", "company"}


# pictures


def test_a_photo_leaves_its_hash_only(estate_http: "PropertyHttp", estate_sim: PropertySim) -> None:
    face = sample_face()
    url = estate_http.upload(face, **PLACE)["data"]
    assert url.startswith("https://pictures.invalid/")
    assert "/10002/1/1/1/101/202401/24/" in url
    assert url.endswith(".png")
    [kept] = estate_http.control("GET", "/photos")
    assert kept == {"url": url, "sha256": hashlib.sha256(face).hexdigest(), "size": len(face)}
    assert estate_http.upload(face[:-1], **PLACE)["msg"] == "图片上传失败"
    place = {name: value for name, value in PLACE.items() if name != "house_number"}
    assert estate_http.upload(face, **place)["code"] == "1"
    assert len(estate_sim.estate.records.photos) == 1


def test_the_card_that_is_read_can_be_set(estate_http: "PropertyHttp") -> None:
    estate_http.control("PUT", "/idcard", {"name": "李四"})
    for image in (PICTURE, f"data:image/png;base64,{PICTURE}"):
        assert estate_http.call("idcard/photo", image=image)["data"]["name"] == "李四"
    assert estate_http.call("idcard/photo", image="bm90IGEgcGljdHVyZQ==")["code"] == "1"
    assert estate_http.json("PUT", "/_sim/idcard", {"wage": "1"}).status == 400
