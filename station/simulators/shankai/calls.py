"""The nine calls of the Shankai document, one small function each."""

from station.simulators.shankai.cloud import Organization, User
from station.simulators.shankai.endpoint import Endpoint, Service
from station.simulators.shankai.fields import CallRefusedError, Fields, Refusal
from station.simulators.shankai.switches import CardNoForm

Data = dict[str, object] | None


def get_access_token(service: Service, fields: Fields) -> Data:
    """Appendix 1."""
    given = fields.optional("app_id"), fields.optional("secret")
    if given != (service.app_id, service.secret):
        raise CallRefusedError(Refusal.CREDENTIALS)
    switches = service.switches
    life = switches.token_life or switches.expires_in
    token = service.cloud.new_token(life, only=switches.new_token_ends_old)
    return {"access_token": token, "expires_in": switches.expires_in}


def create_organization(service: Service, fields: Fields) -> Data:
    """Section 1."""
    name, ic_mode = fields.text("name"), fields.ic_mode()
    address, contact = fields.optional("address"), fields.optional("contact")
    if service.cloud.named(name) is not None:
        raise CallRefusedError(Refusal.REGISTERED)
    organization = service.cloud.add_organization(name, ic_mode=ic_mode)
    organization.address, organization.contact = address or "", contact or ""
    service.cloud.changed()
    return {"org_id": organization.org_id}


def get_organization(service: Service, fields: Fields) -> Data:
    """Section 2: by name; without one (it is optional) the first that was registered."""
    name = fields.optional("name")
    if name is None:
        found = next(iter(service.cloud.organizations.values()), None)
    else:
        found = service.cloud.named(name)
    if found is None:
        raise CallRefusedError(Refusal.NO_ORGANIZATION)
    return {"org_id": found.org_id}


def update_organization(service: Service, fields: Fields) -> Data:
    """Section 3: name and mode are set, the optional fields where they are given."""
    organization = _organization(service, fields)
    name, ic_mode = fields.text("name"), fields.ic_mode()
    optional = {
        key: value
        for key in ("city", "district", "address", "contact")
        if (value := fields.optional(key)) is not None
    }
    if service.cloud.named(name) not in (None, organization):
        raise CallRefusedError(Refusal.REGISTERED)
    organization.name, organization.ic_mode = name, ic_mode
    for key, value in optional.items():
        setattr(organization, key, value)
    service.cloud.changed()
    return None


def del_organization(service: Service, fields: Fields) -> Data:
    """Section 4: the community, its users and its administrators."""
    org_id = _organization(service, fields).org_id
    cloud = service.cloud
    del cloud.organizations[org_id]
    cloud.admins = {login: where for login, where in cloud.admins.items() if where != org_id}
    cloud.changed()
    return None


def set_card_no(service: Service, fields: Fields) -> Data:
    """Section 5: IC mode only; one card for each mobile number, setting again replaces it."""
    organization = _organization(service, fields)
    mobile, name = fields.text("mobile"), fields.text("name")
    card_no = fields.card_no(service.switches.hex_limit)
    if not organization.ic_mode:
        raise CallRefusedError(Refusal.ID_MODE)
    _check_permission(organization, mobile)
    user = organization.users.get(mobile)
    if user is None:
        if not service.switches.set_creates_user:
            raise CallRefusedError(Refusal.NO_USER)
        user = organization.users[mobile] = User(mobile)
    user.name, user.card_no = name, card_no
    service.cloud.changed()
    return None


def get_card_no(service: Service, fields: Fields) -> Data:
    """Section 6: gives a number out when there is none; in ID mode it adds an unknown user."""
    organization = _organization(service, fields)
    mobile, name = fields.text("mobile"), fields.optional("name")
    _check_permission(organization, mobile)
    user = organization.users.get(mobile)
    if user is None:
        if organization.ic_mode:
            raise CallRefusedError(Refusal.NO_USER)
        user = organization.users[mobile] = User(mobile, name or "")
    is_new = user.card_no is None
    card_no = user.card_no = user.card_no or service.cloud.allocate()
    if is_new:
        service.cloud.changed()
    shown: object = int(card_no, 16)
    if service.switches.card_no is CardNoForm.HEX:
        shown = "0x" + card_no
    return {"card_no": shown, "is_new": "true" if is_new else "false"}


def del_user(service: Service, fields: Fields) -> Data:
    """Section 7: takes the card back."""
    organization = _organization(service, fields)
    mobile = fields.text("mobile")
    _check_permission(organization, mobile)
    user = organization.users.get(mobile)
    if user is None:
        raise CallRefusedError(Refusal.NO_USER)
    user.card_no = None
    if service.switches.del_removes_user:
        del organization.users[mobile]
    service.cloud.changed()
    return None


def set_admin_user(service: Service, fields: Fields) -> Data:
    """Section 8: a login exists once in the whole cloud."""
    organization = _organization(service, fields)
    login = fields.text("login")
    fields.text("pass")
    if login in service.cloud.admins:
        raise CallRefusedError(Refusal.ACCOUNT)
    service.cloud.admins[login] = organization.org_id
    service.cloud.changed()
    return None


ENDPOINTS = (
    Endpoint("create_organization", create_organization),
    Endpoint("get_organization", get_organization),
    Endpoint("update_organization", update_organization),
    Endpoint("del_organization", del_organization),
    Endpoint("set_card_no", set_card_no),
    Endpoint("get_card_no", get_card_no),
    Endpoint("del_user", del_user),
    Endpoint("set_admin_user", set_admin_user),
    Endpoint("get_access_token", get_access_token, method="GET", needs_token=False),
)


def _organization(service: Service, fields: Fields) -> Organization:
    found = service.cloud.organizations.get(fields.text("org_id"))
    if found is None:
        raise CallRefusedError(Refusal.NO_ORGANIZATION)
    return found


def _check_permission(organization: Organization, mobile: str) -> None:
    if mobile in organization.denied:
        raise CallRefusedError(Refusal.NO_PERMISSION)
