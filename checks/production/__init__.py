"""Production's numbers: sizes and traffic from a user's export, and what they make of what was observed."""
