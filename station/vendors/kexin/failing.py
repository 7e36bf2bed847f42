"""The one error of a signer that gives no signature."""

from station.errors import Code, Unreachable

SERVICE = "kexin"


def failed(why: str) -> Unreachable:
    """KEXIN_SIGNER_FAILED; nothing was sent. `why` is worded in the catalogue's `[why]`."""
    return Unreachable(Code.KEXIN_SIGNER_FAILED, service=SERVICE, why=why)
