"""``make pictures``."""

import sys

from pictures.take import main

sys.exit(main())
