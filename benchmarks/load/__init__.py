"""Hundreds of people at once, each with a video: `python -m benchmarks.load`, or `make load`."""
