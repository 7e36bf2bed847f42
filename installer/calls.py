"""Write `station/vendors/CALLS.md`: every documented call, and the way from it to its user.

`python -m installer.calls` makes it anew from the endpoints in `station/vendors/*/`, the methods
that use them, and `calls_used.py`; with `--check` it only says whether the file is up to date.
"""

import ast
import inspect
import pkgutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import ModuleType

from installer.calls_used import USED, Used
from station.vendors._http import Endpoint

ROOT = Path(__file__).parents[1]
TARGET = ROOT / "station" / "vendors" / "CALLS.md"
TITLES = {
    "door_lock": "Door-lock platform",
    "shankai": "Shankai access cloud",
    "kexin": "Kexin lock cloud",
    "property": "Property platform",
}
HEADS = ("paper", "call", "path", "client", "workflow", "command", "page")
HEADER = """\
# From each vendor call to whoever uses it

Made by `python -m installer.calls`; not edited by hand. A call without a workflow is not for a desk
at work: it is in the client, and tried against the simulator.
"""


@dataclass(frozen=True, slots=True)
class Declared:
    """A call as the code declares it: its endpoint, and the methods that make it."""

    endpoint: Endpoint[object]
    methods: tuple[str, ...]


def vendors() -> list[str]:
    """The vendors' packages."""
    package = import_module("station.vendors")
    return [found.name for found in pkgutil.iter_modules(package.__path__) if found.ispkg]


def declared(vendor: str) -> dict[str, Declared]:
    """Every endpoint constant of a vendor's package, by its call."""
    modules = list(_modules(vendor))
    users = _users(vendor, modules)
    found: dict[str, Declared] = {}
    for module in modules:
        for name, value in vars(module).items():
            for endpoint in value.values() if isinstance(value, dict) else [value]:
                if isinstance(endpoint, Endpoint):
                    methods = users.get(name, ())
                    before = found.get(endpoint.call)
                    if before is not None and before.methods != methods:
                        raise ValueError(f"{vendor}: two constants for {endpoint.call}")
                    found[endpoint.call] = Declared(endpoint, methods)
    return found


def render() -> str:
    """The whole file. Raises KeyError for a call that `calls_used.py` does not know."""
    parts = [HEADER]
    for vendor, title in TITLES.items():
        known = declared(vendor)
        missing = sorted(set(known) - set(USED[vendor]))
        if missing:
            raise KeyError(f"{vendor}: not in installer/calls_used.py: {', '.join(missing)}")
        parts.append(f"\n## {title} ({len(known)} calls)\n\n{_line(HEADS)}{_line(['---'] * 7)}")
        parts += [_line(_cells(known[call], used)) for call, used in USED[vendor].items()]
    return "".join(parts)


def _modules(vendor: str) -> Iterator[ModuleType]:
    package = import_module(f"station.vendors.{vendor}")
    for found in pkgutil.iter_modules(package.__path__):
        yield import_module(f"{package.__name__}.{found.name}")


def _users(vendor: str, modules: list[ModuleType]) -> dict[str, tuple[str, ...]]:
    """Which functions name a constant, by its name: methods as `Client.method`."""
    exported = [
        value
        for value in vars(import_module(f"station.vendors.{vendor}")).values()
        if inspect.isclass(value)
    ]
    found: dict[str, list[str]] = {}
    for module in modules:
        for owner, function in _functions(ast.parse(inspect.getsource(module))):
            label = f"{_client(module, owner, exported)}.{function.name}"
            for name in {_named(module, node) for node in ast.walk(function)}:
                found.setdefault(name, []).append(label)
    return {name: tuple(labels) for name, labels in found.items()}


def _named(module: ModuleType, node: ast.AST) -> str:
    """`NAME`, or `module.NAME`; not an attribute of anything else."""
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        return node.attr if inspect.ismodule(vars(module).get(node.value.id)) else ""
    return node.id if isinstance(node, ast.Name) else ""


def _functions(tree: ast.Module) -> Iterator[tuple[str, ast.FunctionDef]]:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            yield "", node
        if isinstance(node, ast.ClassDef):
            inner = (each for each in node.body if isinstance(each, ast.FunctionDef))
            yield from ((node.name, each) for each in inner)


def _client(module: ModuleType, owner: str, exported: list[type]) -> str:
    """The class that others see: a part of a client counts as the client."""
    if not owner:
        return module.__name__.rpartition(".")[2]
    cls = getattr(module, owner)
    return next((each.__name__ for each in exported if cls in each.__mro__), owner)


def _cells(call: Declared, used: Used) -> list[str]:
    methods = ", ".join(f"`{name}`" for name in call.methods)
    workflows = ", ".join(f"`{name}`" for name in used.workflows)
    commands = ", ".join(f"`{name}`" for name in used.commands)
    path = f"{call.endpoint.method} {call.endpoint.path}"
    pages = ", ".join(used.pages)
    return [used.paragraph, call.endpoint.call, f"`{path}`", methods, workflows, commands, pages]


def _line(cells: list[str] | tuple[str, ...]) -> str:
    return f"| {' | '.join(cell or '–' for cell in cells)} |\n"


def main() -> int:
    """Write the file, or check it."""
    made = render()
    if "--check" in sys.argv[1:]:
        fits = TARGET.is_file() and TARGET.read_text("utf-8") == made
        if not fits:
            print(f"{TARGET.relative_to(ROOT)} is old: python -m installer.calls")
        return 0 if fits else 1
    TARGET.write_text(made, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
