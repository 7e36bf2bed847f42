"""A signature for demonstrations; the vendor's own is not public and is given to each integrator.

HMAC-SHA256 in lower-case hex, with a key that is no secret, over `name=value` of every field
but `sign` and `img_code`, sorted by name and joined by `&`. No real cloud accepts it.

As a command it reads the fields as JSON on standard input and prints the signature:
`python -m station.simulators.kexin.demo_signer`.
"""

import hashlib
import hmac
import json
import sys
from collections.abc import Mapping

DEMO_KEY = "kexin-demonstration"
_LEFT_OUT = frozenset({"sign", "img_code"})


def sign(fields: Mapping[str, object], key: str = DEMO_KEY) -> str:
    """The demonstration's signature over a request's fields."""
    parts = (f"{name}={fields[name]}" for name in sorted(fields) if name not in _LEFT_OUT)
    return hmac.new(key.encode(), "&".join(parts).encode(), hashlib.sha256).hexdigest()


def main() -> int:
    """Sign what comes on standard input; 2 for anything but a JSON object."""
    try:
        fields = json.loads(sys.stdin.buffer.read())
    except ValueError:
        fields = None
    if not isinstance(fields, dict):
        sys.stderr.write("a JSON object expected on standard input\n")
        return 2
    sys.stdout.write(sign(fields) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
