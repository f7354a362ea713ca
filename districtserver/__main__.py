"""``python -m districtserver``: the same as the command ``districtserver``."""

import sys

from districtserver.cli import main

if __name__ == "__main__":
    sys.exit(main())
