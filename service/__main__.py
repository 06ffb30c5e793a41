"""Lets ``python -m service`` stand for ``baitwatch`` where the command is not on the path."""

import sys

from service.cli import main

sys.exit(main())
