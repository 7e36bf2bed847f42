"""The room rack as a list."""

from typing import Annotated

from station.cli.declare import Call, command, option
from station.cli.session import opened
from station.domain.rack import room_state
from station.domain.stay import format_time


@command("rooms")
def rooms_command(call: Call, refresh: Annotated[bool, option("--refresh")] = False) -> int:
    with opened(call, encoder=refresh) as session:
        desk = session.desk
        if refresh:
            desk.refresh_rooms()
        now = desk.clock.local()
        rows = [
            {
                "id": row.room.id,
                "name": row.room.name,
                "building": row.room.building,
                "floor": row.room.floor,
                "state": room_state(
                    row.stay, cards_out=row.cards_out, unresolved=row.unresolved, now=now
                ).value,
                "expires_at": format_time(row.stay.expires_at) if row.stay else None,
                "cards_out": row.cards_out,
                "guest": desk.journal.person(row.stay.holder).masked or None
                if row.stay and row.stay.holder
                else None,
            }
            for row in desk.journal.rack()
        ]
    words = call.words
    if call.out.json:
        call.out.document(rows)
        return 0
    if not rows:
        call.out.say(words.text("cli.no_rooms"))
        return 0
    heads = ("room", "building", "floor", "state", "until", "cards", "guest", "id")
    call.out.table(
        [words.text(f"cli.head_{name}") for name in heads],
        (
            (
                row["name"],
                row["building"],
                row["floor"],
                words.word("room_state", row["state"]),
                row["expires_at"],
                row["cards_out"] or "",
                row["guest"],
                row["id"],
            )
            for row in rows
        ),
    )
    return 0
