"""The chapters in their order: each leaves the machine as the next one expects it."""

from installer.lifecycle import data, places, removal, settings, trust, unattended, upgrade
from installer.lifecycle.life import Life
from installer.windows.signing import Certificate


def every_chapter(life: Life, certificate: Certificate | None) -> None:
    """From an empty machine to an empty machine, with the real program's data in between."""
    setup_chapters(life, certificate, data.Desk(life))


def setup_chapters(life: Life, certificate: Certificate | None, desk: data.Desk | None) -> None:
    """Every check. Without a desk the programs are stand-ins: all but their work is checked."""
    settings.refused_and_nothing_left(life)
    unattended.install(life)
    settings.taken_along(life, desk)
    if desk is not None:
        desk.work()
    upgrade.refused_while_running(life)
    upgrade.cut_short(life)
    upgrade.carried_out(life)
    if desk is not None:
        desk.checked_after_upgrade()
    settings.kept(life)
    upgrade.downgrade_refused(life)
    trust.signatures(life, certificate)
    removal.data_kept(life)
    places.folders(life)
    removal.purged(life)
    unattended.unsupported(life)
