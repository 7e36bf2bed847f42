"""Saying how an operation went: a JSON document or lines for people, and the exit status."""

from station.cli import documents
from station.cli.declare import Call
from station.cli.output import status_of
from station.domain.operation import State
from station.errors import Code, StationError
from station.workflows.result import CardResult

MARKS = {State.DONE: ("✔", "green"), State.WAITING: ("…", "yellow")}


def tell(call: Call, result: CardResult, **more: object) -> int:
    """Say one operation; `more` are further keys of its document."""
    call.out.document_or(
        lambda: documents.card_operation(result, call.words) | more, lambda: _lines(call, result)
    )
    return status(result)


def status(result: CardResult) -> int:
    """The exit status: that of the worst card, else of the gates' half."""
    error = result.worst.error or result.error
    if error is None and result.state is State.WAITING:
        return 0
    if result.worst.state is State.DONE and result.gate is not None:
        return status(result.gate)
    if error is None and result.state not in {State.DONE, State.WAITING}:
        error = StationError(Code.INTERRUPTED)
    return 0 if result.worst.state is State.WAITING else status_of(error)


def _lines(call: Call, result: CardResult) -> None:
    for card in result.cards or (result,):
        _card(call, card)
    if not result.cards and result.error is None:
        return
    if result.error is not None and all(card.error is not result.error for card in result.cards):
        call.out.explain(result.error)
    risk = documents.risk(result)
    if risk:
        facts = {"room": risk["room"]["name"], "cards": risk["cards"], "until": risk["until"]}
        call.out.say(call.words.text("cli.risk", **facts), style="yellow")
    if result.gate is not None:
        mark, style = MARKS.get(result.gate.state, ("✘", "red"))
        call.out.say(f"{mark} {_gate_words(call, result.gate)}", style=style)
        if result.gate.error is not None and result.gate.state is not State.WAITING:
            call.out.explain(result.gate.error)


def _card(call: Call, card: CardResult) -> None:
    for operation in card.settled:
        call.out.say(call.words.text("cli.settled", operation=operation))
    if card.error is not None and card.state is not State.WAITING:
        if card.room is not None:
            call.out.note(f"✘ {card.room.name}", style="red")
        call.out.explain(card.error)
        return
    mark, style = MARKS.get(card.state, ("✘", "red"))
    call.out.say(f"{mark} {documents.said_of(card, call.words)}", style=style)


def _gate_words(call: Call, gate: CardResult) -> str:
    state = documents.gate(gate)
    return call.words.text(f"cli.gate_{state['state'] if state else ''}")
