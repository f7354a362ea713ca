"""One file a place of the pages."""
