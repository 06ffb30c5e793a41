"""What can go wrong with a batch as a whole; what is wrong with one row or one shard is a result, not an error."""

from riskmodel.errors import BaitwatchError

__all__ = ["BatchError", "ShardError"]


class BatchError(BaitwatchError):
    """A batch that cannot begin or go on; what was done before it stays done."""


class ShardError(BaitwatchError):
    """A shard that cannot be read: no Parquet, damaged, or without the column that holds the talks."""
