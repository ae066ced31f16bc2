"""Decides what happens in a session: pure functions over a log of facts."""
