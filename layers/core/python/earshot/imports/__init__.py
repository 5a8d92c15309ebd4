"""Files of the CRM, read row by row and written where they differ from what is known."""
