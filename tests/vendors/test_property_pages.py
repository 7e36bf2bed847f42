"""Orders and bills page by page: lazily, each once, and never for ever."""

from contextlib import closing
from itertools import islice
from typing import Any

import pytest

from station.errors import Code, Unreachable
from tests.vendors.property_server import Platform, client, sent_fields
from tests.vendors.servers import Line, RawServer, Seen, says


def row(number: int) -> dict[str, object]:
    return {"id": number, "title": "水费", "amount": "1", "paied": "未付款", "status": "进行中"}


class Book:
    """A list of orders in pages; `text` writes the page numbers as text."""

    def __init__(self, count: int, *, text: bool = False) -> None:
        self.numbers = list(range(count, 0, -1))
        self.text = text

    def __call__(self, line: Line, seen: Seen) -> None:
        asked = sent_fields(seen)
        size, page = asked["per_page"], asked["page"]
        last = max(1, -(-len(self.numbers) // size))
        form = str if self.text else int
        pages = {"current_page": form(page), "last_page": form(last), "total": len(self.numbers)}
        rows = self.numbers[(page - 1) * size : page * size]
        says({"code": 0, "data": [row(number) for number in rows], "pages": pages})(line, seen)


@pytest.mark.parametrize("text", [False, True])
@pytest.mark.parametrize(("count", "pages"), [(0, 1), (1, 1), (10, 1), (11, 2), (25, 3)])
def test_all_pages_are_followed(count: int, pages: int, text: bool) -> None:
    with RawServer(Book(count, text=text)) as server, closing(client(server.url)) as api:
        found = [int(order.id) for order in api.orders(per_page=10)]
        assert found == list(range(count, 0, -1))
        assert [sent_fields(seen)["page"] for seen in server.seen] == list(range(1, pages + 1))


def test_a_page_is_asked_for_when_it_is_reached() -> None:
    with RawServer(Book(100)) as server, closing(client(server.url)) as api:
        orders = api.orders(per_page=10)
        assert server.seen == []
        assert len(list(islice(orders, 10))) == 10
        assert len(server.seen) == 1
        next(orders)
        assert len(server.seen) == 2


def test_what_is_pushed_onto_the_next_page_comes_once() -> None:
    book = Book(10)
    with RawServer(book) as server, closing(client(server.url)) as api:
        orders = api.orders(per_page=5)
        found = [next(orders).id for _ in range(5)]
        book.numbers.insert(0, 11)
        found += [order.id for order in orders]
    assert found == [str(number) for number in range(10, 0, -1)]


def test_a_list_without_end_has_a_bound() -> None:
    with RawServer(Book(1000)) as server, closing(client(server.url)) as api:
        orders = api.orders(per_page=10, max_pages=3)
        assert len(list(islice(orders, 30))) == 30
        with pytest.raises(Unreachable) as info:
            next(orders)
        assert info.value.code is Code.REPLY_TOO_LARGE
        assert len(server.seen) == 3


@pytest.mark.parametrize(
    ("pages", "rows", "calls"),
    [
        (None, 2, 1),
        ([], 2, 1),
        ({}, 2, 1),
        ({"current_page": 1, "last_page": 9}, 0, 1),
        ({"last_page": 1}, 1, 1),
    ],
)
def test_pages_that_say_little(pages: object, rows: int, calls: int) -> None:
    reply = {"code": 0, "data": [row(number) for number in range(rows)], "pages": pages}
    with RawServer(Platform({"POST orders/list": reply})) as server:
        with closing(client(server.url)) as api:
            assert len(list(api.orders())) == rows
        assert len(server.seen) == calls


@pytest.mark.parametrize(
    "pages",
    [
        {"current_page": 1, "last_page": 3},
        {"current_page": "x"},
        {"current_page": 1.5},
        {"current_page": 2, "last_page": 2},
        {"current_page": 1, "last_page": []},
        "x",
    ],
)
def test_a_platform_that_does_not_turn_its_pages(pages: Any) -> None:
    """The first page over and over would make arrears without end."""
    reply = {"code": 0, "data": [row(1)], "pages": pages}
    with RawServer(Platform({"POST orders/list": reply})) as server:
        with closing(client(server.url)) as api, pytest.raises(Unreachable) as info:
            list(api.orders())
        assert info.value.code is Code.REPLY_SHAPE
        assert len(server.seen) <= 2


def test_filters_are_sent_with_every_page() -> None:
    with RawServer(Book(11)) as server, closing(client(server.url)) as api:
        list(api.orders(paid=False, title="水费", house_id="5", per_page=10))
        for seen in server.seen:
            asked = sent_fields(seen)
            assert (asked["paied"], asked["title"], asked["house_id"]) == (0, "水费", 5)
