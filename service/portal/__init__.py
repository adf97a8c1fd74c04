"""What an aspirante sees and files: application data, progress in pictures."""
