"""Buildings, visits, hazards and their rules, as pure values: no clock, no database.

The only files read are those carried with the program: code lists, rule sets, declarations of register lists.
"""
