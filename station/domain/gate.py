"""The gates' cloud, as far as the desk's own rules go: what is worth sending again."""

from typing import Final

from station.errors import Code, InputInvalid, StationError

FINAL_CODES: Final = frozenset(
    {
        Code.SHANKAI_CREDENTIALS,
        Code.SHANKAI_NO_USER,
        Code.SHANKAI_NO_COMMUNITY,
        Code.SHANKAI_BAD_NUMBER,
        Code.SHANKAI_ID_CARD_MODE,
        Code.SHANKAI_NO_PERMISSION,
        Code.SHANKAI_ALREADY_REGISTERED,
        Code.SHANKAI_ACCOUNT_EXISTS,
        Code.SHANKAI_DOOR_ADDED,
        Code.SHANKAI_NO_DOOR,
    }
)
"""What the cloud answers the same way each time."""

_SET_UP_LATER: Final = frozenset({Code.SECRET_MISSING, Code.PART_NOT_SET_UP, Code.FILE_UNREADABLE})


def is_final(error: StationError) -> bool:
    """Whether no retry mends it, so that it stops at once with cause and next step.

    A number or name that is against a rule stays so. A desk that is not set up yet, a cloud out of
    reach and codes that the vendor's table does not know are worth another try.
    """
    if isinstance(error, InputInvalid):
        return error.code not in _SET_UP_LATER
    return error.code in FINAL_CODES
