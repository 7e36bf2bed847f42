"""Every error the desk knows: one tree, codes and facts, no sentences.

`StationError(code, **context)` carries a code and the facts a sentence needs. The sentences live in
the message catalogue (`station/catalogue.py`); the command line's exit status hangs on the class.
"""

from enum import StrEnum


class Code(StrEnum):
    """What went wrong. Each code has a cause and a next step in every language's catalogue."""

    # Bad input: nothing was sent (exit status 2). Context: field, value, and the rule's numbers.
    FIELD_EMPTY = "field_empty"
    FIELD_TOO_LONG = "field_too_long"
    FIELD_CHARACTERS = "field_characters"
    FIELD_NOT_A_NUMBER = "field_not_a_number"
    FIELD_OUT_OF_RANGE = "field_out_of_range"
    FIELD_CHOICE = "field_choice"
    FIELD_REPEATED = "field_repeated"
    FIELDS_EXCLUSIVE = "fields_exclusive"
    FIELDS_ONE_NEEDED = "fields_one_needed"
    TIME_MALFORMED = "time_malformed"
    END_IN_PAST = "end_in_past"
    END_BEFORE_START = "end_before_start"
    END_NOT_LATER = "end_not_later"
    END_TOO_FAR = "end_too_far"
    ROOM_UNKNOWN = "room_unknown"
    ROOM_AMBIGUOUS = "room_ambiguous"
    MOBILE_MALFORMED = "mobile_malformed"
    UID_MALFORMED = "uid_malformed"
    UID_RANDOM = "uid_random"
    CARD_ID_MALFORMED = "card_id_malformed"
    PIN_MALFORMED = "pin_malformed"
    PASSCODE_MALFORMED = "passcode_malformed"
    PASSCODE_WEAK = "passcode_weak"
    CREDENTIAL_UNKNOWN = "credential_unknown"
    CONSENT_NEEDED = "consent_needed"
    HOUSE_UNKNOWN = "house_unknown"
    HOUSE_AMBIGUOUS = "house_ambiguous"
    MEMBER_UNKNOWN = "member_unknown"
    REVIEW_UNKNOWN = "review_unknown"
    NO_OWNER = "no_owner"
    SMS_CODE_MALFORMED = "sms_code_malformed"
    LOCK_NOT_MAPPED = "lock_not_mapped"
    PICTURE_MALFORMED = "picture_malformed"
    PICTURE_TOO_LARGE = "picture_too_large"
    TEMPLATE_MALFORMED = "template_malformed"
    ID_NUMBER_MALFORMED = "id_number_malformed"
    MAC_MALFORMED = "mac_malformed"
    OPERATION_UNKNOWN = "operation_unknown"
    OPERATOR_UNKNOWN = "operator_unknown"
    OPERATOR_EXISTS = "operator_exists"
    RESIDENT_UNKNOWN = "resident_unknown"
    FILE_UNREADABLE = "file_unreadable"
    FILE_EXISTS = "file_exists"
    FILE_UNWRITABLE = "file_unwritable"
    SETTINGS_MALFORMED = "settings_malformed"
    SETTINGS_FIELD = "settings_field"
    SETTINGS_UNKNOWN_KEY = "settings_unknown_key"
    SETTINGS_SECRET_INSIDE = "settings_secret_inside"  # noqa: S105 - a code, not a secret
    SETTINGS_NEWER = "settings_newer"
    URL_NOT_HTTPS = "url_not_https"
    URL_MALFORMED = "url_malformed"
    SECRET_MISSING = "secret_missing"  # noqa: S105 - a code, not a secret
    PART_NOT_SET_UP = "part_not_set_up"
    KEXIN_SIGNER_MISSING = "kexin_signer_missing"
    COMMAND_CANCELLED = "command_cancelled"

    # Refused by a rule or a role: nothing was sent (exit status 3).
    CLOCK_WENT_BACK = "clock_went_back"
    STALE_STAY = "stale_stay"
    NO_STAY = "no_stay"
    STAY_ENDED = "stay_ended"
    ROOM_OCCUPIED = "room_occupied"
    CARD_IN_USE = "card_in_use"
    CARD_OF_OCCUPIED_ROOM = "card_of_occupied_room"
    WRONG_CARD = "wrong_card"
    CARD_ALREADY_OF_STAY = "card_already_of_stay"
    CARD_BLANK = "card_blank"
    ALREADY_WRITTEN = "already_written"
    SAME_ROOM = "same_room"
    CARD_CHANGED = "card_changed"
    CARD_ALREADY_BLANK = "card_already_blank"
    UID_CARD_ID_DIFFER = "uid_card_id_differ"
    UID_BOUND_ELSEWHERE = "uid_bound_elsewhere"
    REASON_NEEDED = "reason_needed"
    NOT_ALLOWED = "not_allowed"
    NOT_LOGGED_IN = "not_logged_in"
    NO_OPERATOR_YET = "no_operator_yet"
    PIN_WRONG = "pin_wrong"
    OPERATOR_LOCKED = "operator_locked"
    OPERATOR_DISABLED = "operator_disabled"
    LAST_SUPERVISOR = "last_supervisor"
    NOT_UNRESOLVED = "not_unresolved"
    ENCODER_BUSY = "encoder_busy"
    WHICH_OPERATION = "which_operation"
    SLOTS_FULL = "slots_full"
    SLOT_UNKNOWN = "slot_unknown"
    OWNER_NOT_PROVED = "owner_not_proved"
    CODE_TOO_SOON = "code_too_soon"
    CODE_EXPIRED = "code_expired"
    LOCK_DIFFERS = "lock_differs"
    CREDENTIAL_STOPPED = "credential_stopped"
    CREDENTIAL_NOT_REVOCABLE = "credential_not_revocable"
    FACES_OFF = "faces_off"
    FINGERPRINTS_OFF = "fingerprints_off"

    # The vendor said no (exit status 4). Context: call, vendor_code, vendor_msg.
    DOOR_LOCK_REFUSED = "door_lock_refused"
    CARD_UNREADABLE = "card_unreadable"
    SHANKAI_SYSTEM = "shankai_system"
    SHANKAI_ALREADY_REGISTERED = "shankai_already_registered"
    SHANKAI_CREDENTIALS = "shankai_credentials"
    SHANKAI_TOKEN_EXPIRED = "shankai_token_expired"  # noqa: S105 - a code, not a secret
    SHANKAI_NO_USER = "shankai_no_user"
    SHANKAI_NO_COMMUNITY = "shankai_no_community"
    SHANKAI_BAD_NUMBER = "shankai_bad_number"
    SHANKAI_ID_CARD_MODE = "shankai_id_card_mode"
    SHANKAI_ACCOUNT_EXISTS = "shankai_account_exists"
    SHANKAI_DOOR_ADDED = "shankai_door_added"
    SHANKAI_NO_DOOR = "shankai_no_door"
    SHANKAI_NO_PERMISSION = "shankai_no_permission"
    SHANKAI_REFUSED = "shankai_refused"
    GATEWAY_REFUSED = "gateway_refused"
    KEXIN_USER_MISSING = "kexin_user_missing"
    KEXIN_LOGIN_FAILED = "kexin_login_failed"
    KEXIN_LOGIN_FORBIDDEN = "kexin_login_forbidden"
    KEXIN_LOGOUT_FAILED = "kexin_logout_failed"
    KEXIN_REGISTER_FAILED = "kexin_register_failed"
    KEXIN_USER_NAME_USED = "kexin_user_name_used"
    KEXIN_EMAIL_USED = "kexin_email_used"
    KEXIN_MOBILE_USED = "kexin_mobile_used"
    KEXIN_TOKEN_UPDATE_FAILED = "kexin_token_update_failed"  # noqa: S105 - a code, not a secret
    KEXIN_USER_UPDATE_FAILED = "kexin_user_update_failed"
    KEXIN_PASSWORD_ILLEGAL = "kexin_password_illegal"  # noqa: S105 - a code, not a secret
    KEXIN_FACE_TOO_OFTEN = "kexin_face_too_often"
    KEXIN_SMS_FAILED = "kexin_sms_failed"
    KEXIN_LOCK_MISSING = "kexin_lock_missing"
    KEXIN_LOCK_ID_EXISTS = "kexin_lock_id_exists"
    KEXIN_NO_ALARM = "kexin_no_alarm"
    KEXIN_USER_AUTHORISED = "kexin_user_authorised"
    KEXIN_NO_PERMISSION = "kexin_no_permission"
    KEXIN_NOT_BOUND = "kexin_not_bound"
    KEXIN_ALREADY_BOUND = "kexin_already_bound"
    KEXIN_EXPIRED = "kexin_expired"
    KEXIN_FACE_MISMATCH = "kexin_face_mismatch"
    KEXIN_OPEN_FAILED = "kexin_open_failed"
    KEXIN_LOCK_OFFLINE = "kexin_lock_offline"
    KEXIN_MEMBERS_LEFT = "kexin_members_left"
    KEXIN_NO_GATEWAY = "kexin_no_gateway"
    KEXIN_SELF_FORBIDDEN = "kexin_self_forbidden"
    KEXIN_BAD_REQUEST = "kexin_bad_request"
    KEXIN_UNAUTHORISED = "kexin_unauthorised"
    KEXIN_REFUSED = "kexin_refused"

    PROPERTY_TOKEN_LOST = "property_token_lost"  # noqa: S105 - a code, not a secret
    PROPERTY_SMS_CODE_WRONG = "property_sms_code_wrong"
    PROPERTY_NOT_REGISTERED = "property_not_registered"
    PROPERTY_ALREADY_REGISTERED = "property_already_registered"
    PROPERTY_NOT_FOUND = "property_not_found"
    PROPERTY_REVIEW_MISSING = "property_review_missing"
    PROPERTY_SECURITY_DOWN = "property_security_down"
    PROPERTY_PICTURE_REFUSED = "property_picture_refused"
    PROPERTY_REFUSED = "property_refused"

    # A device or service cannot be reached; nothing was written (exit status 5). Context: service.
    SERVICE_NOT_RUNNING = "service_not_running"
    SERVICE_TIMEOUT = "service_timeout"
    SERVICE_DROPPED = "service_dropped"
    SERVICE_DNS = "service_dns"
    SERVICE_TLS = "service_tls"
    SERVICE_BUSY = "service_busy"
    SERVICE_HTTP_STATUS = "service_http_status"
    REPLY_NOT_JSON = "reply_not_json"
    REPLY_SHAPE = "reply_shape"
    REPLY_TOO_LARGE = "reply_too_large"
    CAPTIVE_PORTAL = "captive_portal"
    CLOUD_CLOCK_SKEW = "cloud_clock_skew"
    PORT_IN_USE = "port_in_use"
    KEXIN_SIGNER_FAILED = "kexin_signer_failed"
    PCSC_NO_SERVICE = "pcsc_no_service"
    PCSC_NO_READER = "pcsc_no_reader"
    PCSC_READER_BUSY = "pcsc_reader_busy"
    PCSC_CARD_UNREADABLE = "pcsc_card_unreadable"
    PCSC_CARD_SILENT = "pcsc_card_silent"
    PCSC_REMOTE_SESSION = "pcsc_remote_session"
    PCSC_NO_CARD = "pcsc_no_card"
    PCSC_SEVERAL_CARDS = "pcsc_several_cards"

    # The outcome is not known, or the card does not hold what was sent (exit status 6).
    OUTCOME_UNKNOWN = "outcome_unknown"
    LOCK_OUTCOME_UNKNOWN = "lock_outcome_unknown"
    PROPERTY_OUTCOME_UNKNOWN = "property_outcome_unknown"
    READ_BACK_MISMATCH = "read_back_mismatch"
    NOT_WRITTEN = "not_written"
    INTERRUPTED = "interrupted"
    GROUP_INCOMPLETE = "group_incomplete"

    # The journal is not safe to write (exit status 7).
    JOURNAL_LOCKED = "journal_locked"
    JOURNAL_FULL = "journal_full"
    JOURNAL_READ_ONLY = "journal_read_only"
    JOURNAL_DAMAGED = "journal_damaged"
    JOURNAL_NEWER = "journal_newer"
    JOURNAL_KEY = "journal_key"
    JOURNAL_IO = "journal_io"
    BACKUP_FAILED = "backup_failed"
    CENTRAL_UNREACHABLE = "central_unreachable"

    INTERNAL = "internal"


class StationError(Exception):
    """Base of every error the desk raises on purpose.

    `code` names what happened; `context` holds the facts for the sentence (never a secret, never a
    full mobile number); `exit_status` is what the command line answers with.
    """

    exit_status = 1

    def __init__(self, code: Code, **context: object) -> None:
        super().__init__(code.value)
        self.code = code
        self.context = context

    def __str__(self) -> str:
        facts = ", ".join(f"{name}={value}" for name, value in self.context.items())
        return f"{self.code.value}({facts})"


class InputInvalid(StationError):
    """What the operator or a settings file gave is against a rule; nothing was sent."""

    exit_status = 2


class Refused(StationError):
    """A rule of the desk or the operator's role forbids it; nothing was sent."""

    exit_status = 3


class ClockWentBack(Refused):
    """The clock stands more than 5 s behind the newest authorisation known for the room."""

    def __init__(self, **context: object) -> None:
        super().__init__(Code.CLOCK_WENT_BACK, **context)


class StaleStay(Refused):
    """The card belongs to an earlier stay of the room; it is never refreshed."""

    def __init__(self, **context: object) -> None:
        super().__init__(Code.STALE_STAY, **context)


class CardInUse(Refused):
    """The card on the encoder still opens another door."""


class VendorRefused(StationError):
    """The vendor's system answered, and said no. Context: call, vendor_code, vendor_msg."""

    exit_status = 4


class Unreachable(StationError):
    """A device or service cannot be reached or answers nonsense; nothing was written."""

    exit_status = 5


class OutcomeUnknown(StationError):
    """A write was sent and its answer is missing or unreadable. Context: call, cause."""

    exit_status = 6

    def __init__(self, code: Code = Code.OUTCOME_UNKNOWN, /, **context: object) -> None:
        super().__init__(code, **context)


class Mismatch(StationError):
    """What was read back is not what was sent. Context: fields."""

    exit_status = 6

    def __init__(self, **context: object) -> None:
        super().__init__(Code.READ_BACK_MISMATCH, **context)


class JournalUnsafe(StationError):
    """The journal cannot be written safely, so no card may be written."""

    exit_status = 7
