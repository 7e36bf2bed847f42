"""Group (团队): a card for each of many rooms, one after another."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated

from station.cli.consent import consent_of
from station.cli.declare import Call, Reason, Yes, argument, command, option
from station.cli.hands import CardHands
from station.cli.parsing import check_room_text, expand_rooms
from station.cli.results import tell
from station.cli.session import opened
from station.domain.stay import parse_time
from station.workflows.several import GroupProgress, group


@command("group")
def group_command(
    call: Call,
    rooms: Annotated[list[str], argument("ROOM…")],
    until: Annotated[str, option("--until", metavar="TIME")],
    yes: Yes = False,
    reason: Reason = None,
) -> int:
    wanted = expand_rooms(rooms)
    for text in wanted:
        check_room_text(text)
    end = parse_time(until, field="until")
    consent = consent_of(yes=yes, reason=reason)
    with opened(call, encoder=True) as session:
        desk = session.desk
        found = [desk.room(text) for text in wanted]
        hands = CardHands(call, desk.need_encoder())
        with _bar(call) as progress:
            result = group(
                desk, session.operator, found, end, hands, consent=consent, progress=progress
            )
    return tell(call, result)


@contextmanager
def _bar(call: Call) -> Iterator[Callable[[GroupProgress], None]]:
    """A bar on stderr for whoever watches; nothing when piped."""
    with call.out.bar(call.words.word("kind", "group")) as step:
        yield lambda made: step(made.done + made.failed, made.total)
