"""How long a first run, a second run and a destroy of the demo's `staging` take, and what they cost."""
