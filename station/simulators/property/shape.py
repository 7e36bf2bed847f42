"""From an answer to its JSON: how the switches write codes, ids and optional fields."""

from station.simulators.property.endpoint import Endpoint
from station.simulators.property.sentences import LOST_TOKEN, Answer
from station.simulators.property.switches import (
    ExpiryWritten,
    LostToken,
    OptionalForm,
    Switches,
    Written,
)

_IDS = frozenset(
    {
        "id",
        "house_id",
        "shenhe_id",
        "building_id",
        "unit_id",
        "floor_id",
        "community_identifier",
        "building_number",
        "unit_number",
        "floor_number",
        "house_number",
    }
)


def shape(answer: Answer, endpoint: Endpoint, switches: Switches) -> dict[str, object]:
    """The reply's object. Refusals have `code` in quotes, as every example of one has."""
    code, expired = endpoint.code, endpoint.expired
    if answer.code:
        code, expired = Written.STRING, endpoint.refused_expired
    if answer.plain:
        code, expired = Written.NUMBER, None
    number = answer.code
    if answer is LOST_TOKEN:
        number = 1 if switches.lost_token is LostToken.FLAG else number
        expired = None if switches.lost_token is LostToken.CODE else Written.STRING
    reply: dict[str, object] = {"code": _written(number, switches.code, code)}
    if expired is not None and switches.token_expired is not ExpiryWritten.MISSING:
        wanted = Written(switches.token_expired.value)
        reply["token_expired"] = _written(answer.expired, wanted, expired)
    reply["msg"] = answer.msg
    for name, value in answer.body.items():
        reply[name] = _deep(value, name, endpoint.optional, switches)
    if endpoint.optional and switches.optional is not OptionalForm.EXAMPLE:
        reply = _without(reply, endpoint.optional, switches.optional)
    if answer.message is not None:
        reply["message"] = answer.message
    return reply


def _written(number: int, wanted: Written, example: Written) -> object:
    form = example if wanted is Written.EXAMPLE else wanted
    return str(number) if form is Written.STRING else number


def _deep(value: object, name: str, optional: frozenset[str], switches: Switches) -> object:
    if isinstance(value, dict):
        found = {key: _deep(each, key, optional, switches) for key, each in value.items()}
        return _without(found, optional, switches.optional)
    if isinstance(value, list):
        return [_deep(each, name, optional, switches) for each in value]
    if name not in _IDS or switches.ids is Written.EXAMPLE:
        return value
    if switches.ids is Written.STRING:
        return str(value)
    return int(str(value))


def _without(
    values: dict[str, object], optional: frozenset[str], form: OptionalForm
) -> dict[str, object]:
    if form is OptionalForm.MISSING:
        return {name: value for name, value in values.items() if name not in optional}
    if form is OptionalForm.NULL:
        return {name: None if name in optional else value for name, value in values.items()}
    return values
