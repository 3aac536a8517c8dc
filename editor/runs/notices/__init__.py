"""Telling people, and the team's other tools, what they should know."""
