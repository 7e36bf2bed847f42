"""The property client against the simulated platform: two readings of one paper."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any, get_type_hints

import pytest

from station.domain.bill import Arrears
from station.domain.house import HousePath, HouseUse
from station.domain.household import Grant, HouseRole, ResidentForm, ReviewState
from station.domain.owner import CodePurpose, PhoneBinding
from station.errors import Code, OutcomeUnknown, StationError, Unreachable, VendorRefused
from station.simulators.faults import Fault
from station.simulators.property import PropertySim, access
from station.simulators.property.sim import BASE_PATH
from station.simulators.property.switches import BodyForm, LostToken, PageForm, Switches, Trouble
from station.simulators.server import SimServer
from station.vendors.property import PropertyPlatform
from tests.vendors.pictures import jpg, png

OWNER, STRANGER, NOBODY = "13800000001", "13900000001", "13900000002"
QUICK = Switches(sms_interval=0)


def readings() -> Iterator[Switches]:
    """Every other reading of the document, one at a time."""
    yield QUICK
    for name, kind in get_type_hints(Switches).items():
        if isinstance(kind, type) and issubclass(kind, Enum) and kind is not Trouble:
            for value in kind:
                if value is not getattr(QUICK, name):
                    yield changed(name, value)
        elif kind is bool:
            yield changed(name, not getattr(QUICK, name))


def changed(name: str, value: Any) -> Switches:
    return replace(QUICK, **{name: value})


def label(switches: Switches) -> str:
    names = get_type_hints(Switches)
    others = [name for name in names if getattr(switches, name) != getattr(QUICK, name)]
    return ", ".join(f"{name}={getattr(switches, name)}" for name in others) or "examples"


def client(server: SimServer[PropertySim], token: str | None = None, **more: Any) -> Any:
    body = "form" if server.sim.switches.body is BodyForm.FORM else "json"
    settings = {"read_timeout_s": 5, "backoff_s": 0.01, "body": body, **more}
    given = server.sim.give_token() if token is None else token
    return PropertyPlatform(server.url + BASE_PATH, given, **settings)


def caught(call: Any, *args: Any) -> StationError:
    with pytest.raises(StationError) as info:
        call(*args)
    return info.value


def first_house(api: PropertyPlatform) -> HousePath:
    community = next(item for item in api.communities() if item.name == "晨曦家园")
    building = api.buildings(community.id)[0]
    unit = api.units(building.id)[0]
    floor = api.floors(unit.id)[0]
    return HousePath(community, building, unit, floor, api.houses(floor.id)[0])


def figures(sim: PropertySim, mobile: str) -> str:
    return sim.sms(mobile)[-1].code


def prove_the_owner(sim: PropertySim, api: PropertyPlatform) -> HousePath:
    house = first_house(api)
    assert house.full_name == "晨曦家园1栋1单元1楼101号"
    assert house.community.id == "10002"
    owner = api.owner_of(house.id)
    assert owner is not None
    assert (owner.mobile, owner.role, owner.use) == (OWNER, "业主", "住宅")
    sent = api.send_code(owner.mobile, CodePurpose.OWNER, house.full_name)
    error = caught(api.check_owner_code, sent.key, "000000")
    assert error.code is Code.PROPERTY_SMS_CODE_WRONG
    api.check_owner_code(sent.key, figures(sim, OWNER))
    assert api.owner_of("2") is None
    return house


def form_of(api: PropertyPlatform, house: HousePath) -> ResidentForm:
    card = api.read_identity_card(png())
    return ResidentForm(
        name=card.name,
        mobile=STRANGER,
        id_number=card.number,
        photo=api.upload_photo(house, jpg()),
        sex=card.gender,
        nation=card.nation,
        address=card.address,
        politics="群众",
        job="程序员",
        company="万家灯火",
        house_id=house.id,
        birth=card.birthday or date(1990, 1, 1),
        role=HouseRole.TENANT,
        use=HouseUse.LIVING,
    )


def apply_and_withdraw(api: PropertyPlatform, house: HousePath) -> None:
    form = form_of(api, house)
    before = {review.id for review in api.bound_houses().reviews}
    api.submit_form(form)
    (new,) = [review for review in api.bound_houses().reviews if review.id not in before]
    assert new.state is ReviewState.WAITING
    found = api.review(new.id)
    assert (found.state, found.name) == (ReviewState.WAITING, form.name)
    api.delete_review(new.id)
    assert caught(api.review, new.id).code is Code.PROPERTY_REVIEW_MISSING
    assert caught(api.delete_review, new.id).code is Code.PROPERTY_REVIEW_MISSING


def manage_members(api: PropertyPlatform, house: HousePath) -> None:
    assert house.id in [bound.house_id for bound in api.bound_houses().houses]
    detail = api.house_detail(house.id)
    assert (detail.address, detail.kind) == (house.full_name, "单元楼")
    grants = {member.name: member.grant for member in detail.members}
    assert grants["张三"] is Grant.MANAGER
    assert Grant.INACTIVE in grants.values()
    assert detail.reviews
    member = next(item for item in detail.members if item.grant is Grant.DENIED)
    assert api.toggle_managing(member.binding_id) is True
    now = {item.name: item.grant for item in api.house_detail(house.id).members}
    assert now[member.name] is Grant.ALLOWED
    assert api.toggle_managing(member.binding_id) is False
    assert api.toggle_paying(member.binding_id) is not api.toggle_paying(member.binding_id)
    api.unbind(member.binding_id)
    left = {item.name for item in api.house_detail(house.id).members}
    assert left == set(grants) - {member.name}


def look_at_money(sim: PropertySim, api: PropertyPlatform, house: HousePath) -> None:
    orders = list(api.orders(house_id=house.id, per_page=7))
    assert len({order.id for order in orders}) == len(orders) > 14
    arrears = Arrears.of(orders)
    assert arrears.total == Decimal("256.50")
    unpaid = Arrears.of(api.orders(paid=False, house_id=house.id))
    assert set(unpaid.orders) == set(arrears.orders)
    bills = list(api.bills(per_page=10))
    assert len(bills) > 10
    assert all(bill.total == sum(order.amount for order in bill.orders) for bill in bills)
    visit = access.open_program(sim.estate, OWNER)
    api.wechat_session(visit.code)
    ticket = api.start_payment([order.id for order in arrears.orders])
    assert ticket.package.startswith("prepay_id=")


def whole_story(sim: PropertySim, api: PropertyPlatform) -> None:
    assert api.permissions() == ("HouseMember",)
    assert api.keep_alive() is True
    house = prove_the_owner(sim, api)
    manage_members(api, house)
    apply_and_withdraw(api, house)
    look_at_money(sim, api, house)


@pytest.mark.parametrize("switches", list(readings()), ids=label)
def test_every_reading_of_the_document(switches: Switches) -> None:
    kept: list[str] = []
    with (
        SimServer(PropertySim(switches)) as server,
        closing(client(server, remember_token=kept.append)) as api,
    ):
        whole_story(server.sim, api)
    assert len(kept) == 1


@pytest.mark.parametrize("switches", list(readings()), ids=label)
def test_coming_in_by_each_door(switches: Switches) -> None:
    with SimServer(PropertySim(switches)) as server:
        sim = server.sim
        with closing(client(server, "")) as api:
            visit = access.open_program(sim.estate, NOBODY)
            visitor = api.wechat_session(visit.code)
            sent = api.send_code(NOBODY, CodePurpose.REGISTER)
            found = api.register(
                visitor, "小明", "avatar", code_key=sent.key, code=figures(sim, NOBODY)
            )
            assert (found.permissions, found.token.life_s) == (("NewMember",), 3600)
            proved = api.send_code(NOBODY, CodePurpose.VERIFY)
            bound = api.bind_phone(proved.key, figures(sim, NOBODY), "10002")
            assert bound is PhoneBinding.UNKNOWN
        with closing(client(server, "")) as api:
            visit = access.open_program(sim.estate, OWNER)
            assert api.log_in(visit.code).permissions == ("HouseMember",)
            assert api.permissions() == ("HouseMember",)
        with closing(client(server, "")) as api:
            visit = access.open_program(sim.estate, STRANGER)
            visitor = api.wechat_session(visit.code)
            found = api.register(
                visitor, "小红", "avatar", encrypted_data=visit.encrypted_data, iv=visit.iv
            )
            assert found.permissions == ("NewMember",)
            stranger = access.open_program(sim.estate, "13900000009")
            assert caught(api.log_in, stranger.code).code is Code.PROPERTY_NOT_REGISTERED


@pytest.fixture
def server() -> Iterator[SimServer[PropertySim]]:
    with SimServer(PropertySim(QUICK)) as running:
        yield running


@pytest.mark.parametrize("lost", list(LostToken))
def test_a_token_that_ended_is_renewed_once_and_a_lost_one_is_named(lost: LostToken) -> None:
    kept: list[str] = []
    with (
        SimServer(PropertySim(replace(QUICK, lost_token=lost))) as server,
        closing(client(server, remember_token=kept.append)) as api,
    ):
        api.house_detail("1")
        server.sim.expire_tokens()
        api.house_detail("1")
        server.sim.inject(Fault.EXPIRED_TOKEN, "house/detail")
        api.house_detail("1")
        assert len(kept) == 2
        server.sim.lose_tokens()
        error = caught(api.unbind, "2")
        assert type(error) is VendorRefused
        assert error.code is Code.PROPERTY_TOKEN_LOST
        assert caught(api.keep_alive).code is Code.PROPERTY_TOKEN_LOST
        api.use_token(server.sim.give_token())
        api.house_detail("1")


def test_a_token_of_yesterday_can_still_be_renewed(server: SimServer[PropertySim]) -> None:
    with closing(client(server)) as api:
        server.sim.clock.advance(13 * 86_400)
        assert api.house_detail("1").members
        server.sim.clock.advance(15 * 86_400)
        assert caught(api.house_detail, "1").code is Code.PROPERTY_TOKEN_LOST


def test_numbers_that_are_known_and_not(server: SimServer[PropertySim]) -> None:
    with closing(client(server)) as api:
        known = caught(api.send_code, OWNER, CodePurpose.REGISTER)
        assert known.code is Code.PROPERTY_ALREADY_REGISTERED
        unknown = caught(api.send_code, NOBODY, CodePurpose.LOG_IN)
        assert unknown.code is Code.PROPERTY_NOT_REGISTERED
        sent = api.send_code("13800000005", CodePurpose.VERIFY)
        error = caught(api.bind_phone, sent.key, "000000", "10002")
        assert error.code is Code.PROPERTY_SMS_CODE_WRONG


@pytest.mark.parametrize(
    ("trouble", "code"),
    [
        (Trouble.SECURITY_DOWN, Code.PROPERTY_SECURITY_DOWN),
        (Trouble.SECURITY_CALL, Code.PROPERTY_REFUSED),
        (Trouble.PICTURE_STORE, Code.PROPERTY_PICTURE_REFUSED),
        (Trouble.SCANNER, Code.PROPERTY_PICTURE_REFUSED),
    ],
)
def test_what_is_out_of_order_behind_the_platform(trouble: Trouble, code: Code) -> None:
    with (
        SimServer(PropertySim(replace(QUICK, trouble=trouble))) as server,
        closing(client(server)) as api,
    ):
        house = first_house(api)
        calls: dict[Trouble, Any] = {
            Trouble.PICTURE_STORE: lambda: api.upload_photo(house, png()),
            Trouble.SCANNER: lambda: api.read_identity_card(png()),
        }
        assert caught(calls.get(trouble, lambda: api.owner_of("1"))).code is code


FAULTS = [
    (Fault.HANG, Code.SERVICE_TIMEOUT, 1),
    (Fault.DROP_BEFORE, Code.SERVICE_DROPPED, 3),
    (Fault.HALF_BODY, Code.SERVICE_DROPPED, 3),
    (Fault.HTTP_500, Code.SERVICE_HTTP_STATUS, 3),
    (Fault.REFUSE, Code.PROPERTY_REFUSED, 1),
    (Fault.CAPTIVE_PORTAL, Code.CAPTIVE_PORTAL, 1),
    (Fault.HTTP_429, Code.SERVICE_BUSY, 1),
    (Fault.SLOW, Code.SERVICE_TIMEOUT, 1),
    (Fault.WRONG_SHAPE, Code.REPLY_SHAPE, 1),
]


@pytest.mark.parametrize(("fault", "code", "tries"), FAULTS)
def test_a_platform_in_trouble_then_well_again(
    server: SimServer[PropertySim], fault: Fault, code: Code, tries: int
) -> None:
    with closing(client(server, read_timeout_s=0.3, deadline_s=0.6)) as api:
        server.sim.inject(fault, "units", times=tries)
        assert caught(api.units, "1").code is code
        assert len(server.sim.calls.all("units")) == tries
        assert api.units("1")


@pytest.mark.parametrize("fault", [Fault.DROP_BEFORE, Fault.DROP_AFTER, Fault.HANG])
def test_a_switch_without_an_answer_goes_once(server: SimServer[PropertySim], fault: Fault) -> None:
    with closing(client(server, read_timeout_s=0.3, deadline_s=0.6)) as api:
        member = next(item for item in api.house_detail("1").members if item.grant is Grant.DENIED)
        server.sim.inject(fault, "house/shouquan")
        error = caught(api.toggle_managing, member.binding_id)
        assert type(error) is OutcomeUnknown
        assert error.code is Code.PROPERTY_OUTCOME_UNKNOWN
        assert len(server.sim.calls.all("shouquan")) == 1
        now = next(item for item in api.house_detail("1").members if item.name == member.name)
        assert now.grant is (Grant.ALLOWED if fault is Fault.DROP_AFTER else Grant.DENIED)


def test_a_code_whose_answer_is_lost_is_in_doubt(server: SimServer[PropertySim]) -> None:
    with closing(client(server)) as api:
        sent = api.send_code(OWNER, CodePurpose.OWNER, "晨曦家园1栋1单元1楼101号")
        server.sim.inject(Fault.DROP_AFTER, "security/yezhu-code")
        error = caught(api.check_owner_code, sent.key, figures(server.sim, OWNER))
        assert type(error) is Unreachable
        assert len(server.sim.calls.all("yezhu-code")) == 1


def test_without_pages_everything_comes_at_once() -> None:
    with SimServer(PropertySim(replace(QUICK, pages=PageForm.NONE))) as server:
        with closing(client(server)) as api:
            assert len(list(api.orders(per_page=2))) > 14
        assert len(server.sim.calls.all("list")) == 1
