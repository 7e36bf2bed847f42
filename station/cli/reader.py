"""The PC/SC reader by itself: each card's UID as it is put down."""

from queue import Empty, SimpleQueue

from station import compose
from station.cli.declare import Call, command
from station.cli.session import prepare_home
from station.domain.card import decimal_uid
from station.errors import Code, InputInvalid
from station.ports import ReaderState, ReaderView
from station.settings import Reader, Settings, load

_TOLD = frozenset(ReaderState) - {ReaderState.STARTING, ReaderState.CARD_SEEN}


@command("reader watch")
def watch_command(call: Call) -> int:
    home = prepare_home(call)
    settings = load(home.settings)
    reader = compose.open_reader(
        settings if settings.reader is not None else Settings(reader=Reader())
    )
    if reader is None:
        raise InputInvalid(Code.PART_NOT_SET_UP, part="reader")
    views: SimpleQueue[ReaderView] = SimpleQueue()
    stop = reader.subscribe(views.put)
    try:
        call.out.note(call.words.text("cli.watching"))
        views.put(reader.view())
        last: ReaderView | None = None
        while True:
            try:
                view = views.get(timeout=0.5)  # Windows delivers Ctrl-C only between waits
            except Empty:
                continue
            if view != last:
                last = view
                _show(call, view)
    except KeyboardInterrupt:
        return 0
    finally:
        stop()
        reader.close()


def _show(call: Call, view: ReaderView) -> None:
    """JSON has one document a tap; a person sees the reader's other states too."""
    if view.state is ReaderState.CARD:
        decimal = decimal_uid(view.uid)
        facts = {"uid": view.uid, "decimal": decimal, "tap": view.tap, "reader": view.reader}
        call.out.document_or(
            lambda: facts,
            lambda: call.out.say(
                f"{view.uid}  {'' if decimal is None else decimal}  {view.reader}".rstrip()
            ),
        )
    elif view.state is ReaderState.CARD_RANDOM and call.out.json:
        call.out.document(
            {"uid": None, "error": Code.UID_RANDOM.value, "tap": view.tap, "reader": view.reader}
        )
    elif view.state in _TOLD:
        call.out.note(f"({call.words.word('reader_state', view.state)}) {view.reader}", style="dim")
