"""One command per file. A module here has a COMMAND; that is all that has to be done to add one."""
