"""Carries commands and updates between browsers and sessions over WebSockets."""
