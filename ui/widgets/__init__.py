"""Widgets that several pages use, or that paint themselves."""
