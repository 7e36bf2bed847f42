"""What is sent to the property platform once: how it ended is written down, whatever ends it."""

from collections.abc import Iterator
from contextlib import contextmanager

from station.domain.operation import State
from station.errors import Code, OutcomeUnknown, StationError
from station.workflows.records import Record
from station.workflows.result import state_after


@contextmanager
def sending(record: Record) -> Iterator[None]:
    """Write down what goes wrong in here: refused, failed, or unknown.

    Ctrl-C leaves it unknown too, and is raised as `OutcomeUnknown`: whoever pressed it should look.
    """
    try:
        yield
    except StationError as error:
        record.failure(state_after(error), error)
        raise
    except KeyboardInterrupt:
        record.failure(State.UNKNOWN, StationError(Code.INTERRUPTED))
        raise OutcomeUnknown(
            Code.PROPERTY_OUTCOME_UNKNOWN,
            cause=Code.INTERRUPTED.value,
            operation=record.operation,
        ) from None
