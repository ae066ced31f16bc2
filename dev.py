#!/usr/bin/env python3
"""Prepares everything Ronde needs and runs it: `python3 dev.py run`, `python3 dev.py test`."""

import sys

if sys.version_info < (3, 11):
    found = ".".join(str(part) for part in sys.version_info[:2])
    sys.exit("Ronde needs Python 3.11 or newer, and this is Python " + found + ": install a newer one.")

from devtools.cli import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
