"""Run by Alembic: applies the steps on the connection that the journal hands over."""

from alembic import context

from station.journal.tables import metadata

connection = context.config.attributes["connection"]
# SQLite cannot alter most things in place: batch mode copies the table instead.
context.configure(
    connection=connection,
    target_metadata=metadata,
    render_as_batch=True,
    transactional_ddl=True,
)
context.run_migrations()
