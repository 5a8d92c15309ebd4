"""The whole way on one machine: deploy to an embedded AWS, send deliveries, show the alerts."""
