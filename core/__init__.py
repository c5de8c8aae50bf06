"""The interview system. DESIGN: each folder owns one capability; data flows one way between them."""
