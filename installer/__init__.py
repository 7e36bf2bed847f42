"""What builds, checks and packs the program; nothing here is shipped."""
