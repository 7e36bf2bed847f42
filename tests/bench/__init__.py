"""Benchmarks: ratios within one run, medians, printed as tables; never a timed test."""
