"""What `make audit` looks at: each check is a module that gives its findings."""
