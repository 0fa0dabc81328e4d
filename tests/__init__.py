"""The suite: each test tells the story of a fault."""
