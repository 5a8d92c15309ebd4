"""The weights of trained models, and what reads them."""
