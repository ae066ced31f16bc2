"""Ronde guides groups of peers through co-development sessions."""
