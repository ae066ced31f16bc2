"""Measures what Ronde does best against its peers, in one run."""
