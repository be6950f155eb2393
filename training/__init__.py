"""Teacher → data → adapter: everything that makes weights. Nothing in the run time imports it."""
