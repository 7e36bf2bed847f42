"""The questions of `setup`: plain, one after another, each connection tested as it is entered."""

from station.cli import checks, doctor
from station.cli.asking import ask_line, ask_secret, ask_yes
from station.cli.declare import Call
from station.cli.findings import Health, Patient
from station.cli.setup_draft import Draft
from station.domain.card import UidOrder, reversed_bytes
from station.errors import InputInvalid, StationError
from station.ports import ReaderState
from station.secrets import SecretName
from station.settings import DoorLock, Shankai

TAP_WAIT_S = 20.0
SERVICES = {
    "door_lock": (("url", "appid"), SecretName.DOOR_LOCK_APPSECRET),
    "shankai": (("url", "app_id", "org_id"), SecretName.SHANKAI_SECRET),
}
DEFAULT_URLS = {"door_lock": DoorLock(appid="-").url, "shankai": Shankai(app_id="-").url}


def ask_everything(call: Call, draft: Draft) -> None:
    """Site, services, reader. Nothing is written here."""
    call.out.note(call.words.text("cli.setup_hello"))
    for field in ("desk.site", "desk.id", "desk.checkout_time"):
        _ask_field(call, draft, field)
    for section in SERVICES:
        _ask_service(call, draft, section)
    _ask_reader(call, draft)


def _ask_field(call: Call, draft: Draft, field: str, default: str = "") -> None:
    """One setting, asked again until it fits."""
    while True:
        question = call.words.text(f"cli.ask_{field.replace('.', '_')}")
        try:
            draft.set(field, ask_line(question, draft.get(field) or default))
        except InputInvalid as error:
            call.out.note(call.words.sentence(error), style="red")
        else:
            return


def _ask_service(call: Call, draft: Draft, section: str) -> None:
    """A service's address and account, tested at once; asked again as long as that is wanted."""
    words = call.words
    part = words.word("part", section)
    if not draft.has(section) and not ask_yes(words.text("cli.ask_has", part=part)):
        return
    fields, secret = SERVICES[section]
    while True:
        draft.begin(section)
        for key in fields:
            default = DEFAULT_URLS[section] if key == "url" else ""
            _ask_field(call, draft, f"{section}.{key}", default)
        given = ask_secret(words.text("cli.ask_secret", name=words.word("field", secret)))
        if given:
            draft.given[secret] = given
        found = checks.one(_patient(call, draft), section)
        doctor.lines(call, [found])
        if found.state is not Health.FAILED or not ask_yes(words.text("cli.ask_once_more")):
            return


def _patient(call: Call, draft: Draft) -> Patient:
    return Patient(draft.home, draft.settings(), draft.secrets(), call.words)


def _ask_reader(call: Call, draft: Draft) -> None:
    """Which reader, and in which order its UIDs are meant, shown with a card that is put down."""
    words = call.words
    if not ask_yes(words.text("cli.ask_has", part=words.word("part", "reader"))):
        return
    draft.begin("reader")
    from station.reader.reader import list_readers, pcsc_reader

    try:
        for name in list_readers():
            call.out.note(f"  {name}")
    except StationError as error:
        call.out.note(words.sentence(error), style="red")
        return
    _ask_field(call, draft, "reader.name")
    call.out.note(words.text("cli.put_a_card"))
    reader = pcsc_reader(draft.get("reader.name"))
    try:
        view = reader.wait_for(lambda seen: seen.state is ReaderState.CARD, TAP_WAIT_S)
    finally:
        reader.close()
    if view is None:
        call.out.note(words.text("cli.no_card_seen"), style="yellow")
        return
    for order, uid in (
        (UidOrder.AS_READ, view.uid),
        (UidOrder.REVERSED, reversed_bytes(view.uid)),
    ):
        call.out.note(f"  {words.word('uid_order', order)}: {uid} ({int(uid, 16)})")
    is_reversed = ask_yes(words.text("cli.ask_reversed"))
    draft.set("reader.uid_order", (UidOrder.REVERSED if is_reversed else UidOrder.AS_READ).value)
