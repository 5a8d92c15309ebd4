"""What `earshot doctor` looks at."""
