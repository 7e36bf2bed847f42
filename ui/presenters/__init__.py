"""Presenters: a frozen state and what changes it, without a widget, so tests need no window."""
