"""Videos: made uniform by a worker, shown to everybody, voted for once by each member."""
