"""What the models say of the books: scenarios in, exact rows out."""
