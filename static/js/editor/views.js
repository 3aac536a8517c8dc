// Switch between outline, map and JSON.
