"""The slip that a guest takes along: site, room, passcode, until when. Printed, never kept."""

from datetime import datetime
from html import escape

from station.domain.stay import format_time
from ui.messages import Words
from ui.presenters.lock_news import ShownCode
from ui.widgets.lock_words import grouped


def slip(code: ShownCode, site: str, now: datetime, words: Words) -> str:
    """The paper as rich text; times site-local."""
    rows = [("slip_room", code.room)]
    if code.until is not None:
        rows.append(("slip_until", format_time(code.until)[:16]))
    facts = "".join(
        f"<tr><td>{escape(words(f'locks.{key}'))}</td><td><b>{escape(text)}</b></td></tr>"
        for key, text in rows
    )
    digits = escape(grouped(code.digits))
    return (
        f"<h2>{escape(site or words('locks.slip_title'))}</h2>"
        f"<table cellpadding='4' style='font-size: 14pt'>{facts}</table>"
        f"<p>{escape(words('locks.slip_code'))}</p>"
        f"<p style='font-size: 36pt'><b>{digits}</b></p>"
        f"<p>{escape(words('locks.slip_hint'))}</p>"
        f"<p style='font-size: 8pt'>{escape(words('locks.slip_printed', at=format_time(now)))}</p>"
    )
