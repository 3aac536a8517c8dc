"""What people may ask for: their data as a file, and to be forgotten, members and looked-up people alike."""
