"""Measurements: every figure the project quotes comes from a command here."""
