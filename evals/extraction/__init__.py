"""Texts with the record each holds under a pydantic model's schema: a shipped set, and the script that builds it."""
