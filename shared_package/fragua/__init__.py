"""Fragua: fragments in, one verified file out. The code that all functions share."""
