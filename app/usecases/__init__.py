"""Holds one callable per intention, and defines the ports that the outside fulfils."""
