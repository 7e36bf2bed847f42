"""Card Station without its window: domain, vendors, reader, journal, workflows, command line."""
