"""并档、分档: two files of one house become one, one file of two houses becomes two; either can be undone."""
