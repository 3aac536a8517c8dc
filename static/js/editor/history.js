// Versions.
