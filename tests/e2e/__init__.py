"""Plays whole sessions in real browsers, and looks at every screen."""
