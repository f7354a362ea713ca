"""PDF sheets as in the paper target: one ruled table, black on white, deterministic."""
