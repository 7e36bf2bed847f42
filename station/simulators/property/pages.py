"""One page of a list and its `pages`, as 4.1.1 and 4.1.2 show them."""

from station.simulators.property.endpoint import Asked, Service
from station.simulators.property.switches import PageForm

_PER_PAGE = 15  # the examples'
_MOST = 1_000_000_000
_TABLE = ("current_page", "from", "last_page", "path", "per_page", "to", "total")


def one_page(
    service: Service, asked: Asked, rows: list[dict[str, object]], *, of_bills: bool = False
) -> dict[str, object]:
    """`data` and `pages` of the page that was asked for; a page behind the last is empty."""
    form = service.switches.pages
    if form is PageForm.NONE:
        return {"data": rows}
    fields = asked.fields
    size = _PER_PAGE if fields.optional("per_page") is None else fields.whole("per_page", 1, _MOST)
    page = 1 if fields.optional("page") is None else fields.whole("page", 1, _MOST)
    start = (page - 1) * size
    shown = rows[start : start + size]
    path = asked.address
    if of_bills and service.switches.bill_addresses:
        path = path.replace("/payments/list", "/orders/list")
    last = max(1, -(-len(rows) // size))
    pages: dict[str, object] = {
        "current_page": page,
        "first_page_url": f"{path}?page=1",
        "from": start + 1 if shown else None,
        "last_page": last,
        "last_page_url": f"{path}?page={last}",
        "next_page_url": f"{path}?page={page + 1}" if page < last else None,
        "path": path,
        "per_page": size,
        "prev_page_url": f"{path}?page={page - 1}" if page > 1 else None,
        "to": start + len(shown) if shown else None,
        "total": len(rows),
    }
    if form is not PageForm.EXAMPLE:
        pages = {name: pages[name] for name in _TABLE}
    if form is PageForm.STRING:
        pages = {
            name: str(value) if isinstance(value, int) else value for name, value in pages.items()
        }
    return {"data": shown, "pages": pages}
