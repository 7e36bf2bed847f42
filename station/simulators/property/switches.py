"""The property document's open questions, each with its answers."""

from dataclasses import dataclass
from enum import StrEnum


class Written(StrEnum):
    """How a number is written: as each example has it, as one, or in quotes."""

    EXAMPLE = "example"
    NUMBER = "number"
    STRING = "string"


class ExpiryWritten(StrEnum):
    """How `token_expired` is written; some examples leave it out though the table demands it."""

    EXAMPLE = "example"
    NUMBER = "number"
    STRING = "string"
    MISSING = "missing"


class LostToken(StrEnum):
    """What tells a lost token: code 9 and `token_expired` 0 (the examples), or one of the two.

    The tables know the codes 0 and 1 only, so that `flag` is code 1 with `token_expired` 0.
    """

    BOTH = "both"
    CODE = "code"
    FLAG = "flag"


class OptionalForm(StrEnum):
    """What becomes of fields marked 选填 or null in the examples."""

    EXAMPLE = "example"
    NULL = "null"
    MISSING = "missing"


class LifeForm(StrEnum):
    """A token's seconds: the examples' number `expires_in`, or the tables' text `expired_in`."""

    EXAMPLE = "example"
    TABLE = "table"


class PageForm(StrEnum):
    """`pages`: with addresses (the examples), the tables' seven fields, those as text, or none.

    Without `pages` everything comes in one answer.
    """

    EXAMPLE = "example"
    TABLE = "table"
    STRING = "string"
    NONE = "none"


class AmountForm(StrEnum):
    """An amount: `0.01元` and in a bill `0.02` (the examples), the tables' float, or `0.01`."""

    EXAMPLE = "example"
    NUMBER = "number"
    STRING = "string"


class PaidForm(StrEnum):
    """`paied` of an order: 已付款/未付款 (the examples) or the tables' boolean."""

    WORD = "word"
    BOOLEAN = "boolean"


class ExtraForm(StrEnum):
    """`extra` of an order: text in single quotes (the example) or the table's JSON."""

    EXAMPLE = "example"
    OBJECT = "object"


class BodyForm(StrEnum):
    """Which bodies are understood; the document names none."""

    EITHER = "either"
    FORM = "form"
    JSON = "json"


class LogInCode(StrEnum):
    """Where 1.4.1 takes WeChat's code: a field `code`, or the header in the token's place."""

    FIELD = "field"
    HEADER = "header"


class StatusWords(StrEnum):
    """A review's status: 3.1's examples (待审核, 未通过) or the foreword (等待审核, 审核未通过)."""

    EXAMPLE = "example"
    FOREWORD = "foreword"


class OffWord(StrEnum):
    """The button of a member who may manage: 禁用管理 (3.1.2) or 禁止管理 (3.2.1)."""

    EXAMPLE = "禁用管理"
    TABLE = "禁止管理"


class Trouble(StrEnum):
    """What is out of order behind the platform."""

    NONE = "none"
    SECURITY_DOWN = "security_down"  # 2.2: the security platform
    SECURITY_CALL = "security_call"  # 2.2: the platform's own code
    PICTURE_STORE = "picture_store"  # 2.3.1: the store for pictures
    SCANNER = "scanner"  # 2.3.2: unpaid


@dataclass(frozen=True, slots=True)
class Switches:
    """How this platform reads its own document; the defaults are its examples.

    code, token_expired, ids, lost_token, optional, life, pages, amount, paid, extra, body,
    log_in_code, status_words, off_word, trouble: see the enums. `ids` are also numbers of
    buildings and the like; the number of an order is always text.

    community_token: 2.1.1 wants a token like the others (its failure example is about one).
    missing_review_flag: 3.1.3 and 3.1.4 answer an unknown id with `token_expired` 0 although the
    token lives (their examples). bill_addresses: the pages of bills carry the addresses of orders
    (4.1.2's example). bound_ids: 3.1.1 gives the id of a binding (its table). own_houses_only:
    details, rights, orders of the token's own houses only. scanned_required: 2.4.1 refuses a form
    without sex, nation, address. shenhe_data: 2.4.1 answers with it (its table).

    codes_apart: a wrong and an ended SMS code have sentences of their own, else each call has its
    documented one. code_types: a call takes only SMS codes of its type. code_once: an SMS code is
    used up by success. sms_interval: seconds between codes to one number.

    expires_in: seconds announced; token_life: seconds a token really lives (0: as announced).
    renewal_days: how long after its issue a token can be renewed; renewal_ends_old: which ends it.
    """

    code: Written = Written.EXAMPLE
    token_expired: ExpiryWritten = ExpiryWritten.EXAMPLE
    lost_token: LostToken = LostToken.BOTH
    ids: Written = Written.EXAMPLE
    optional: OptionalForm = OptionalForm.EXAMPLE
    life: LifeForm = LifeForm.EXAMPLE
    pages: PageForm = PageForm.EXAMPLE
    amount: AmountForm = AmountForm.EXAMPLE
    paid: PaidForm = PaidForm.WORD
    extra: ExtraForm = ExtraForm.EXAMPLE
    body: BodyForm = BodyForm.EITHER
    log_in_code: LogInCode = LogInCode.FIELD
    status_words: StatusWords = StatusWords.EXAMPLE
    off_word: OffWord = OffWord.EXAMPLE
    trouble: Trouble = Trouble.NONE
    community_token: bool = False
    missing_review_flag: bool = True
    bill_addresses: bool = True
    bound_ids: bool = False
    own_houses_only: bool = False
    scanned_required: bool = True
    shenhe_data: bool = False
    codes_apart: bool = False
    code_types: bool = True
    code_once: bool = True
    sms_interval: int = 60
    expires_in: int = 3600
    token_life: int = 0
    renewal_days: int = 14
    renewal_ends_old: bool = True

    def __post_init__(self) -> None:
        if min(self.sms_interval, self.expires_in, self.token_life, self.renewal_days) < 0:
            raise ValueError("times are not negative")
        if self.lost_token is LostToken.FLAG and self.token_expired is ExpiryWritten.MISSING:
            raise ValueError("a lost token must show somewhere")
