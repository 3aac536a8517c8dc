// The workflow as JSON, two ways.
