"""The bundled base and the skills, with the code that finds, reads and admits them."""
