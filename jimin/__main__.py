"""python -m jimin …"""

import sys

from jimin.platform.cli import main

sys.exit(main())
