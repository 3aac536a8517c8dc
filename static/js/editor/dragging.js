// Drag actions from the palette and in the tree.
