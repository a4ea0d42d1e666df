"""Us beside the other tools, on statements whose label is what PostgreSQL did."""
