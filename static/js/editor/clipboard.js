// Copy, cut and paste.
