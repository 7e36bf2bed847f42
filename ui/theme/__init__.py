"""How the window looks: tokens, style sheet, icons and fonts, all in one place."""
