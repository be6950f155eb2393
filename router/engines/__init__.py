"""What runs base + skill: one interface (engine.py), one module an engine."""
