"""What staff of the district see in a browser: submissions, ledger, building files, conflicts, users."""
