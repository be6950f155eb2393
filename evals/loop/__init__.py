"""A skill from nothing, measured: `quiver eval loop`. A domain no bundled skill knows, a teacher, the whole of
`quiver skill add`, and what became of it."""
