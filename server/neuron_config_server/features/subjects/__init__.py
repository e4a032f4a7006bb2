"""What stands at a position, and where names of the file and of libraries lead."""
