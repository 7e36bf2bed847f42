"""What tests of all pages look for: cut-off texts, controls without a name, keys that never arrive.

Each check takes a widget that is shown and returns what is wrong, one line each; `[]` is good.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Final, TypeVar, cast

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QAccessible, QFontMetrics
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QAbstractSpinBox,
    QApplication,
    QCheckBox,
    QComboBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QListView,
    QRadioButton,
    QSlider,
    QStyle,
    QStyleOptionComboBox,
    QTabBar,
    QTableView,
    QTreeView,
    QWidget,
)

from ui.messages import Words
from ui.theme import tokens
from ui.widgets.card_parts import BigWord
from ui.widgets.rack import Rack
from ui.widgets.rack_paint import CARD_MARK, TEXT_LEFT, TEXT_RIGHT, end_text, fonts, state_words
from ui.widgets.step_trail import StepTrail

Child = TypeVar("Child", bound=QWidget)

CHINESE: Final = re.compile(r"[\u3400-\u9fff]")
LATIN_WORD: Final = re.compile(r"[A-Za-z]{2,}")
LEAST_SHRINK: Final = 0.6
"""A big word that is drawn smaller than this is no big word any more."""
TABS: Final = 200
"""More presses of Tab than any page has controls."""
LINE_EDIT_INSET: Final = 4
ROLES: Final = (
    (QRadioButton, {QAccessible.Role.RadioButton}),
    (QCheckBox, {QAccessible.Role.CheckBox}),
    (
        QAbstractButton,
        {
            QAccessible.Role.Button,
            QAccessible.Role.ButtonMenu,
            QAccessible.Role.CheckBox,
            QAccessible.Role.RadioButton,
        },
    ),
    (QComboBox, {QAccessible.Role.ComboBox}),
    (QAbstractSpinBox, {QAccessible.Role.SpinBox, QAccessible.Role.Client}),
    (QLineEdit, {QAccessible.Role.EditableText}),
    (QTabBar, {QAccessible.Role.PageTabList}),
    (QTableView, {QAccessible.Role.Table}),
    (QTreeView, {QAccessible.Role.Tree, QAccessible.Role.Table}),
    (QListView, {QAccessible.Role.List}),
    (QSlider, {QAccessible.Role.Slider}),
    (Rack, {QAccessible.Role.List}),
)
"""Every kind of control, and what a screen reader has to call it."""


def shown(root: QWidget, kind: type[Child]) -> list[Child]:
    """What can be seen of a kind, in `root` and not in a window of its own."""
    found = cast("Iterable[Child]", root.findChildren(kind))
    return [one for one in found if one.isVisibleTo(root) and one.window() is root.window()]


def named(widget: QWidget) -> str:
    """A widget as a finding names it."""
    text = getattr(widget, "text", None)
    said = text() if callable(text) else widget.accessibleName()
    owner = widget.parentWidget()
    inside = type(owner).__name__ if owner is not None else "-"
    return f"{type(widget).__name__} {str(said)[:60]!r} in {inside}"


# nothing is cut off


def cut_off(root: QWidget) -> list[str]:
    """Texts that do not fit where they stand, or stand where they cannot be seen."""
    wrong = []
    for widget in shown(root, QWidget):
        wrong += [f"{named(widget)}: {why}" for why in _too_small(widget)]
        if _says_something(widget):
            wrong += [f"{named(widget)}: {why}" for why in _hidden(widget, root)]
    return wrong + _overlapping(root)


def _says_something(widget: QWidget) -> bool:
    if isinstance(widget, QLabel):
        return bool(widget.text()) or not widget.pixmap().isNull()
    return isinstance(widget, QAbstractButton | QLineEdit | QComboBox | QAbstractSpinBox | QTabBar)


def _too_small(widget: QWidget) -> Iterator[str]:
    if _is_part(widget):
        return
    for kind, check in _CHECKS.items():
        if isinstance(widget, kind):
            yield from check(widget)
            return
    if type(widget).__module__.startswith("ui.") and "paintEvent" in vars(type(widget)):
        yield from _as_wanted(widget)


def _as_wanted(widget: QWidget) -> Iterator[str]:
    yield from _smaller(widget.size(), widget.sizeHint())


def _smaller(has: QSize, wants: QSize) -> Iterator[str]:
    if has.width() < wants.width() or has.height() < wants.height():
        yield f"{has.width()}x{has.height()} of {wants.width()}x{wants.height()}"


def _label(label: QLabel) -> Iterator[str]:
    text = label.text()
    if not text or text in label.toolTip():
        return
    if not label.wordWrap():
        yield from _smaller(label.size(), label.sizeHint())
        return
    if label.height() < label.heightForWidth(label.width()):
        yield f"{label.height()} of {label.heightForWidth(label.width())} high"
    inside = label.contentsRect().width() - 2 * label.margin()
    flags = int(Qt.TextFlag.TextWordWrap)
    wants = label.fontMetrics().boundingRect(QRect(0, 0, inside, 9999), flags, text).width()
    if wants > inside:
        yield f"a word of {wants} in {inside}"


def _combo(combo: QComboBox) -> Iterator[str]:
    option = QStyleOptionComboBox()
    combo.initStyleOption(option)
    style = combo.style()
    part = QStyle.SubControl.SC_ComboBoxEditField
    room = style.subControlRect(QStyle.ComplexControl.CC_ComboBox, option, part, combo).width()
    texts = [combo.itemText(place) for place in range(combo.count())]
    if combo.currentIndex() < 0:
        texts.append(combo.placeholderText())
    for text in texts:
        wants = combo.fontMetrics().horizontalAdvance(text)
        if wants > room and text not in combo.toolTip():
            yield f"the choice {text!r} of {wants} in {room}"


def _placeholder(line: QLineEdit) -> Iterator[str]:
    if line.text():
        return
    hint = line.placeholderText()
    beside = sum(button.width() for button in shown(line, QAbstractButton))
    margins = line.textMargins()
    frame = line.width() - line.contentsRect().width()
    room = line.width() - frame - beside - margins.left() - margins.right() - LINE_EDIT_INSET
    wants = line.fontMetrics().horizontalAdvance(hint)
    if wants > room and hint not in line.toolTip():
        yield f"the hint {hint!r} of {wants} in {room}"


def _tabs(bar: QTabBar) -> Iterator[str]:
    for place in range(bar.count()):
        where, wants = bar.tabRect(place), bar.tabSizeHint(place).width()
        if not bar.rect().contains(where) or where.width() < wants:
            yield f"the tab {bar.tabText(place)!r} at {where.x()}+{where.width()} of {wants}"


def _header(header: QHeaderView) -> Iterator[str]:
    for section in range(header.count()):
        has, wants = header.sectionSize(section), header.sectionSizeHint(section)
        if not header.isSectionHidden(section) and has < wants:
            title = header.model().headerData(section, header.orientation())
            yield f"the title {title!r} has {has} of {wants}"


def _table(table: QTableView) -> Iterator[str]:
    model = table.model()
    for row in range(model.rowCount()):
        for column in range(model.columnCount()):
            index = model.index(row, column)
            if not table.viewport().rect().intersects(table.visualRect(index)):
                continue
            wants = table.sizeHintForIndex(index).width()
            if wants > table.columnWidth(column) and not index.data(Qt.ItemDataRole.ToolTipRole):
                yield f"{index.data()!r} has {table.columnWidth(column)} of {wants}"


def _list(view: QListView) -> Iterator[str]:
    if view.horizontalScrollBar().maximum() > 0:
        yield "scrolls sideways"
    model, room = view.model(), view.viewport().width()
    for row in range(0 if view.wordWrap() else model.rowCount()):
        index = model.index(row, 0)
        wants = view.sizeHintForIndex(index).width()
        if wants > room and not index.data(Qt.ItemDataRole.ToolTipRole):
            yield f"{index.data()!r} has {room} of {wants}"


def _trail(trail: StepTrail) -> Iterator[str]:
    room = trail.width() / 4
    for name in trail._names():
        if trail.fontMetrics().horizontalAdvance(name) > room - tokens.GRID:
            yield f"the step {name!r} in {room}"


def _rack(rack: Rack) -> Iterator[str]:
    layout, words = rack.layout_now, rack._context.words
    number, small = (QFontMetrics(font) for font in fonts(rack.font()))
    room = layout.tile_width - TEXT_LEFT - TEXT_RIGHT
    now = rack._context.desk.clock.local()
    for slot in range(rack.count):
        tile = rack.tile(slot)
        row, beside = tile.row, 0
        if row.cards_out:
            beside = small.horizontalAdvance(str(row.cards_out)) + CARD_MARK[0] + tokens.GRID
        if small.horizontalAdvance(state_words(words)[tile.state]) + beside > room:
            yield f"the state of {tile.place.number}"
        if number.horizontalAdvance(tile.place.number) > room - 4 * tokens.GRID:
            yield f"the number of {tile.place.number}"
        if row.stay is not None:
            end = end_text(words, row.stay.expires_at, now)
            if small.horizontalAdvance(end) > room:
                yield f"the end of {tile.place.number}: {end!r}"


def _big_word(word: BigWord) -> Iterator[str]:
    if word.width() < LEAST_SHRINK * word.sizeHint().width():
        yield f"shrunk from {word.sizeHint().width()} to {word.width()}"


_CHECKS: Final[dict[type[QWidget], Callable[..., Iterator[str]]]] = {
    QLabel: _label,
    QComboBox: _combo,
    QLineEdit: _placeholder,
    QAbstractButton: _as_wanted,
    QAbstractSpinBox: _as_wanted,
    QTabBar: _tabs,
    QHeaderView: _header,
    QTableView: _table,
    QListView: _list,
    BigWord: _big_word,
    StepTrail: _trail,
    Rack: _rack,
}


def _hidden(widget: QWidget, root: QWidget) -> Iterator[str]:
    """Whether something lies outside of what its ancestors show; areas may scroll down to it."""
    rect, inner, outer = widget.rect(), widget, widget.parentWidget()
    while inner is not root and outer is not None:
        rect = QRect(inner.mapTo(outer, QPoint(0, 0)) + rect.topLeft(), rect.size())
        area = outer.parentWidget()
        if isinstance(area, QAbstractScrollArea) and area.viewport() is outer:
            if rect.left() < 0 or rect.right() > outer.rect().right():
                yield f"is cut off at the side of {type(area).__name__}"
            down = area.verticalScrollBar().maximum() > 0
            if not down and (rect.top() < 0 or rect.bottom() > outer.rect().bottom()):
                yield f"cannot be scrolled to in {type(area).__name__}"
            rect = outer.rect()
        elif not outer.rect().contains(rect):
            yield f"stands outside of {type(outer).__name__}"
            return
        inner, outer = outer, outer.parentWidget()


def _overlapping(root: QWidget) -> list[str]:
    """Texts that are painted over one another."""
    wrong = []
    for parent in [root, *shown(root, QWidget)]:
        beside = [
            one
            for one in parent.children()
            if isinstance(one, QWidget) and one.isVisibleTo(root) and _says_something(one)
        ]
        if isinstance(parent, QLineEdit | QComboBox | QAbstractSpinBox):
            continue
        for place, one in enumerate(beside):
            wrong += [
                f"{named(one)} and {named(other)} lie over one another"
                for other in beside[place + 1 :]
                if one.geometry().intersects(other.geometry())
            ]
    return wrong


def scrolled(root: QWidget) -> list[str]:
    """Areas with a scroll bar, but lists and the rack, which are there to be scrolled."""
    return [
        f"{type(area).__name__} scrolls"
        for area in shown(root, QAbstractScrollArea)
        if not isinstance(area, QAbstractItemView | Rack)
        and (area.verticalScrollBar().maximum() or area.horizontalScrollBar().maximum())
    ]


# names and roles


def controls(root: QWidget) -> list[QWidget]:
    """Everything that an operator can work, parts of other controls left out."""
    kinds = tuple(kind for kind, _ in ROLES)
    found = [one for one in shown(root, QWidget) if isinstance(one, kinds)]
    return [one for one in found if not _is_part(one)]


def _is_part(widget: QWidget) -> bool:
    owner = widget.parentWidget()
    return isinstance(owner, QLineEdit | QComboBox | QAbstractSpinBox | QHeaderView | QTabBar)


def nameless(root: QWidget, words: Words, *, names: Iterable[str] = ()) -> list[str]:
    """Controls that a screen reader could not call by a name in the language of the moment.

    `names` are people and the like, which are said as they are.
    """
    wrong = []
    own = [*names, *(words(f"shell.language_{language}") for language in ("zh_CN", "en"))]
    for widget in controls(root):
        interface = QAccessible.queryAccessibleInterface(widget)
        said = interface.text(QAccessible.Text.Name).strip() if interface is not None else ""
        if not said:
            wrong.append(f"{named(widget)} has no name")
            continue
        for name in own:
            said = said.replace(name, "")
        if words.language == "en" and CHINESE.search(said):
            wrong.append(f"{named(widget)} is called {said!r} in English")
        if words.language == "zh_CN" and LATIN_WORD.search(said) and not CHINESE.search(said):
            wrong.append(f"{named(widget)} is called {said!r} in Chinese")
    return wrong


def misnamed_roles(root: QWidget) -> list[str]:
    """Controls that a screen reader would take for something else."""
    wrong = []
    for widget in controls(root):
        interface = QAccessible.queryAccessibleInterface(widget)
        role = interface.role() if interface is not None else QAccessible.Role.NoRole
        wanted = next(roles for kind, roles in ROLES if isinstance(widget, kind))
        if role not in wanted:
            wrong.append(f"{named(widget)} is a {role}")
    return wrong


# keys


def unreachable(root: QWidget) -> list[str]:
    """Controls that Tab never comes to. In a group of choices the arrows go on from the chosen."""
    first = QApplication.focusWidget()
    if first is None:
        return ["nothing has the focus"]
    reached: dict[int, QWidget] = {}
    for _ in range(TABS):
        focus = QApplication.focusWidget()
        if focus is None:
            return ["Tab loses the focus"]
        if id(focus) in reached and focus is first:
            break
        reached[id(focus)] = focus
        QTest.keyClick(focus, Qt.Key.Key_Tab)
    been = set(reached)
    return [
        f"{named(one)} is not reached by Tab"
        for one in controls(root)
        if one.isEnabled() and id(one) not in been and not _by_arrows(one, been)
    ]


def _by_arrows(widget: QWidget, been: set[int]) -> bool:
    if not isinstance(widget, QAbstractButton):
        return False
    group = widget.group()
    if group is not None and group.exclusive():
        return any(id(one) in been for one in group.buttons())
    if not widget.autoExclusive():
        return False
    owner = widget.parentWidget()
    beside = cast("list[QWidget]", owner.findChildren(type(widget))) if owner is not None else []
    return any(id(one) in been for one in beside)
