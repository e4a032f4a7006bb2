"""optimum's dummy input generators: which inputs each makes, and what it needs for them."""
