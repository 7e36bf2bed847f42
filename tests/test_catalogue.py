"""The message catalogue: every code has its words in both languages, and no sentence ever fails."""

import ast
import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station import errors
from station.catalogue import DASH, LANGUAGES, Catalogue, choose_language
from station.domain.card import CardIdRelation, CardState, UidOrder
from station.domain.credential import CredentialKind, CredentialState
from station.domain.operation import Kind, State, Step
from station.domain.operator import Permission, Role
from station.domain.room import RoomState
from station.errors import Code, InputInvalid, Mismatch, Refused, StationError, VendorRefused
from station.ports import ReaderState
from station.secrets import SecretName
from station.settings import PARTS

ROOT = Path(__file__).parents[1]
SECTIONS: dict[str, type[StrEnum]] = {
    "kind": Kind,
    "state": State,
    "step": Step,
    "card_state": CardState,
    "room_state": RoomState,
    "reader_state": ReaderState,
    "credential": CredentialKind,
    "credential_state": CredentialState,
    "role": Role,
    "permission": Permission,
    "uid_order": UidOrder,
    "card_id_relation": CardIdRelation,
}
CJK = re.compile(r"[\u4e00-\u9fff]")
PLACE = re.compile(r"\{(\w+)\}")


def words(language: str) -> dict[str, dict[str, Any]]:
    folder = ROOT / "resources" / "i18n"
    return {
        section: words
        for name in ("messages", "errors", "cli", "cli_help", "tour")
        for section, words in tomllib.loads(
            (folder / f"{name}.{language}.toml").read_text("utf-8")
        ).items()
    }


def texts(language: str) -> Iterator[tuple[str, str]]:
    for section, table in words(language).items():
        for key, value in table.items():
            parts = value.items() if isinstance(value, dict) else [("", value)]
            for part, text in parts:
                yield f"{section}.{key}.{part}", text


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_has_a_cause_and_a_next_step(language: str) -> None:
    table = words(language)["error"]
    assert set(table) == {code.value for code in Code}
    for code, parts in table.items():
        assert set(parts) == {"cause", "next"}, code


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("section", sorted(SECTIONS))
def test_every_value_of_every_enum_has_its_word(language: str, section: str) -> None:
    table = words(language)[section]
    assert set(table) == {item.value for item in SECTIONS[section]}
    # Two values that read alike cannot be told apart on the screen.
    assert len(set(table.values())) == len(table)


@pytest.mark.parametrize("language", LANGUAGES)
def test_parts_and_secrets_have_names(language: str) -> None:
    assert set(PARTS) <= set(words(language)["part"])
    assert {name.value for name in SecretName} <= set(words(language)["field"])


def test_both_languages_have_the_same_keys_and_facts() -> None:
    chinese, english = dict(texts("zh_CN")), dict(texts("en"))
    assert set(chinese) == set(english)
    for key, text in chinese.items():
        assert set(PLACE.findall(text)) == set(PLACE.findall(english[key])), key


@pytest.mark.parametrize("language", LANGUAGES)
def test_texts_are_tidy_and_in_their_language(language: str) -> None:
    for key, text in texts(language):
        assert text, key
        assert text == text.strip(), key
        assert text.count("<") == text.count(">"), key
        assert "  " not in text, key
        assert bool(CJK.search(text)) is (language == "zh_CN"), key
        if key.startswith("error."):
            assert text.endswith("。" if language == "zh_CN" else "."), key
            assert len(text) <= (70 if language == "zh_CN" else 140), key


def _is_error(item: object) -> bool:
    return isinstance(item, type) and issubclass(item, StationError)


def _uses() -> dict[str, list[tuple[str, set[str], bool]]]:
    """Where each code is raised: place, the names of the facts, and whether more may come."""
    found: dict[str, list[tuple[str, set[str], bool]]] = defaultdict(list)
    classes = {
        "ClockWentBack": "CLOCK_WENT_BACK",
        "StaleStay": "STALE_STAY",
        "OutcomeUnknown": "OUTCOME_UNKNOWN",
        "Mismatch": "READ_BACK_MISMATCH",
    }
    raised = {name for name, item in vars(errors).items() if _is_error(item)}
    for path in sorted((ROOT / "station").rglob("*.py")):
        for call in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(call, ast.Call) or path.name == "errors.py":
                continue
            name = getattr(call.func, "id", "")
            if name not in raised:
                continue
            codes = [
                argument.attr
                for argument in call.args
                if isinstance(argument, ast.Attribute)
                and getattr(argument.value, "id", "") == "Code"
            ]
            facts = {keyword.arg for keyword in call.keywords}
            for code in codes or ([classes[name]] if name in classes else []):
                assert code in Code.__members__, f"{path}: no Code.{code}"
                place = f"{path.relative_to(ROOT)}:{call.lineno}"
                names = {item for item in facts if item is not None}
                found[Code[code].value].append((place, names, None in facts))
    return found


def test_every_use_of_a_code_gives_the_facts_that_its_sentence_needs() -> None:
    uses = _uses()
    assert len(uses) > 30
    lacking = []
    for code, parts in words("zh_CN")["error"].items():
        text = re.sub(r"<[^<>]*>", "", parts["cause"] + parts["next"])
        needed = set(PLACE.findall(text))
        for place, facts, more in uses.get(code, []):
            if not more and needed - facts:
                lacking.append((code, place, sorted(needed - facts)))
    assert lacking == []


def test_every_text_that_the_program_asks_for_is_there() -> None:
    known = {key.removesuffix(".") for key, _ in texts("en")}
    for path in sorted((ROOT / "station" / "cli").rglob("*.py")):
        for call in ast.walk(ast.parse(path.read_text("utf-8"))):
            is_text = isinstance(call, ast.Call) and getattr(call.func, "attr", "") == "text"
            if not is_text or not isinstance(call, ast.Call) or not call.args:
                continue
            key = call.args[0]
            if isinstance(key, ast.Constant) and isinstance(key.value, str):
                wanted = key.value if "." in key.value else f"cli.{key.value}"
                assert wanted in known, f"{path.relative_to(ROOT)}:{call.lineno}: {wanted}"


def test_an_error_says_cause_and_next_step() -> None:
    error = InputInvalid(Code.FIELD_OUT_OF_RANGE, field="nights", low=1, high=3650)
    assert Catalogue("zh_CN").sentence(error) == (
        "晚数超出范围，要在 1 到 3650 之间。改好再试一次。"
    )
    assert Catalogue("en").sentence(error) == (
        "Nights is out of range: it must be between 1 and 3650. Correct it and try again."
    )


def test_facts_that_are_codes_are_said_in_words() -> None:
    english, chinese = Catalogue("en"), Catalogue("zh_CN")
    refused = Refused(Code.NOT_ALLOWED, role=Role.CLERK, permission="export")
    assert chinese.cause(refused) == "前台不能做这件事：导出。"
    mismatch = Mismatch(fields="rm_id, expires_at")
    assert chinese.cause(mismatch) == "卡上读回来的和写的不一样：房间、到期时间。"
    assert english.cause(mismatch) == "The card does not hold what was sent: room, end."
    wrong = InputInvalid(
        Code.SETTINGS_FIELD, field="desk.max_stay_days", rule="range", low=1, high=9
    )
    assert english.cause(wrong) == (
        "The setting “longest stay in days (desk.max_stay_days)” is wrong: "
        "it must be between 1 and 9."
    )


def test_a_setting_is_named_with_its_key() -> None:
    bare = InputInvalid(Code.URL_NOT_HTTPS, field="door_lock.url", value="10.0.0.5")
    assert Catalogue("zh_CN").cause(bare).startswith("门锁平台的网址（door_lock.url）要用 https，")
    assert (
        Catalogue("en")
        .cause(bare)
        .startswith("Address of the door-lock platform (door_lock.url) must use https;")
    )


def test_a_key_that_begins_a_sentence_stays_as_it_is_written() -> None:
    for key in ("of_a_later.version", "later_version"):
        assert Catalogue("en").cause(InputInvalid(Code.URL_MALFORMED, field=key)) == (
            f"{key} is not a valid address."
        )


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_setting_has_a_name(language: str) -> None:
    keys = {f"{name}.{key}" for name, part in PARTS.items() for key in part.__struct_fields__}
    assert set(words(language)["setting"]) == keys


def test_the_vendors_words_are_kept_under_ours() -> None:
    catalogue = Catalogue("zh_CN")
    refused = VendorRefused(Code.DOOR_LOCK_REFUSED, vendor_msg="发卡器未连接。")
    assert catalogue.cause(refused) == "门锁平台没有同意：发卡器未连接。"
    for empty in ("", None, "-"):
        bare = VendorRefused(Code.DOOR_LOCK_REFUSED, vendor_msg=empty)
        assert catalogue.cause(bare) == "门锁平台没有同意。"


def test_a_moment_in_utc_is_said_in_local_time() -> None:
    moment = datetime(2026, 1, 31, 4, 5, 6, tzinfo=UTC)
    said = moment.astimezone().strftime("%Y-%m-%d %H:%M:%S")
    for value in (moment, "2026-01-31T04:05:06Z", "2026-01-31T04:05:06.000000+00:00"):
        error = Refused(Code.OPERATOR_LOCKED, until=value)
        assert f"until {said}." in Catalogue("en").cause(error)
    local = Refused(Code.OPERATOR_LOCKED, until="2026-01-31 04:05:06")
    assert "until 2026-01-31 04:05:06." in Catalogue("en").cause(local)


def test_a_fact_is_never_taken_for_a_template() -> None:
    error = InputInvalid(Code.ROOM_UNKNOWN, field="room", value="{field}<{x}>{0.__class__}")
    assert "“{field}<{x}>{0.__class__}”" in Catalogue("en").sentence(error)


def test_control_characters_of_a_fact_do_not_reach_the_screen() -> None:
    error = InputInvalid(Code.ROOM_UNKNOWN, value="a\x1b[31m\u202e\n\ud800b")
    said = Catalogue("en").sentence(error)
    assert said.isprintable()
    said.encode()


class Broken:
    """A fact that cannot even be shown."""

    def __str__(self) -> str:
        raise ValueError("no")


FACTS = (
    st.none()
    | st.text(max_size=20)
    | st.integers()
    | st.floats()
    | st.binary(max_size=4)
    | st.lists(st.text(max_size=3), max_size=3)
    | st.sampled_from([Kind.ISSUE, datetime(2026, 1, 31, 12), Broken(), {"a": 1}])
)
NAMES = sorted(
    {name for language in LANGUAGES for _, text in texts(language) for name in PLACE.findall(text)}
)


@pytest.mark.parametrize("language", LANGUAGES)
@given(code=st.sampled_from(Code), facts=st.dictionaries(st.sampled_from(NAMES), FACTS, max_size=6))
def test_no_fact_makes_a_sentence_fail(language: str, code: Code, facts: dict[str, Any]) -> None:
    said = Catalogue(language).sentence(StationError(code, **facts))
    assert said
    assert said.isprintable()
    assert said[-1] in "。."


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", list(Code))
def test_missing_facts_leave_a_dash_at_most(language: str, code: Code) -> None:
    said = Catalogue(language).sentence(StationError(code))
    assert not re.search(r"[{}<>]", said)
    template = "".join(words(language)["error"][code.value].values())
    assert (DASH in said) is bool(PLACE.search(re.sub(r"<[^<>]*>", "", template)))


def test_single_words_and_texts() -> None:
    catalogue = Catalogue("zh_CN")
    assert catalogue.word("kind", Kind.RECYCLE) == "回收"
    assert catalogue.word("state", "done") == "完成"
    assert catalogue.word("kind", "of_a_later_version") == "of_a_later_version"
    assert catalogue.word("no_such_section", "x") == "x"
    assert catalogue.word("kind", None) == DASH
    assert catalogue.text("done") == "完成"
    assert catalogue.text("rule.range", low=1, high=2) == "要在 1 到 2 之间"
    assert catalogue.text("nothing.like_it") == "nothing.like_it"
    assert catalogue.text("error.internal") == "error.internal"


def test_a_code_from_an_old_or_newer_journal_is_said_too() -> None:
    catalogue = Catalogue("en")
    said = catalogue.sentence_of("room_unknown", {"value": "9", "code": "x", "self": "y"})
    assert said.startswith("There is no room “9”.")
    assert catalogue.sentence_of("of_a_later_version").startswith("Something unforeseen")


def test_an_unknown_language_is_chinese() -> None:
    assert Catalogue("fr").language == "zh_CN"


@pytest.mark.parametrize(
    ("setting", "environment", "language"),
    [
        ("en", {"LANG": "zh_CN.UTF-8"}, "en"),
        ("zh_CN", {"LANG": "en_US.UTF-8"}, "zh_CN"),
        ("", {"LANG": "zh_TW.UTF-8"}, "zh_CN"),
        ("", {"LANG": "en_GB.UTF-8"}, "en"),
        ("", {"LANG": "fr_FR.UTF-8"}, "en"),
        ("", {"LANG": "C.UTF-8"}, "zh_CN"),
        ("", {"LC_ALL": "en_US", "LANG": "zh_CN"}, "en"),
        ("", {}, "zh_CN"),
        ("zh-Hans", {}, "zh_CN"),
    ],
)
def test_the_language_is_chosen(setting: str, environment: dict[str, str], language: str) -> None:
    assert choose_language(setting, environment) == language
