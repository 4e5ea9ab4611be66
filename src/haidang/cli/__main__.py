"""``python -m haidang.cli``: how the supervisor starts its processes."""

import sys

from haidang.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
