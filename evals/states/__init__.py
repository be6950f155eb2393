"""Step states of the bundled skills: a public test set, and the script that builds it."""
