"""The interview system. Each folder owns one capability; data flows one way between them."""
