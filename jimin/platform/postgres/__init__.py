"""Django's PostgreSQL with a limit of our own on every wait."""
