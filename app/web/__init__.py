"""Answers HTTP requests with pages."""
