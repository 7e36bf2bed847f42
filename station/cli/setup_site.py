"""`setup --settings-from FILE`: a site's settings, taken over by each of its desks without a word.

For setups that run silently on many computers. The file is checked whole; it becomes the desk's
settings only where the desk has none. Nothing is asked, journalled or tried. What must differ from
desk to desk, `desk.id`, is made of the computer's name where the file leaves it out.
"""

import hashlib
import platform
import re
from typing import Final

from station.cli.declare import Call
from station.cli.parsing import path_of
from station.errors import Code, InputInvalid
from station.files import write_atomically
from station.settings import Settings, load, parse
from station.settings_upgrade import VERSION, upgrade

MAX_ID: Final = 32
MARK: Final = 6
"""So many hexadecimal digits tell names apart that look alike once they are written plainly."""


def take_settings(call: Call, name: str) -> int:
    """Take the file's settings over, or keep those that are there. Raises `InputInvalid`."""
    raw, settings = checked(name, platform.node())
    home = call.home
    taken = not home.settings.exists()
    if taken:
        taken = write_atomically(home.create().settings, raw, replace=False)
    if not taken:
        settings = load(home.settings)
    key = "cli.settings_taken" if taken else "cli.settings_kept"
    call.out.document_or(
        lambda: {
            "ok": True,
            "written": taken,
            "settings": str(home.settings),
            "desk": settings.desk.id,
        },
        lambda: call.out.say(
            call.words.text(key, path=home.settings, desk=settings.desk.id), style="green"
        ),
    )
    return 0


def checked(name: str, computer: str) -> tuple[bytes, Settings]:
    """The file's own words as this program would write them, and what they mean.

    Only what the file says is kept, so that a later program's defaults still hold. Raises
    `InputInvalid`: FILE_UNREADABLE, and what `settings.parse` raises.
    """
    import tomllib

    import tomli_w

    path = path_of(name, field="settings_from")
    if not path.is_file():
        raise InputInvalid(Code.FILE_UNREADABLE, path=str(path), why="not_found")
    load(path)
    try:
        text = path.read_text("utf-8-sig")
    except OSError as error:
        raise InputInvalid(
            Code.FILE_UNREADABLE, path=str(path), why=error.strerror or "?"
        ) from error
    document = upgrade(tomllib.loads(text))
    desk = document.setdefault("desk", {})
    if "id" not in desk:
        desk["id"] = desk_id(computer)
    raw = tomli_w.dumps({"version": VERSION, **document}).encode()
    return raw, parse(raw)


def desk_id(computer: str) -> str:
    """A desk's id made of its computer's name: its first part in small letters, digits, `-`, `_`.

    A name that cannot be written so gets a mark of the whole name, so that two computers never
    share an id. Raises `InputInvalid` SETTINGS_FIELD for a computer without a name.
    """
    name = computer.strip().split(".")[0].lower()
    if not name:
        raise InputInvalid(Code.SETTINGS_FIELD, field="desk.id", rule="needed")
    plain = re.sub(r"[^0-9a-z_-]+", "-", name).strip("-_")
    if plain == name and len(plain) <= MAX_ID:
        return plain
    mark = hashlib.sha256(name.encode("utf-8", "replace")).hexdigest()[:MARK]
    return f"{plain[: MAX_ID - MARK - 1].strip('-_') or 'desk'}-{mark}"
