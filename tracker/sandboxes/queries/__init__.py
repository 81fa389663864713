"""What is read of sandboxes."""
