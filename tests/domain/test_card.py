"""UIDs, card numbers, what a card holds, and comparing it with what was sent."""

from dataclasses import replace
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.domain.card import (
    Authorisation,
    CardContent,
    CardIdRelation,
    UidOrder,
    check_same_card,
    decimal_uid,
    differing_fields,
    in_order,
    parse_card_id,
    parse_uid,
    parse_uid_or_decimal,
    require_read_back,
    reversed_bytes,
)
from station.errors import Code, InputInvalid, Mismatch, Refused

START, END = datetime(2026, 3, 1, 14, 20), datetime(2026, 3, 2, 12, 0)
SENT = Authorisation("775032240849920", START, END)
READ = CardContent("03F56240", "775032240849920", START, END)
UIDS = st.sampled_from((4, 7, 10)).flatmap(lambda size: st.binary(min_size=size, max_size=size))


@pytest.mark.parametrize(
    ("text", "uid"),
    [
        ("04a1b2c3", "04A1B2C3"),
        ("0x04A1B2C3", "04A1B2C3"),
        ("04:A1:B2:C3:D4:E5:F6", "04A1B2C3D4E5F6"),
        ("04 A1-B2.C3 D4 E5 F6 11 22 33", "04A1B2C3D4E5F6112233"),
    ],
)
def test_uids_are_upper_case_hex_without_separators(text: str, uid: str) -> None:
    assert parse_uid(text) == uid


@pytest.mark.parametrize(
    "text",
    ["", "04A1B2", "04A1B2C3D4", "04A1B2CG", "０４A1B2C3", "🙂" * 4, "04A1B2C3'; DROP", "0x"],
)
def test_malformed_uids_name_the_field(text: str) -> None:
    with pytest.raises(InputInvalid) as caught:
        parse_uid(text)
    assert caught.value.code is Code.UID_MALFORMED
    assert caught.value.context["field"] == "uid"


def test_a_uid_that_changes_at_each_tap_is_refused() -> None:
    with pytest.raises(InputInvalid) as caught:
        parse_uid("08A1B2C3")
    assert caught.value.code is Code.UID_RANDOM
    assert parse_uid("08A1B2C3D4E5F6") == "08A1B2C3D4E5F6", "seven bytes are not random"


@given(UIDS)
def test_every_fixed_uid_is_accepted_and_reversing_twice_gives_it_back(raw: bytes) -> None:
    text = raw.hex()
    if len(raw) == 4 and raw[0] == 8:
        return
    uid = parse_uid(text)
    assert uid == text.upper()
    assert reversed_bytes(reversed_bytes(uid)) == uid
    assert in_order(uid, UidOrder.AS_READ) == uid
    assert bytes.fromhex(in_order(uid, UidOrder.REVERSED)) == raw[::-1]


@pytest.mark.parametrize(
    ("text", "uid"),
    [("123456", "0001E240"), ("2147483647", "7FFFFFFF"), ("d12345678", "00BC614E")],
)
def test_printed_decimal_numbers_are_accepted(text: str, uid: str) -> None:
    assert parse_uid_or_decimal(text) == uid
    assert decimal_uid(uid) == int(text.removeprefix("d"))


@pytest.mark.parametrize("text", ["2147483648", "9999999999", "0", "d0", "d99999999999"])
def test_decimal_numbers_end_at_2147483647(text: str) -> None:
    with pytest.raises(InputInvalid) as caught:
        parse_uid_or_decimal(text)
    assert caught.value.code is Code.FIELD_OUT_OF_RANGE
    assert caught.value.context["high"] == 2147483647


def test_eight_digits_are_a_uid_and_not_a_decimal_number() -> None:
    assert parse_uid_or_decimal("12345678") == "12345678"


def test_a_uid_shankai_could_not_take_as_decimal_has_none() -> None:
    assert decimal_uid("80000000") is None
    assert decimal_uid("04A1B2C3D4E5F6") is None


@given(st.text(max_size=30))
def test_any_text_is_a_uid_or_one_clear_error(text: str) -> None:
    try:
        assert len(parse_uid_or_decimal(text)) in {8, 14, 20}
    except InputInvalid as error:
        assert error.context["field"] == "uid"


def test_card_ids_are_upper_case() -> None:
    assert parse_card_id(" 03f56240 ") == "03F56240"
    for bad in ("", "03F5 6240", "x" * 33, "03F5'", "０３"):
        with pytest.raises(InputInvalid):
            parse_card_id(bad)


@pytest.mark.parametrize(
    ("relation", "card_id"),
    [
        (CardIdRelation.UNRELATED, "FFFFFFFF"),
        (CardIdRelation.EQUAL, "04A1B2C3"),
        (CardIdRelation.REVERSED, "C3B2A104"),
    ],
)
def test_uid_and_card_id_are_held_side_by_side(relation: CardIdRelation, card_id: str) -> None:
    check_same_card("04A1B2C3", card_id, relation)
    check_same_card(None, "00000000", relation)
    if relation is not CardIdRelation.UNRELATED:
        with pytest.raises(Refused) as caught:
            check_same_card("04A1B2C4", card_id, relation)
        assert caught.value.code is Code.UID_CARD_ID_DIFFER


def test_compare_everything_must_read_back_as_sent() -> None:
    require_read_back(READ, SENT, "03f56240")
    require_read_back(READ, SENT, None)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"room_id": "775032240849921"}, "rm_id"),
        ({"authorised_at": START.replace(second=1)}, "authorised_at"),
        ({"expires_at": END.replace(second=1)}, "expires_at"),
        ({"card_id": "03F56241"}, "card_id"),
    ],
)
def test_compare_anything_else_is_a_mismatch(changed: dict[str, object], field: str) -> None:
    content = replace(READ, **changed)  # type: ignore[arg-type]
    assert differing_fields(content, SENT, "03F56240") == [field]
    with pytest.raises(Mismatch) as caught:
        require_read_back(content, SENT, "03F56240")
    assert caught.value.context["fields"] == field


def test_a_card_is_live_until_its_end() -> None:
    assert READ.is_live(END.replace(hour=11))
    assert not READ.is_live(END)
