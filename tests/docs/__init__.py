"""What is promised around the code: documents, the wheel, no secret left behind."""
