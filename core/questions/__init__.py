"""Questions: the bank, the subjects, and where the questions of an interview come from."""
