"""Full-screen pages that are no workflow: choosing a station, faults, open scans, the scanner test."""
