"""Tests what is kept: one contract for the fake, SQLite and PostgreSQL, and what happens when things break."""
