"""Known holes in the pinned dependencies, by pip-audit: run by `make check`.

The list of holes lies with a service on the network. Where that cannot be reached nothing was
audited; that is said plainly and is no failure of the project. Any other failure is one.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
OFFLINE = ("ConnectionError", "ConnectTimeout", "Could not connect", "Max retries", "ServiceError")
TIMEOUT_S = 300


def audit(lock: Path) -> int:
    """Exit status: 0 clean or not reachable (said so), 1 a hole or a failure of the audit."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        command = [
            *(sys.executable, "-m", "pip_audit", "--requirement", str(lock), "--disable-pip"),
            *("--require-hashes", "--progress-spinner", "off", "--timeout", "10"),
            *("--format", "json", "--output", str(report)),
        ]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT_S)
        except subprocess.TimeoutExpired:
            return _not_audited(f"no answer within {TIMEOUT_S} s")
        if not report.exists() or not report.stat().st_size:
            last = (done.stderr.strip().splitlines() or ["no output"])[-1]
            if any(word in done.stderr for word in OFFLINE):
                return _not_audited(last)
            print(f"pip-audit failed: {last}", file=sys.stderr)
            return 1
        return judge(json.loads(report.read_text("utf-8")))


def judge(report: dict[str, list[dict[str, object]]]) -> int:
    """Print each hole; 1 if there is any, or if some dependency was skipped.

    A service that knows not one of them is no list of holes at all (an index without advisories).
    """
    holes = [(one, hole) for one in report["dependencies"] for hole in _list(one, "vulns")]
    skipped = [one for one in report["dependencies"] if one.get("skip_reason")]
    if len(skipped) == len(report["dependencies"]):
        return _not_audited("it knows none of the dependencies")
    for one, hole in holes:
        fixed = ", ".join(map(str, _list(hole, "fix_versions"))) or "no version yet"
        print(f"{one['name']} {one['version']}: {hole['id']}, mended in {fixed}")
    for one in skipped:
        print(f"{one['name']}: not audited: {one['skip_reason']}")
    if not holes and not skipped:
        print(f"audited {len(report['dependencies'])} dependencies: no known hole")
    return 1 if holes or skipped else 0


def _list(table: object, key: str) -> list[dict[str, object]]:
    found = table.get(key) if isinstance(table, dict) else None
    return found if isinstance(found, list) else []


def _not_audited(why: str) -> int:
    print(f"NOT AUDITED: no list of known holes can be reached from here ({why})", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(audit(ROOT / "requirements.lock"))
