"""Two communities for demonstrations and tests: the same ones each time, nobody's data."""

from collections.abc import Iterator
from datetime import datetime
from itertools import count

from station.simulators.property import money
from station.simulators.property.estate import Estate
from station.simulators.property.model import (
    OWNER,
    Building,
    Community,
    Floor,
    House,
    Review,
    Unit,
    User,
)

DEMO_PHONE = "13800000001"
_UNITS, _FLOORS, _DOORS = 2, 6, 4
_SURNAMES, _GIVEN = "赵钱孙周吴郑冯陈", "一二三四五六七八九十"

# name, pinyin, identifier (10002 is 2.2.1's example, and no id), numbers of the buildings
_COMMUNITIES = (
    ("晨曦家园", "ChenXiJiaYuan", "10002", (1, 2, 3, 10)),
    ("交运里", "JiaoYunLi", "10001", (1, 2)),
)


def fill(estate: Estate) -> None:
    """Two communities, 6 buildings, 288 houses (each fourth without an owner), arrears for some.

    House 1, 晨曦家园1栋1单元1楼101号, is 张三's (13800000001, the account the demo token is of).
    李四 (…02), 王五 (…03) and 赵六 (…04) live there, 孙七 (…05) asks to; it owes 256.50.
    """
    with estate.lock:
        for number, (name, pinyin, identifier, buildings) in enumerate(_COMMUNITIES, 1):
            estate.records.communities[number] = Community(number, identifier, name, pinyin)
            for building in buildings:
                _build(estate, identifier, building)
        _first_house(estate)
        _other_houses(estate)
        _orders(estate)


def _build(estate: Estate, community: str, number: int) -> None:
    found = estate.records
    building = Building(len(found.buildings) + 1, community, number, f"{number}栋")
    found.buildings[building.id] = building
    for entrance in range(1, _UNITS + 1):
        unit = Unit(len(found.units) + 1, building.id, community, entrance, f"{entrance}单元")
        found.units[unit.id] = unit
        for level in range(1, _FLOORS + 1):
            floor = Floor(len(found.floors) + 1, unit.id, community, level, f"{level}楼")
            found.floors[floor.id] = floor
            for door in range(1, _DOORS + 1):
                painted = level * 100 + door
                house = House(len(found.houses) + 1, floor.id, community, painted, f"{painted}号")
                found.houses[house.id] = house


def _first_house(estate: Estate) -> None:
    estate.bind(1, "张三", DEMO_PHONE, OWNER, manage=True, pay=True)
    estate.bind(1, "李四", "13800000002", "妻子", manage=True, pay=True)
    estate.bind(1, "王五", "13800000003", "父亲")
    estate.bind(1, "赵六", "13800000004", "儿子")
    people = (("张三", True), ("李四", True), ("王五", False), ("赵六", True), ("孙七", False))
    for number, (name, activated) in enumerate(people, 1):
        if name != "王五":  # who has no account, so that somebody is not activated
            phone = f"1380000000{number}"
            openid = f"oSim-{number}"
            estate.records.users[openid] = User(openid, phone, name, "avatar", activated)
    other = estate.house_named("晨曦家园3栋2单元4楼401号").id
    estate.bind(other, "张三", DEMO_PHONE, "父亲")
    _review(estate, "oSim-5", 1, "租客绑定", "租客", "孙七", "13800000005", "租客")
    _review(estate, "oSim-5", 1, "家属绑定", "家属", "孙七", "13800000005", "家属", refused=True)
    _review(estate, "oSim-1", 2, "业主绑定", OWNER, "张三", DEMO_PHONE, OWNER)


def _review(
    estate: Estate,
    openid: str,
    house_id: int,
    kind: str,
    who: str,
    name: str,
    phone: str,
    role: str,
    *,
    refused: bool = False,
) -> None:
    form = {
        "phone": phone,
        "idcard": "000000199001010000",
        "name": name,
        "photo": "https://pictures.invalid/wjdh-platform/face-photo/sample.png",
        "sex": "男",
        "birth": "19900101",
        "nation": "汉族",
        "address": "某省某市某区",
        "zzmm": "群众",
        "tyjr": "0",
        "dibao": "0",
        "shangfang": "0",
        "job": "程序员",
        "company": "万家灯火",
        "house_id": str(house_id),
        "role": role,
        "status": "自用",
        "use": "住宅",
        "xingzhi": "私有",
        "type": "租户" if role == "租客" else "业主",
    }
    review_id = len(estate.records.reviews) + 1
    review = Review(review_id, openid, house_id, kind, who, form)
    if refused:
        review.status, review.refuse_reason = 0, "资料不清晰"
    estate.records.reviews[review_id] = review


def _people() -> Iterator[tuple[str, str]]:
    for number in count():
        surname = _SURNAMES[number // len(_GIVEN) % len(_SURNAMES)]
        yield f"{surname}{_GIVEN[number % len(_GIVEN)]}", f"{13_800_000_011 + number}"


def _other_houses(estate: Estate) -> None:
    people = _people()
    for house_id in list(estate.records.houses)[1:]:
        if house_id % 4 == 2:
            continue  # nobody is bound as its owner
        name, phone = next(people)
        estate.bind(house_id, name, phone, OWNER, manage=True, pay=True)
        if house_id % 5 == 0:
            name, phone = next(people)
            estate.bind(house_id, name, phone, "妻子")


def _orders(estate: Estate) -> None:
    for number in range(18):
        month = datetime(2023 + number // 12, number % 12 + 1, 5, 10, 30)
        title = f"{month:%Y}年{month:%m}月的物业费"
        order = money.add_order(estate, 12_000, house_id=1, remark=title)
        money.settle(estate, [order.id]).paid_at = month
    pair = [
        money.add_order(estate, 1, title=title, house_id=1).id for title in ("测试费1", "测试费2")
    ]
    money.settle(estate, pair)
    money.add_order(estate, 500, title="旧费用", house_id=1).closed = True
    per_metre = {"单价": "2.4元/平米"}
    money.add_order(estate, 24_000, house_id=1, remark="2024年的物业费", extra=per_metre)
    money.add_order(estate, 1_650, title="水费", house_id=1)
    money.add_order(estate, 2_000, title="门禁卡工本费", phone=DEMO_PHONE)
    for house_id in range(11, len(estate.records.houses), 20):
        money.set_arrears(estate, house_id, [10_000 + 100 * house_id])
