"""What a month of Fragua costs on AWS: `python -m benchmarks.cost`, told in docs/costs.md."""
