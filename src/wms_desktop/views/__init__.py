"""What desks show, as frozen rows: services make them, screens show them, and neither needs the other to load."""
