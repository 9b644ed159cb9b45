"""`python -m fragua_client`: the same as `fragua`."""

import sys

from fragua_client.cli import main

sys.exit(main())
