"""`python -m tests.bench`: every benchmark, one after another, each a table of its own."""

import importlib
import sys

ALL = (
    *("bench_desk", "bench_journal", "bench_reader", "bench_export"),
    *("bench_window_start", "bench_window_gap", "bench_window_rack", "bench_window_history"),
)


def main(wanted: list[str]) -> None:
    """Run the named benchmarks, or all of them."""
    for name in wanted or ALL:
        importlib.import_module(f"tests.bench.{name}").main([])


if __name__ == "__main__":
    main(sys.argv[1:])
