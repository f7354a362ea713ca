"""The laptop's encrypted store: database, vault, keys, audit. Only here is SQLite imported."""
