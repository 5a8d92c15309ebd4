"""What posts cost: calls, bytes and time, counted on the AWS in this process and priced."""
