"""A Report as text: for a terminal, for a pull request, for code scanning. Nothing else is read to write them."""
