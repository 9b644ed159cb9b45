"""Finished files: rows in PostgreSQL, bytes in S3."""
