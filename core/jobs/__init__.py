"""Work promised in the database and done later, at least once."""
