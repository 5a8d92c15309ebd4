"""One module per source: verify, handshake, normalise, poll."""
