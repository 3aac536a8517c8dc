"""The catalogue for people: what actions take, what they return, and what may go wrong."""
