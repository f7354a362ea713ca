"""Buildings, visits, hazards and their rules, as pure values: no files, no clock, no database."""
