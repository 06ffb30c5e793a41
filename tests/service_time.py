"""When everything in the tests of the service happens."""

from datetime import UTC, datetime

NOW = datetime(2026, 3, 4, 2, tzinfo=UTC)
