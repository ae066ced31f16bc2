"""Keeps the house rules: files, words, rings, locks and the workshop itself."""
