"""The rules of stays, numbered as in `station/domain/README.md`."""

from datetime import datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.domain.stay import (
    Stay,
    StayRules,
    check_end,
    check_extension,
    current_stay,
    end_after_hours,
    end_after_nights,
    format_time,
    next_authorised_at,
    parse_time,
    require_current,
    require_same_stay,
)
from station.errors import ClockWentBack, Code, InputInvalid, Refused, StaleStay

NOON = datetime(2026, 3, 1, 12, 0, 0)
SECOND = timedelta(seconds=1)
RULES = StayRules()
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2090, 1, 1))


def stay(start: datetime = NOON, *, closed: bool = False, name: str = "s1") -> Stay:
    return Stay(name, "775032240849920", start, start + timedelta(days=1), closed=closed)


def test_rule_2_a_new_stay_starts_now_in_whole_seconds() -> None:
    now = NOON.replace(microsecond=999_999)
    assert next_authorised_at(now, [], room="1-101") == NOON


@pytest.mark.parametrize("behind", range(6))
def test_rule_2_within_five_seconds_it_takes_the_last_plus_one(behind: int) -> None:
    last = NOON + behind * SECOND
    assert next_authorised_at(NOON, [last], room="1-101") == last + SECOND


def test_rule_2_further_behind_is_refused_with_both_times() -> None:
    last = NOON + 6 * SECOND
    with pytest.raises(ClockWentBack) as caught:
        next_authorised_at(NOON, [last], room="1-101")
    assert caught.value.code is Code.CLOCK_WENT_BACK
    assert caught.value.context == {
        "room": "1-101",
        "now": "2026-03-01 12:00:00",
        "last": "2026-03-01 12:00:06",
    }


def test_rule_2_a_supervisor_goes_on_with_the_last_plus_one() -> None:
    last = NOON + timedelta(days=365)
    assert next_authorised_at(NOON, [last], room="1-101", forced=True) == last + SECOND


@given(now=MOMENTS, known=st.lists(MOMENTS, max_size=5), forced=st.booleans())
def test_rule_2_the_start_is_later_than_every_known_one(
    now: datetime, known: list[datetime], forced: bool
) -> None:
    known = [moment.replace(microsecond=0) for moment in known]
    try:
        start = next_authorised_at(now, known, room="1-101", forced=forced)
    except ClockWentBack:
        assert not forced
        assert max(known) - now.replace(microsecond=0) > timedelta(seconds=5)
        return
    assert all(start > moment for moment in known)
    assert start.microsecond == 0
    assert start >= now.replace(microsecond=0)


def test_rule_3_the_end_is_later_than_now() -> None:
    with pytest.raises(InputInvalid) as caught:
        check_end(NOON, NOON - SECOND, NOON, RULES)
    assert caught.value.code is Code.END_IN_PAST


def test_rule_3_the_end_is_later_than_the_start() -> None:
    start = NOON + timedelta(hours=2)
    with pytest.raises(InputInvalid) as caught:
        check_end(NOON, start, NOON + timedelta(hours=1), RULES)
    assert caught.value.code is Code.END_BEFORE_START


def test_rule_3_the_end_is_within_the_sites_limit() -> None:
    longest = NOON + timedelta(days=400)
    assert check_end(NOON, NOON, longest, RULES) == longest
    with pytest.raises(InputInvalid) as caught:
        check_end(NOON, NOON, longest + SECOND, RULES)
    assert caught.value.code is Code.END_TOO_FAR
    assert check_end(NOON, NOON, NOON + timedelta(days=500), StayRules(max_stay_days=500))


def test_rule_3_nights_end_at_checkout_time() -> None:
    evening = datetime(2026, 2, 27, 22, 14, 5)
    assert end_after_nights(evening, 1, RULES) == datetime(2026, 2, 28, 12, 0)
    assert end_after_nights(evening, 2, StayRules(time(14, 0))) == datetime(2026, 3, 1, 14, 0)


def test_rule_3_hourly_rooms_give_hours() -> None:
    assert end_after_hours(NOON.replace(microsecond=7), 4) == NOON + timedelta(hours=4)


@pytest.mark.parametrize("count", [0, -1, 10**9, 10**30])
def test_rule_3_absurd_nights_and_hours_are_refused(count: int) -> None:
    with pytest.raises(InputInvalid) as nights:
        end_after_nights(NOON, count, RULES)
    with pytest.raises(InputInvalid) as hours:
        end_after_hours(NOON, count)
    assert nights.value.context["field"] == "nights"
    assert hours.value.context["field"] == "hours"


def test_rule_3_an_extension_never_shortens_the_stay() -> None:
    ends = stay().expires_at
    assert check_extension(stay(), ends) == ends, "a second card gets the first one's new end"
    with pytest.raises(InputInvalid) as caught:
        check_extension(stay(), ends - SECOND)
    assert caught.value.code is Code.END_NOT_LATER


def test_rule_3_an_extension_ends_later_than_the_card() -> None:
    ends = stay().expires_at
    assert check_extension(stay(), ends + SECOND, card_ends=ends) == ends + SECOND
    with pytest.raises(Refused) as caught:
        check_extension(stay(), ends, card_ends=ends)
    assert caught.value.code is Code.END_NOT_LATER


def test_rule_4_the_current_stay_is_the_newest_open_one() -> None:
    older, newer = stay(NOON, name="older"), stay(NOON + SECOND, name="newer")
    gone = stay(NOON + 2 * SECOND, closed=True)
    assert current_stay([newer, older, gone]) == newer
    assert current_stay([gone]) is None


def test_rule_4_copy_and_extend_need_a_current_stay() -> None:
    for nothing in (None, stay(closed=True)):
        with pytest.raises(Refused) as caught:
            require_current(nothing, room="1-101")
        assert caught.value.code is Code.NO_STAY


def test_rule_4_a_card_of_an_earlier_stay_is_stale() -> None:
    require_same_stay(stay(), NOON, room="1-101")
    with pytest.raises(StaleStay):
        require_same_stay(stay(), NOON - SECOND, room="1-101")


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-03-01 12:00", NOON),
        ("2026-03-01 12:00:07", NOON.replace(second=7)),
        ("  2026-03-01 12:00:00 ", NOON),
    ],
)
def test_times_are_read_with_or_without_seconds(text: str, moment: datetime) -> None:
    assert parse_time(text, field="until") == moment
    assert parse_time(format_time(moment), field="until") == moment


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-3-1 12:00",
        "2026-02-30 12:00",
        "2026-03-01",
        "2026-03-01T12:00:00",
        "2026-03-01 12:00:00.5",
        "２０２６-03-01 12:00",
        "tomorrow",
        "2026-03-01 12:00:00; DROP",
        "0" * 5000,
    ],
)
def test_malformed_times_name_the_field(text: str) -> None:
    with pytest.raises(InputInvalid) as caught:
        parse_time(text, field="until")
    assert caught.value.code is Code.TIME_MALFORMED
    assert caught.value.context["field"] == "until"
    assert len(str(caught.value.context["value"])) <= 40


@given(st.text(max_size=40))
def test_any_text_is_a_time_or_one_clear_error(text: str) -> None:
    try:
        assert parse_time(text, field="until").microsecond == 0
    except InputInvalid as error:
        assert error.code is Code.TIME_MALFORMED
