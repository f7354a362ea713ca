"""The way to the district server: protocol, transport and the steps of a run. Knows no store."""
