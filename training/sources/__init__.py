"""Readers for public data sets, each in its upstream layout; each yields training.example.Example rows."""
