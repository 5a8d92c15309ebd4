"""What the operator runs: build, deployment, the embedded AWS and the command line."""
