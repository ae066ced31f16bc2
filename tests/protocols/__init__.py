"""Protocol files: what ships, what is refused and how it is said, what changes without a restart."""
