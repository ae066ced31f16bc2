"""Reaches the outside world: clock, mail, PDF, calendar, protocol files and languages."""
