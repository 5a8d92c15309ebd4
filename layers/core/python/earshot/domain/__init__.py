"""Pure functions over frozen models: no AWS, no clock, no environment."""
