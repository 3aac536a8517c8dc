// Search in the tree.
