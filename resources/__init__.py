"""What the program ships beside its code: message catalogues, icons, sounds, style."""
