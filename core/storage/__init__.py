"""Tables, repositories and blobs: everything that must outlive the process. Knows the domain only."""
