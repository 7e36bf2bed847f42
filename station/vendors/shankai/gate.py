"""`ShankaiGate`: one community's gates as the workflows see them (`ports.Gate`)."""

from station.domain.person import Person
from station.ports import GateCard
from station.vendors.shankai.client import Shankai


class ShankaiGate:
    """Shankai 5-7 for one community. All three may be repeated; errors are those of `Shankai`."""

    def __init__(self, client: Shankai, org_id: str) -> None:
        self._client = client
        self._org_id = org_id

    def set_card(self, person: Person, uid: str) -> None:
        """Bind the card to the resident; again is harmless."""
        self._client.set_card_no(self._org_id, person.mobile, person.name, uid)

    def get_card(self, person: Person) -> GateCard:
        """The resident's number; allocates one where there is none, so never a poll or a check."""
        return self._client.get_card_no(self._org_id, person.mobile, person.name)

    def remove_user(self, mobile: str) -> None:
        """Take the resident's card back."""
        self._client.del_user(self._org_id, mobile)
