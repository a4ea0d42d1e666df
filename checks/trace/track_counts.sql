-- Whether sessions count how they read tables.
SHOW track_counts
