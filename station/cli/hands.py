"""Who puts the next card on the encoder: a person at a terminal, a script's lines, or anybody.

At a terminal: a prompt and Enter. With lines on stdin: one line a card. At the end of the lines:
the encoder is asked until the card before is no longer there.
"""

import sys
import time

from station.cli.asking import can_ask
from station.cli.declare import Call
from station.errors import StationError, VendorRefused
from station.ports import Encoder
from station.workflows.result import CardResult

POLL_S = 0.3
DEADLINE_S = 60.0
QUIT = frozenset({"q", "Q"})


class CardHands:
    """`several.Hands` of the command line.

    `go_on` says what the end of stdin means: wait for the card to be changed, or stop.
    """

    def __init__(self, call: Call, encoder: Encoder, *, go_on: bool = True) -> None:
        self._call = call
        self._encoder = encoder
        self._go_on = go_on

    def next_card(self, number: int, total: int, made: CardResult | None) -> bool:
        question = self._call.words.text("cli.next_card", number=number, total=total)
        if can_ask():
            sys.stderr.write(question + " ")
            sys.stderr.flush()
        else:
            self._call.out.progress(question)
        try:
            line = sys.stdin.readline()
        except KeyboardInterrupt:
            return False
        if line:
            return line.strip() not in QUIT
        if made is None:
            return not can_ask()  # a script's first card lies there already
        return self._go_on and not can_ask() and self._changed(made.card_id)

    def _changed(self, card_id: str) -> bool:
        """Wait until the card that was written is no longer there; False after a minute."""
        end = time.monotonic() + DEADLINE_S
        while time.monotonic() < end:
            try:
                if self._encoder.read().card_id != card_id:
                    return True
            except VendorRefused:
                return True
            except StationError:
                return False
            try:
                time.sleep(POLL_S)
            except KeyboardInterrupt:
                return False
        return False
