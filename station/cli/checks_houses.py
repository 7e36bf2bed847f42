"""The doctor's checks of the property platform: reachable, its token, how old the houses are."""

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING

from station.cli.findings import Finding, Health, Patient
from station.compose import site_of, vendors
from station.secrets import SecretName
from station.workflows import house_tree
from station.workflows.desk import Desk

if TYPE_CHECKING:
    from station.journal import Store


def platform(patient: Patient) -> Finding:
    """Whether the platform answers, knows the site's community, and takes the token."""
    client = vendors.open_property(patient.home, patient.settings, patient.secrets)
    part = patient.settings.property
    if client is None or part is None:
        return patient.not_set_up("property")
    with closing(client):
        known = {community.id for community in client.communities()}
        if patient.secrets.find(SecretName.PROPERTY_TOKEN) is None:
            return patient.finding("property", Health.WARNING, "property_no_token")
        client.permissions()
        until = client.token_good_until
    if part.community_id and part.community_id not in known:
        facts = {"community_id": part.community_id}
        return patient.finding("property", Health.WARNING, "property_no_community", **facts)
    at = patient.clock.to_local(until).replace(microsecond=0) if until is not None else ""
    return patient.finding("property", Health.OK, "property", count=len(known), until=at)


def of_journal(patient: Patient, store: "Store") -> Iterator[Finding]:
    """How many houses the desk knows, and since when."""
    part = patient.settings.property
    if part is None:
        return
    desk = Desk(journal=store, clock=patient.clock, site=site_of(patient.settings))
    since, count = house_tree.kept_since(desk), len(house_tree.all_houses(desk))
    if since is None or not count:
        yield patient.finding("houses", Health.WARNING, "houses_none")
        return
    old = patient.clock.utc() - since > timedelta(hours=part.houses_max_age_hours)
    key, state = ("houses_old", Health.WARNING) if old else ("houses", Health.OK)
    at = patient.clock.to_local(since).replace(microsecond=0)
    yield patient.finding("houses", state, key, count=count, at=at)
