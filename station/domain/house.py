"""Houses of a residential community, as the property platform knows them: level under level.

Ids are text everywhere. `number` is what a level is called inside the one above; `name` is what
people read.
"""

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Community:
    """A residential community. `id` is its `community_identifier`, not its row's number."""

    id: str
    name: str
    pinyin: str = ""


@dataclass(frozen=True, slots=True)
class Building:
    """A building of a community."""

    id: str
    community_id: str
    number: str
    name: str


@dataclass(frozen=True, slots=True)
class Unit:
    """A stairwell of a building."""

    id: str
    building_id: str
    number: str
    name: str


@dataclass(frozen=True, slots=True)
class Floor:
    """A floor of a unit."""

    id: str
    unit_id: str
    number: str
    name: str


@dataclass(frozen=True, slots=True)
class House:
    """A home on a floor. `kind` is one of `HouseKind`, or what the platform says instead."""

    id: str
    floor_id: str
    number: str
    name: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class HousePath:
    """A house with everything above it."""

    community: Community
    building: Building
    unit: Unit
    floor: Floor
    house: House

    @property
    def id(self) -> str:
        """The house's id."""
        return self.house.id

    @property
    def full_name(self) -> str:
        """`晨曦家园1栋1单元1楼101号`, as the platform itself writes it."""
        levels = (self.community, self.building, self.unit, self.floor, self.house)
        return "".join(level.name for level in levels)


class HouseKind(StrEnum):
    """What kind of building a house is (房屋类型)."""

    APARTMENT = "单元楼"
    TUBE_BUILDING = "筒子楼"
    COURTYARD = "四合院"
    BUNGALOW = "独立平房"
    SMALL_BUILDING = "自建小楼"
    VILLA = "别墅"
    SELF_BUILT = "自建"
    OTHER = "其他"


class HouseUse(StrEnum):
    """What a house is used for (房屋用途)."""

    LIVING = "住宅"
    PRODUCTION = "生产"
    BUSINESS = "经营"
    STORAGE = "仓储"
    EDUCATION = "教育"
    CULTURE = "文化"
    OFFICE = "办公"
    COMMERCE = "商业"
    OTHER = "其他"


class HouseNature(StrEnum):
    """Whose property a house is (房屋性质)."""

    PRIVATE = "私有"
    PUBLIC = "公有"
    OTHER = "其他"


class HouseStatus(StrEnum):
    """How a house is lived in (房屋状态)."""

    OWN_USE = "自用"
    VACANT = "闲置"
    LENT = "借用"
    REGISTERED_ONLY = "空挂"
    RENTED = "租用"
    DEMOLITION = "拆迁"
    OTHER = "其他"
