"""Runs that begin by themselves."""
