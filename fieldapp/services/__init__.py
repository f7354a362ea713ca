"""Use cases, one file each. A service takes the store and adapters it needs in its constructor."""
