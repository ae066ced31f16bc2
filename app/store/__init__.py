"""Keeps the event log, the directory and the jobs in SQLite or PostgreSQL."""
