// The inputs that a run asks for.
