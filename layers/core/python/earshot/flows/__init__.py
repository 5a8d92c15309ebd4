"""One module per Lambda: parse, call the domain and the stores, translate the outcome."""
