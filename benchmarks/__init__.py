"""How fast, in medians and ratios; only ratios hold from one machine to another. Nothing here is a test."""
