"""The Shankai simulator's insides under `/_sim/…`: communities, permissions, tokens."""

from dataclasses import asdict
from typing import TYPE_CHECKING

from flask import Blueprint, request

from station.simulators.base import json_object
from station.simulators.control import answering, control_blueprint, text_field

if TYPE_CHECKING:
    from station.simulators.shankai.sim import ShankaiSim


def shankai_control(sim: "ShankaiSim") -> Blueprint:
    """All control routes of the Shankai simulator."""
    routes = control_blueprint(sim)
    cloud = sim.cloud

    @routes.get("/organizations")
    @answering
    def _organizations() -> object:
        with cloud.lock:
            return [
                asdict(each) | {"denied": sorted(each.denied)}
                for each in cloud.organizations.values()
            ]

    @routes.post("/organizations")
    @answering
    def _add() -> object:
        values = json_object(request)
        added = cloud.add_organization(
            text_field(values, "name"), ic_mode=values.get("ic_id_mode", "1") == "1"
        )
        return {"org_id": added.org_id}

    @routes.post("/organizations/<org_id>/denied")
    @answering
    def _deny(org_id: str) -> object:
        values = json_object(request)
        cloud.deny(org_id, text_field(values, "mobile"), denied=values.get("denied") is not False)
        with cloud.lock:
            return sorted(cloud.organizations[org_id].denied)

    @routes.delete("/tokens")
    @answering
    def _expire() -> object:
        sim.expire_tokens()
        return {}

    return routes
