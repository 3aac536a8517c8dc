// Two versions of one field.
