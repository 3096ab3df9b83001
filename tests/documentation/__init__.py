"""Writes the generated parts of the READMEs out of the argument specs: `python -m tests.documentation`, or `make docs`."""
