"""The window (PySide6) over the workflows of `station`."""
