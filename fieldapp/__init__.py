"""fieldapp: building-safety inspection in the field, without a network and without losing anything."""

__version__ = "0.1.0"
