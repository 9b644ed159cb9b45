"""Fragments in, one verified file out: sessions in DynamoDB, bytes in S3."""
