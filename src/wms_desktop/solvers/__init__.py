"""Heavy mathematics, in processes of their own: nothing here is imported by the window."""
