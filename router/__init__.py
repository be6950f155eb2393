"""The run time: route a step to a skill, generate under its contract, check, act, record. No training here."""
