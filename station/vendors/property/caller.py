"""What the subjects of the platform share: its address, its token, and one repeat for the token."""

from functools import partial
from typing import TypeVar

from station.errors import StationError
from station.vendors._http import Api, Body, Endpoint, Fields, File
from station.vendors.property import wire
from station.vendors.property.token import TokenKeeper

Reply = TypeVar("Reply")


class Caller:
    """Base of each subject. A call that its token kept from being executed is repeated once."""

    def __init__(self, api: Api, tokens: TokenKeeper, body: Body) -> None:
        self._api = api
        self._tokens = tokens
        self._body = body

    def _send(
        self,
        endpoint: Endpoint[Reply],
        fields: Fields | None = None,
        *,
        bearer: str = "",
        file: File | None = None,
    ) -> Reply:
        """A call as it is. Of a DELETE the address says the fields too: its body is often lost."""
        query = {name: str(value) for name, value in (fields or {}).items()}
        return self._api.call(
            endpoint,
            fields,
            query=query if endpoint.method == "DELETE" else None,
            body=self._body,
            bearer=bearer,
            file=file,
        )

    def _call(
        self,
        endpoint: Endpoint[Reply],
        fields: Fields | None = None,
        *,
        file: File | None = None,
    ) -> Reply:
        """A call with the token. Raises as `_http` says; SECRET_MISSING, PROPERTY_TOKEN_LOST."""
        send = partial(self._send, endpoint, fields, file=file)
        token = self._tokens.get()
        try:
            return send(bearer=token)
        except StationError as error:
            if not wire.about_token(error):
                raise
            refused = error
        if wire.only_hinted(refused) and self._tokens.is_new(token):
            raise wire.settled(refused)
        fresh = self._tokens.get(refused=token)
        try:
            return send(bearer=fresh)
        except StationError as error:
            if not wire.about_token(error):
                raise
            refused = error
        raise wire.settled(refused)

    def _bare(self, endpoint: Endpoint[Reply], fields: Fields | None = None) -> Reply:
        """A call whose paragraph asks for no token; with one where the platform wants it yet."""
        try:
            return self._send(endpoint, fields)
        except StationError as error:
            if not wire.about_token(error):
                raise
        return self._call(endpoint, fields)
