// Several selected actions.
