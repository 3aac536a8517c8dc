"""What workers do: runs driven forward, by either driver, and the duties beside them."""
