"""What any program says to PostgreSQL, heard on the wire."""
