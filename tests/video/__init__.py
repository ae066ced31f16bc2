"""Tests of sound and picture, with a real LiveKit server."""
