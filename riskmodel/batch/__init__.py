"""Many conversations at once: shards of Parquet, scored on one core or on a cluster, with the answers of `Scorer`."""
