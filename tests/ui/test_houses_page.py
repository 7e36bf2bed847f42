"""房屋 on the page: what a clerk sees and presses, the way to a card, registering a resident."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QTreeWidgetItem
from pytestqt.qtbot import QtBot

from station.compose.demo import Simulation
from station.domain.operation import Kind, State
from station.ports import HistoryFilter
from station.secrets import SecretName, Secrets
from station.workflows import house_tree
from tests.ui.conftest import CLERK
from ui.context import Context
from ui.pages.residents import ResidentsPage, build
from ui.presenters.owner_check import Check
from ui.theme.tokens import Look

DEADLINE_MS = 15_000
UID, OWNER = "04D585EE", "13800000001"
FIRST = "晨曦家园1栋1单元1楼101号"


class Bench:
    """The page and what is behind it."""

    def __init__(self, qtbot: QtBot, context: Context, simulation: Simulation) -> None:
        self.qtbot, self.context, self.simulation = qtbot, context, simulation
        page = build(context)
        assert isinstance(page, ResidentsPage)
        self.page, self.tab = page, page.houses
        page.resize(1180, 640)
        page.show()
        page.activated()

    def until(self, wanted: object) -> None:
        assert callable(wanted)
        self.qtbot.waitUntil(wanted, timeout=DEADLINE_MS)

    def calm(self) -> None:
        lanes = self.context.lanes
        self.until(lambda: not (lanes.journal.busy or lanes.asking))

    def houses(self) -> None:
        self.page.function_key(2)
        self.calm()

    def choose_first(self) -> None:
        self.houses()
        item: QTreeWidgetItem = self.tab.tree.tree.topLevelItem(0)
        for _ in range(4):
            item.setExpanded(True)
            self.calm()
            item = item.child(0)
        self.tab.tree.tree.setCurrentItem(item)
        self.until(lambda: self.tab.debts.state.arrears is not None)
        self.until(lambda: bool(self.tab.owner.state.masked))
        self.calm()

    def prove(self) -> None:
        self.tab.owner_panel.send.click()
        self.until(lambda: self.tab.owner.state.check is Check.SENT)
        code = self.simulation.property.sim.sms(OWNER)[-1].code
        QTest.keyClicks(self.tab.owner_panel.code, code)
        QTest.keyClick(self.tab.owner_panel.code, Qt.Key.Key_Return)
        self.until(lambda: self.tab.people.state.detail is not None)
        self.calm()

    def close(self) -> None:
        """As the window does it; pytest-qt would delete the page before it is closed."""
        self.calm()
        self.page.close_page()
        self.calm()
        self.page.close()
        self.page.deleteLater()

    def seen(self) -> str:
        """Every text on the page that is in sight."""
        labels = cast("list[QLabel]", self.page.findChildren(QLabel))
        texts = [each.text() for each in labels if each.isVisible()]
        lists = (self.tab.household.members, self.tab.household.reviews)
        for shown in lists:
            if shown.isVisible():
                texts += [shown.item(row).text() for row in range(shown.count())]
        form = self.page.form
        return " ".join([*texts, form.name.text(), form.mobile.text()])


@pytest.fixture
def bench(qtbot: QtBot, ui_context: Context, simulation: Simulation) -> Iterator[Bench]:
    ui_context.session.set(CLERK)
    made = Bench(qtbot, ui_context, simulation)
    yield made
    made.close()


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    image = QImage(40, 40, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.darkCyan)
    path = tmp_path / "face.png"
    assert image.save(str(path))
    return path


def test_the_cards_come_first_and_f2_looks_for_a_house(bench: Bench) -> None:
    assert bench.page.form.isVisible()
    bench.houses()
    assert bench.tab.tree.isVisible()
    assert bench.tab.nothing.isVisible()
    assert bench.page.function_key(5)
    assert bench.page.form.isVisible()
    bench.houses()
    bench.page.show_waiting()
    assert bench.page.waiting.isVisible()


def test_a_chosen_house_shows_what_it_owes_and_the_masked_owner(bench: Bench) -> None:
    bench.choose_first()
    seen = bench.seen()
    assert FIRST in seen
    assert "256.50" in seen
    assert "138****0001" in bench.tab.owner_panel.send.text()
    assert OWNER not in seen
    assert "李四" not in seen
    assert not bench.tab.household.isVisible()
    bench.tab.money.payments.click()
    bench.calm()
    assert "120.00" in bench.seen()


def test_the_search_takes_the_best_by_enter_and_goes_on_to_the_owner(bench: Bench) -> None:
    house_tree.refresh_all(bench.context.desk, CLERK)
    bench.houses()
    QTest.keyClicks(bench.tab.tree.search, "jyl 2-2-603")
    assert bench.tab.tree.hits.isVisible()
    assert bench.tab.tree.hits.count() == 1
    QTest.keyClick(bench.tab.tree.search, Qt.Key.Key_Return)
    bench.calm()
    assert bench.tab.name.text() == "交运里2栋2单元6楼603号"
    QTest.keyClick(bench.tab.tree.search, Qt.Key.Key_Escape)
    assert bench.tab.tree.tree.isVisible()


def test_from_the_code_to_the_card_in_one_go(bench: Bench) -> None:
    bench.choose_first()
    bench.prove()
    assert OWNER in bench.seen()
    assert "李四" in bench.seen()
    bench.simulation.reader.put(UID)
    bench.tab.owner_panel.bind.click()
    form = bench.page.form
    assert (form.name.text(), form.mobile.text()) == ("张三", OWNER)
    assert "256.50" in form.house.text()
    bench.until(lambda: form.number.text() == UID)
    form.button.click()
    bench.until(lambda: bench.page.presenter.state.bound == 1)
    binding = bench.context.desk.journal.binding(UID)
    assert binding is not None
    assert bench.context.desk.journal.person(binding.person).mobile == OWNER
    assert form.name.text() == form.mobile.text() == ""
    assert not form.house.isVisible()


def test_a_member_gets_a_card_under_a_number_that_is_typed(bench: Bench) -> None:
    bench.choose_first()
    bench.prove()
    bench.tab.household.members.setCurrentRow(1)
    bench.tab.household.bind.click()
    form = bench.page.form
    assert (form.name.text(), form.mobile.text()) == ("李四", "")
    assert form.isVisible()


def test_leaving_the_page_hides_everybody(bench: Bench) -> None:
    bench.choose_first()
    bench.prove()
    bench.tab.owner_panel.bind.click()
    assert OWNER in bench.seen()
    bench.page.hide()
    bench.page.show()
    bench.page.activated()
    assert OWNER not in bench.seen()
    assert "张三" not in bench.seen()
    bench.houses()
    assert bench.tab.owner_panel.again.isVisible()
    assert not bench.tab.household.isVisible()
    bench.context.session.set(None)
    bench.context.session.set(CLERK)
    assert not bench.tab.owner_panel.again.isVisible()


def test_a_question_stands_before_somebody_is_taken_out(bench: Bench) -> None:
    bench.choose_first()
    bench.prove()
    bench.tab.household.members.setCurrentRow(3)
    bench.tab.household.unbind.click()
    assert bench.tab.ask.isVisible()
    assert "赵六" in bench.tab.ask.question.text()
    bench.tab.ask.no.click()
    assert not bench.tab.ask.isVisible()
    bench.tab.household.unbind.click()
    bench.tab.ask.yes.click()
    bench.until(lambda: bench.tab.household.members.count() == 3)
    assert "赵六" in bench.tab.verdict.text


def test_registering_a_resident_sends_and_keeps_nothing(bench: Bench, picture: Path) -> None:
    bench.choose_first()
    bench.tab.new.click()
    form = bench.tab.form
    assert form.isVisible()
    form.choose_file = lambda _: str(picture)
    form.read.click()
    bench.calm()
    assert form.texts_["name"].text() == "张三"
    assert form.choices["sex"].currentData() == "男"
    form.submit.click()
    assert form.fields["politics"].problem.isVisible()
    form.choices["politics"].setCurrentIndex(1)
    form.submit.click()
    assert form.fields["mobile"].problem.isVisible()
    assert not form.fields["politics"].problem.isVisible()
    for name, text in {"mobile": "13800000009", "job": "程序员", "company": "某公司"}.items():
        form.texts_[name].setText(text)
    form.submit.click()
    assert form.wrong_file.isVisible(), "there is no photo yet"
    form.photo.click()
    bench.calm()
    form.submit.click()
    assert form.no_consent.isVisible()
    sim = bench.simulation.property.sim
    before = len(sim.estate.records.reviews)
    assert not sim.estate.records.photos
    form.agreed.setChecked(True)
    form.submit.click()
    bench.until(lambda: bench.tab.register.state.sent == 1)
    assert len(sim.estate.records.reviews) == before + 1
    assert len(sim.estate.records.photos) == 1
    assert all(not editor.text() for editor in form.texts_.values())
    assert not form.agreed.isChecked()
    assert not bench.tab.register.state.photo
    rows = bench.context.desk.journal.history(HistoryFilter(kind=Kind.RESIDENT_FORM))
    assert [row.state for row in rows] == [State.DONE]


def test_a_form_of_unknown_fate_shows_what_the_platform_has(bench: Bench, picture: Path) -> None:
    bench.choose_first()
    bench.tab.new.click()
    form = bench.tab.form
    form.choose_file = lambda _: str(picture)
    form.read.click()
    bench.calm()
    form.photo.click()
    bench.calm()
    for name, text in {"mobile": "13800000009", "job": "程序员", "company": "某公司"}.items():
        form.texts_[name].setText(text)
    form.choices["politics"].setCurrentIndex(1)
    form.agreed.setChecked(True)
    bench.simulation.property.sim.inject("drop_after", "/api/v1/weapp/yibiaosanshi", times=1)
    form.submit.click()
    bench.until(lambda: bench.tab.register.state.handed_in is not None)
    said = bench.tab.register.state.said
    assert said is not None
    assert said.title == "houses.register_unknown"
    assert form.handed_in.isVisible()
    form.back.click()
    assert not form.texts_["name"].text(), "a form that is left is empty"


def test_a_file_that_is_no_picture_is_said(bench: Bench, tmp_path: Path) -> None:
    bench.choose_first()
    bench.tab.new.click()
    other = tmp_path / "letter.txt"
    other.write_text("not a picture", "utf-8")
    bench.tab.form.choose_file = lambda _: str(other)
    bench.tab.form.photo.click()
    bench.calm()
    assert bench.tab.form.wrong_file.isVisible()
    assert not bench.tab.register.state.photo


def test_offline_the_tree_says_so_and_stays(bench: Bench) -> None:
    bench.choose_first()
    bench.simulation.property.stop()
    bench.tab.tree.refresh.click()
    bench.calm()
    assert "离线" in bench.tab.tree.age.text()
    assert bench.tab.tree.tree.topLevelItemCount() == 2
    bench.simulation.property.start()
    bench.tab.tree.refresh.click()
    bench.calm()
    assert "离线" not in bench.tab.tree.age.text()


def test_fetching_all_is_shown_and_can_be_left(bench: Bench) -> None:
    bench.houses()
    bench.simulation.property.sim.inject("late", None, times=None, delay=0.02)
    bench.tab.tree.all.click()
    bench.until(lambda: bench.tab.fetch.state.done > 2)
    assert bench.tab.tree.progress.isVisible()
    bench.tab.tree.cancel.click()
    bench.until(lambda: not bench.tab.fetch.state.running)
    assert not bench.tab.tree.progress.isVisible()
    assert bench.tab.tree.verdict.isVisible()


def test_without_the_platform_the_tab_says_so(
    qtbot: QtBot, ui_context: Context, simulation: Simulation
) -> None:
    simulation.station.desk = replace(simulation.station.desk, property=None)
    bench = Bench(qtbot, ui_context, simulation)
    bench.houses()
    assert bench.tab.not_there.isVisible()
    bench.close()


def test_without_a_token_the_technician_is_named(
    qtbot: QtBot, ui_context: Context, simulation: Simulation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Secrets, "find", lambda _, name: None)
    simulation.property.sim.lose_tokens()
    bench = Bench(qtbot, ui_context, simulation)
    simulation.property.stop()
    bench.houses()
    assert bench.tab.no_token.isVisible()
    trouble = bench.tab.houses.state.trouble
    assert trouble is not None
    assert trouble.context["name"] == SecretName.PROPERTY_TOKEN.value
    bench.close()


@pytest.mark.parametrize("look", [Look.LIGHT, Look.DARK])
def test_both_languages_and_looks(bench: Bench, look: Look) -> None:
    bench.choose_first()
    bench.prove()
    bench.context.theme.choose(look)
    for language, wanted in (("en", "may manage members"), ("zh_CN", "可以管理成员")):
        bench.context.words.switch(language)
        assert wanted in bench.seen()
        assert not bench.page.grab().isNull()
    bench.tab.new.click()
    for language, wanted in (("en", "male"), ("zh_CN", "男")):
        bench.context.words.switch(language)
        assert bench.tab.form.choices["sex"].itemText(1) == wanted
