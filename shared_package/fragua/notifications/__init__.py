"""Admins are told what the others change: in the API exactly once, by e-mail at least once."""
