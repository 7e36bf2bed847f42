"""The house tree: fetched level by level, kept with its age, shown offline, fetched as a whole."""

from dataclasses import replace
from datetime import timedelta

import pytest

from station.domain.house import House
from station.domain.operator import Operator, Role
from station.errors import Code, InputInvalid, Refused, Unreachable, VendorRefused
from station.workflows import house_tree
from tests.desk_rig import LI, WANG, DeskRig
from tests.workflows.houses import calls, open_path, sim_of

LEVELS = ("communities", "buildings", "units", "floors", "houses")
ALL_LEVELS = 1 + 2 + 6 + 12 + 72
HOUSES = 288
CHENXI, JIAOYUN = "10002", "10001"


def with_site(rig: DeskRig, **changes: object) -> None:
    rig.desk = replace(rig.desk, site=replace(rig.desk.site, **changes))  # type: ignore[arg-type]


def stop(rig: DeskRig) -> None:
    assert rig.property_server is not None
    rig.property_server.stop()


def start(rig: DeskRig) -> None:
    assert rig.property_server is not None
    rig.property_server.start()


def test_a_level_is_fetched_when_it_is_opened_and_only_then(housed: DeskRig) -> None:
    assert open_path(housed).full_name == "晨曦家园1栋1单元1楼101号"
    assert [calls(housed, level) for level in LEVELS] == [1] * 5
    open_path(housed)
    assert calls(housed) == 5, "what is kept is not asked for again"
    found = house_tree.open_level(housed.desk, WANG)
    assert (found.at, found.error) == (housed.clock.utc(), None)


def test_what_is_kept_is_shown_without_asking_anybody(housed: DeskRig) -> None:
    assert house_tree.kept_level(housed.desk, WANG) is None
    open_path(housed)
    stop(housed)
    kept = house_tree.kept_level(housed.desk, WANG)
    assert kept is not None
    assert [node.name for node in kept.nodes] == ["晨曦家园", "交运里"]
    assert kept.error is None


def test_an_old_level_is_fetched_again_and_offline_the_old_one_serves(housed: DeskRig) -> None:
    with_site(housed, houses_max_age_hours=6)
    first = house_tree.open_level(housed.desk, WANG)
    housed.tick(6 * 3600)
    assert house_tree.open_level(housed.desk, WANG) == first
    housed.tick(1)
    second = house_tree.open_level(housed.desk, WANG)
    assert second.at == housed.clock.utc()
    assert calls(housed, "communities") == 2
    housed.tick(7 * 3600)
    stop(housed)
    third = house_tree.open_level(housed.desk, WANG)
    assert (third.nodes, third.at) == (second.nodes, second.at)
    assert third.error is not None
    assert third.error.code is Code.SERVICE_NOT_RUNNING
    start(housed)
    assert house_tree.open_level(housed.desk, WANG).error is None


def test_a_clock_that_was_put_back_makes_nothing_young(housed: DeskRig) -> None:
    house_tree.open_level(housed.desk, WANG)
    housed.tick(-3600)
    house_tree.open_level(housed.desk, WANG)
    assert calls(housed, "communities") == 2


def test_nothing_kept_and_nobody_there_is_one_clear_error(housed: DeskRig) -> None:
    stop(housed)
    with pytest.raises(Unreachable) as caught:
        house_tree.open_level(housed.desk, WANG)
    assert caught.value.code is Code.SERVICE_NOT_RUNNING


def test_what_cannot_be_read_any_more_is_fetched_again(housed: DeskRig) -> None:
    house_tree.open_level(housed.desk, WANG)
    housed.journal.keep("property:communities", b'[{"id": 1}, "odd', housed.clock.utc())
    assert house_tree.kept_level(housed.desk, WANG) is None
    assert house_tree.all_houses(housed.desk) == []
    assert len(house_tree.open_level(housed.desk, WANG).nodes) == 2


def test_all_houses_at_once(housed: DeskRig) -> None:
    seen: list[tuple[int, int]] = []
    count = house_tree.refresh_all(
        housed.desk, WANG, lambda done, total: seen.append((done, total))
    )
    assert count == HOUSES
    assert calls(housed) == ALL_LEVELS
    assert seen[-1] == (ALL_LEVELS, ALL_LEVELS)
    assert [done for done, _ in seen] == list(range(1, ALL_LEVELS + 1))
    found = house_tree.all_houses(housed.desk)
    assert len(found) == len({path.id for path in found}) == HOUSES
    assert found[0].full_name == "晨曦家园1栋1单元1楼101号"
    names = {housed_name(housed, path.id) for path in found[:20]}
    assert names == {path.full_name for path in found[:20]}
    assert house_tree.refresh_all(housed.desk, WANG) == HOUSES
    assert calls(housed) == 2 * ALL_LEVELS, "a second one fetches everything anew"


def housed_name(rig: DeskRig, house_id: str) -> str:
    return sim_of(rig).estate.house_name(int(house_id))


def test_a_fetch_that_was_left_goes_on_where_it_was(housed: DeskRig) -> None:
    done: list[int] = []
    house_tree.refresh_all(
        housed.desk, WANG, lambda number, _: done.append(number), lambda: len(done) >= 40
    )
    assert calls(housed) == 40
    housed.tick(30)
    assert house_tree.refresh_all(housed.desk, WANG) == HOUSES
    assert calls(housed) == ALL_LEVELS
    assert house_tree.refresh_all(housed.desk, WANG) == HOUSES
    assert calls(housed) == 2 * ALL_LEVELS


def test_after_an_hour_a_fetch_begins_anew(housed: DeskRig) -> None:
    done: list[int] = []
    house_tree.refresh_all(
        housed.desk, WANG, lambda number, _: done.append(number), lambda: len(done) >= 3
    )
    housed.tick(timedelta(hours=1).total_seconds() + 1)
    house_tree.refresh_all(housed.desk, WANG)
    assert (calls(housed, "communities"), calls(housed, "units")) == (2, 6)


def test_a_platform_that_goes_away_meanwhile_costs_only_the_rest(housed: DeskRig) -> None:
    def progress(done: int, _: int) -> None:
        if done == 30:
            stop(housed)

    with pytest.raises(Unreachable):
        house_tree.refresh_all(housed.desk, WANG, progress)
    start(housed)
    assert house_tree.refresh_all(housed.desk, WANG) == HOUSES
    assert calls(housed) == ALL_LEVELS
    stop(housed)
    with pytest.raises(Unreachable):
        house_tree.refresh_all(housed.desk, WANG)
    assert len(house_tree.all_houses(housed.desk)) == HOUSES, "what was there is there"


def test_a_lost_token_stops_a_fetch_at_once_and_leaves_what_was_kept(housed: DeskRig) -> None:
    house_tree.refresh_all(housed.desk, WANG)
    before = calls(housed)
    sim_of(housed).lose_tokens()
    with pytest.raises(VendorRefused) as caught:
        house_tree.refresh_all(housed.desk, WANG)
    assert caught.value.code is Code.PROPERTY_TOKEN_LOST
    assert calls(housed) - before <= 4
    assert len(house_tree.all_houses(housed.desk)) == HOUSES


def test_a_token_whose_hour_is_over_is_renewed_without_anybody_noticing(housed: DeskRig) -> None:
    house_tree.open_level(housed.desk, WANG)
    sim_of(housed).expire_tokens()
    assert open_path(housed).house.name == "101号"
    assert calls(housed, "authorizations/current") == 1


def test_a_site_sees_its_own_community_alone(housed: DeskRig) -> None:
    house_tree.refresh_all(housed.desk, WANG)
    with_site(housed, community_id=JIAOYUN)
    level = house_tree.open_level(housed.desk, WANG)
    assert [node.id for node in level.nodes] == [JIAOYUN]
    kept = house_tree.kept_level(housed.desk, WANG)
    assert kept is not None
    assert kept.nodes == level.nodes
    mine = house_tree.all_houses(housed.desk)
    assert {path.community.id for path in mine} == {JIAOYUN}
    before = calls(housed)
    assert house_tree.refresh_all(housed.desk, WANG) == len(mine) == 96
    assert calls(housed) - before == 1 + 1 + 2 + 4 + 24
    with_site(housed, community_id="")
    assert len(house_tree.all_houses(housed.desk)) == HOUSES


def test_how_old_the_oldest_is(housed: DeskRig) -> None:
    assert house_tree.kept_since(housed.desk) is None
    house_tree.open_level(housed.desk, WANG)
    first = housed.clock.utc()
    housed.tick(60)
    open_path(housed)
    assert house_tree.kept_since(housed.desk) == first


def test_houses_outlive_the_program(housed: DeskRig) -> None:
    path = open_path(housed)
    housed.restart()
    stop(housed)
    assert [each.full_name for each in house_tree.all_houses(housed.desk)] == [
        f"晨曦家园1栋1单元1楼10{door}号" for door in range(1, 5)
    ]
    assert house_tree.all_houses(housed.desk)[0] == path


def test_roles_and_a_site_without_the_platform(housed: DeskRig) -> None:
    technician = Operator("陈工", Role.TECHNICIAN)
    for work in (house_tree.open_level, house_tree.kept_level, house_tree.refresh_all):
        with pytest.raises(Refused) as refused:
            work(housed.desk, technician)
        assert refused.value.code is Code.NOT_ALLOWED
    assert calls(housed) == 0
    open_path(housed, by=LI)
    housed.desk = replace(housed.desk, property=None)
    open_path(housed)
    with pytest.raises(InputInvalid) as caught:
        house_tree.refresh_all(housed.desk, WANG)
    assert caught.value.code is Code.PART_NOT_SET_UP


def test_nothing_lies_under_a_house(housed: DeskRig) -> None:
    with pytest.raises(ValueError, match="under a house"):
        house_tree.open_level(housed.desk, WANG, House("1", "1", "101", "101号"))
