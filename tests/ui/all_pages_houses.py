"""The states of the houses' tab, for tests that look at every page in every state."""

from collections.abc import Iterator
from dataclasses import replace

from PySide6.QtWidgets import QWidget

from station.errors import Code, Unreachable
from tests.ui.all_pages_stage import Stage, until
from ui.pages.residents import ResidentsPage
from ui.presenters.household import Change
from ui.presenters.owner_check import Check
from ui.widgets.house_tab import HouseTab

OWNER = "13800000001"


def houses(stage: Stage, page: ResidentsPage) -> Iterator[tuple[str, QWidget]]:
    """Every state of the tab, and the cards' tab again at the end."""
    main, tab = stage.main, page.houses
    page.function_key(2)
    stage.calm()
    yield "houses: none chosen", main
    _choose_first(stage, tab)
    yield "houses: a house", main
    tab.money.payments.click()
    stage.calm()
    yield "houses: its payments", main
    tab.owner_panel.send.click()
    until(lambda: tab.owner.state.check is Check.SENT)
    yield "houses: a code was sent", main
    service = stage.simulation.property.sim
    code = service.sms(OWNER)[-1].code
    tab.owner.try_code("000000" if code != "000000" else "111111")
    stage.calm()
    yield "houses: a wrong code", main
    tab.owner.try_code(code)
    until(lambda: tab.people.state.detail is not None)
    stage.calm()
    yield "houses: the owner proved", main
    detail = tab.people.state.detail
    assert detail is not None
    tab.household.members.setCurrentRow(1)
    tab.people.want(Change.UNBIND, detail.members[1])
    yield "houses: asked before somebody is taken out", main
    tab.people.decline()
    tab.owner.hide()
    yield "houses: the owner hidden", main
    tab.new.click()
    stage.calm()
    yield "houses: the form", main
    tab.form.submit.click()
    stage.calm()
    yield "houses: the form, nothing filled in", main
    tab.form.back.click()
    gone = Unreachable(Code.SERVICE_NOT_RUNNING, service="property")
    shown = tab.debts.state
    tab.debts.show(replace(shown, arrears=None, error=gone))
    yield "houses: offline", main
    tab.debts.show(shown)
    page.show_waiting()


def _choose_first(stage: Stage, tab: HouseTab) -> None:
    item = tab.tree.tree.topLevelItem(0)
    for _ in range(4):
        item.setExpanded(True)
        until(lambda item=item: item.childCount() > 0)  # type: ignore[misc]
        stage.calm()
        item = item.child(0)
    tab.tree.tree.setCurrentItem(item)
    until(lambda: tab.debts.state.arrears is not None and bool(tab.owner.state.masked))
    stage.calm()
