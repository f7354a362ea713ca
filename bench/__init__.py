"""Speed as ratios: each operation is measured beside its floor or peer in the same run (``make bench``).

One file an operation; ``run`` prints a table and one JSON line each. Figures in milliseconds hold for one
machine and one day, ratios hold longer: goals are ratios.
"""
