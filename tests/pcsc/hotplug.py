"""Announces and withdraws USB readers by umockdev. Runs under the system's Python, which has `gi`.

Started through `umockdev-wrapper`. Prints the testbed's folder, then obeys lines on stdin:
`add NUMBER PRODUCT` (product id in hex), `remove NUMBER`; answers each with `ok`. Ends with stdin.
"""

import sys

import gi  # type: ignore[import-not-found]

gi.require_version("UMockdev", "1.0")
from gi.repository import UMockdev  # type: ignore[import-not-found]  # noqa: E402

VENDOR = "0ffe"


def main() -> None:
    testbed = UMockdev.Testbed.new()
    plugged: dict[str, tuple[str, str]] = {}
    print(testbed.get_root_dir(), flush=True)
    for line in sys.stdin:
        verb, number, *rest = line.split()
        if verb == "add":
            plugged[number] = add(testbed, number, rest[0])
            testbed.uevent(plugged[number][1], "add")
        else:
            device, interface = plugged.pop(number)
            for path in (interface, device):
                testbed.uevent(path, "remove")
                testbed.remove_device(path)
        print("ok", flush=True)


def add(testbed: "UMockdev.Testbed", number: str, product: str) -> tuple[str, str]:
    """A USB device with one smart-card interface (class 0B); their paths."""
    attributes = ["idVendor", VENDOR, "idProduct", product, "busnum", "1", "devnum", number]
    node = f"/dev/bus/usb/001/{int(number):03d}"
    device = testbed.add_device(
        "usb",
        f"usb1-{number}",
        None,
        [*attributes, "serial", f"RD{number}"],
        ["DEVTYPE", "usb_device", "DEVNAME", node, "SUBSYSTEM", "usb"],
    )
    interface = testbed.add_device(
        "usb",
        f"usb1-{number}:1.0",
        device,
        ["bInterfaceNumber", "00", "bInterfaceClass", "0b"],
        ["DEVTYPE", "usb_interface", "SUBSYSTEM", "usb"],
    )
    return device, interface


if __name__ == "__main__":
    main()
