"""Plays whole sessions with simulated people who use the same WebSocket as browsers."""
