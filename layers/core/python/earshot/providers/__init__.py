"""Who tells business data about companies: one module per provider."""
