"""Pages: passive widgets, `render(state)` in and signals out; one presenter each."""
