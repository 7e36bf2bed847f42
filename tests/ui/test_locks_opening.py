"""门锁: doors opened from afar, faces and fingerprints sent; nothing of them stays on the desk."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from station.compose.demo import Simulation
from station.domain.credential import CredentialKind
from station.domain.operation import Kind
from station.errors import Code
from station.ports import HistoryFilter
from tests.ui.locks_rig import FACE, NETWORKED, ROOM, TEMPLATE, LockBench, lock_bench
from ui.context import Context
from ui.presenters.lock_give import read_file
from ui.presenters.said import Tone


@pytest.fixture
def bench(qtbot: QtBot, ui_context: Context, simulation: Simulation) -> Iterator[LockBench]:
    with lock_bench(qtbot, ui_context, simulation) as made:
        yield made


# remote opening


def test_a_door_is_opened_once_after_a_reason_and_a_question(bench: LockBench) -> None:
    bench.choose()
    bench.page.room.show_tab("open")
    form = bench.page.room.open_form
    assert form is not None
    form.send()
    assert form.reason.field.problem.isVisible()
    form.reason.editor.setText("客人忘带卡")
    form.send()
    assert bench.calls("GatewayOpen") == 0
    bench.page.ask.yes.click()
    bench.until(lambda: bench.said == "opened")
    bench.calm()
    assert bench.calls("GatewayOpen") == 1
    [row] = bench.context.desk.journal.history(HistoryFilter(kind=Kind.REMOTE_OPEN))
    assert row.reason == "客人忘带卡"
    assert bench.page.room.opening.state.reasons == ("客人忘带卡",)
    assert [button.text() for button in form.reason._buttons] == ["客人忘带卡"]
    form.reason._buttons[0].click()
    assert form.reason.text == "客人忘带卡"


def test_nobody_knows_whether_it_opened(bench: LockBench) -> None:
    bench.choose()
    bench.lost("GatewayOpen")
    bench.page.room.opening.open(bench.room(), "客人忘带卡")
    bench.page.news.agree()
    bench.until(lambda: bench.said == "maybe_opened")
    said = bench.page.news.state.said
    assert said is not None
    assert said.tone is Tone.WARN
    assert bench.calls("GatewayOpen") == 1


def test_a_networked_lock_is_opened_through_its_cloud(bench: LockBench) -> None:
    bench.choose(NETWORKED)
    bench.page.room.opening.open(bench.room(NETWORKED), "客人忘带卡")
    bench.page.news.agree()
    bench.until(lambda: bench.said == "opened")
    assert bench.calls("GatewayOpen") == 0


# faces and fingerprints


def test_a_face_is_sent_only_with_consent_and_nothing_of_it_stays(
    bench: LockBench, tmp_path: Path
) -> None:
    path = tmp_path / "face.png"
    path.write_bytes(FACE)
    bench.choose()
    form = bench.page.room.bio_form
    assert form is not None
    form.file.choose = lambda *_: str(path)
    form.file.button.click()
    bench.until(lambda: bench.page.room.biometric.state.chosen is not None)
    assert not bench.page.room.biometric.thumbnail.isNull()
    assert not form.go.isEnabled()
    form.agreed.setChecked(True)
    form.go.click()
    bench.until(lambda: bench.said == "given")
    bench.calm()
    assert bench.simulation.world.try_face(ROOM, FACE).opened
    assert (bench.page.room.biometric.loaded, form.agreed.isChecked()) == (b"", False)
    kept = b"".join(
        each.read_bytes()
        for each in bench.simulation.station.home.root.rglob("*")
        if each.is_file() and "world" not in each.name
    )
    assert FACE[-60:] not in kept


def test_a_fingerprint_comes_from_hex_or_bytes(bench: LockBench, tmp_path: Path) -> None:
    for name, data in (("f.hex", TEMPLATE.hex("-").encode()), ("f.bin", TEMPLATE)):
        path = tmp_path / name
        path.write_bytes(data)
        assert read_file(CredentialKind.FINGERPRINT, path).data == TEMPLATE
    bench.choose()
    form = bench.page.room.bio_form
    assert form is not None
    form.kinds[CredentialKind.FINGERPRINT].setChecked(True)
    form.file.picked.emit(str(tmp_path / "f.hex"))
    bench.until(lambda: bench.page.room.biometric.state.chosen is not None)
    form.agreed.setChecked(True)
    form.go.click()
    bench.until(lambda: bench.said == "given")
    assert bench.simulation.world.try_fingerprint(ROOM, TEMPLATE.hex("-")).opened


@pytest.mark.parametrize(
    ("kind", "name", "data", "code"),
    [
        (CredentialKind.FACE, "a.png", b"GIF89a", Code.PICTURE_MALFORMED),
        (CredentialKind.FACE, "a.jpg", b"", Code.PICTURE_MALFORMED),
        (CredentialKind.FINGERPRINT, "a.hex", b"xyz", Code.TEMPLATE_MALFORMED),
        (CredentialKind.FINGERPRINT, "a.bin", b"", Code.TEMPLATE_MALFORMED),
        (CredentialKind.FINGERPRINT, "a.bin", b"x" * 5000, Code.TEMPLATE_MALFORMED),
        (CredentialKind.FACE, "missing.png", None, Code.FILE_UNREADABLE),
    ],
)
def test_a_file_that_is_none_is_refused_before_anything_is_sent(
    bench: LockBench,
    tmp_path: Path,
    kind: CredentialKind,
    name: str,
    data: bytes | None,
    code: Code,
) -> None:
    path = tmp_path / name
    if data is not None:
        path.write_bytes(data)
    give = bench.page.room.biometric
    give.load(kind, path)
    bench.until(lambda: give.state.problem is not None)
    assert give.state.problem is not None
    assert give.state.problem.code is code
    assert (give.state.chosen, give.loaded) == (None, b"")
