"""Pages: who may ask, what they say, and what they survive."""
