"""The four steps that a clerk sees of a write, made from the desk's finer ones. Pure."""

from dataclasses import replace
from typing import Final

from station.domain.operation import Step
from station.ports import StepNotice
from ui.presenters.card_state import Mark, Progress

_PLACE: Final = {
    Step.RECORD: 0,
    Step.LOOK: 1,
    Step.WRITE: 2,
    Step.CLEAR: 2,
    Step.READ_BACK: 3,
    Step.COMPARE: 3,
    Step.OUTCOME: 3,
}
WRITE_PLACE: Final = 2


def advance(progress: Progress, notice: StepNotice) -> Progress:
    """The marks after one more notice."""
    place = _PLACE.get(Step(notice.step)) if notice.step in set(Step) else None
    if place is None:
        return progress
    marks = list(progress.marks)
    if notice.step == Step.OUTCOME:
        if notice.state == "failed":
            marks[_reached(progress)] = Mark.FAILED
        elif notice.state == "done":
            marks = [Mark.DONE] * len(marks)
    elif notice.state == "begin":
        marks[place] = Mark.NOW
    elif notice.step != Step.READ_BACK and notice.step != Step.COMPARE:
        marks[place] = Mark.DONE
    first, second, third, fourth = marks
    return replace(progress, marks=(first, second, third, fourth))


def was_sent(progress: Progress | None) -> bool:
    """Whether the writing step was reached, so that the card may have been written."""
    return progress is not None and progress.marks[WRITE_PLACE] is not Mark.AHEAD


def _reached(progress: Progress) -> int:
    """The step that a failure belongs to: the one under way, else the first not done."""
    for wanted in (Mark.NOW, Mark.AHEAD):
        if wanted in progress.marks:
            return progress.marks.index(wanted)
    return len(progress.marks) - 1
