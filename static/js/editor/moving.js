// Move by keys and clicks, through the legal places only.
