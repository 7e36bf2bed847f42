"""Owners and their houses: what may be shown before anybody proved anything."""

from station.domain.house import Building, Community, Floor, House, HousePath, Unit
from station.domain.owner import Owner, SentCode

HOUSE = HousePath(
    Community("10002", "晨曦家园"),
    Building("7", "10002", "1", "1栋"),
    Unit("8", "7", "2", "2单元"),
    Floor("9", "8", "3", "3楼"),
    House("5", "9", "301", "301号", "单元楼"),
)


def test_an_owner_shows_the_mask_alone() -> None:
    owner = Owner("13800000001", "业主", "住宅", "私有", "自用")
    assert owner.masked == "138****0001"
    for shown in (repr(owner), str(owner), f"{owner}", repr([owner]), repr({"owner": owner})):
        assert "138****0001" in shown
        assert "00000001" not in shown
        assert "业主" not in shown


def test_a_sent_codes_key_is_not_shown() -> None:
    assert "secret-key" not in repr([SentCode("secret-key", None)])


def test_a_house_is_named_as_the_platform_writes_it() -> None:
    assert HOUSE.full_name == "晨曦家园1栋2单元3楼301号"
    assert HOUSE.id == "5"
