"""The simulated vendors as servers, for integrators without hardware; loopback only."""

from contextlib import suppress
from typing import Annotated

from station.cli.declare import Call, argument, command, option
from station.cli.parsing import number_between, path_of
from station.errors import Code, InputInvalid, Unreachable


@command("simulate")
def simulate_command(
    call: Call,
    which: Annotated[str, argument("door-lock|shankai|kexin|property")],
    port: Annotated[str | None, option("--port", metavar="N")] = None,
    fault: Annotated[list[str] | None, option("--fault", metavar="NAME")] = None,
    state: Annotated[str | None, option("--state", metavar="FILE")] = None,
    rooms: Annotated[str | None, option("--rooms", metavar="N")] = None,
) -> int:
    number = None if port is None else number_between(port, 0, 65535, field="port")
    count = None if rooms is None else number_between(rooms, 0, 1_000_000, field="rooms")
    file = None if state is None else path_of(state)
    try:
        from station.simulators.serve import ServeEvent, ServeEventKind, serve
    except ModuleNotFoundError as error:
        # The extra `simulators` was left out of this installation.
        raise InputInvalid(Code.PART_NOT_SET_UP, part="simulators") from error

    def tell(event: ServeEvent) -> None:
        if call.out.json:
            call.out.document({"event": event.kind.value, **event.facts})
        elif event.kind is ServeEventKind.LISTENING:
            call.out.say(call.words.text("cli.simulated_only"), style="yellow")
            for name, value in event.facts.items():
                call.out.say(f"  {name}: {value}")
        elif event.kind is ServeEventKind.CALL:
            met = f"  ← {event.facts['fault']}" if event.facts["fault"] else ""
            call.out.say(f"{event.facts['method']} {event.facts['path']}{met}")
        else:
            call.out.say(call.words.text("cli.stopped", calls=event.facts["calls"]))

    with suppress(KeyboardInterrupt):
        try:
            serve(which, port=number, faults=fault or [], state=file, rooms=count, tell=tell)
        except OSError as error:
            raise Unreachable(Code.PORT_IN_USE, port=number) from error
    return 0
