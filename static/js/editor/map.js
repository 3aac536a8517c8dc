// The map.
