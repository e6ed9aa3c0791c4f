"""What is outside the process, without Qt: printers and files."""
