"""The only boto3 code: keys, stores, archive, queues, mailer."""
