"""Buckets of one's own: a row in PostgreSQL, a bucket in S3, a line in the account's item."""
