"""Which tests to run: those of an area, or those that a change may affect."""
