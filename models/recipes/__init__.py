"""The recipes that tables are composed from: one recipe a file, none knowing another."""
