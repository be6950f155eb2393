"""quiver's verbs: parse, call, print. Nothing here decides; importing it loads no model library."""
