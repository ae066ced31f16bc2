"""Plays whole rehearsals on the served program, at full speed."""
