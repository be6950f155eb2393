"""`python -m router` is `quiver`."""

from router.cli import main

main()
