"""Reads what people keep of a session: on paper, as text, and after the log is gone."""
