"""The laptop's encrypted store: database, vault, keys, audit. Only here is SQLite imported.

sqlite-utils catches the exceptions of the module it was imported with; ours is SQLCipher's, so that module
must
stand in before sqlite-utils is imported anywhere.
"""

import sys

import sqlcipher3
import sqlcipher3.dbapi2

sys.modules.setdefault("pysqlite3", sqlcipher3)
sys.modules.setdefault("pysqlite3.dbapi2", sqlcipher3.dbapi2)

from fieldapp.store.keys import Inspector, KeyStrength, OpenKeys  # noqa: E402
from fieldapp.store.store import Store  # noqa: E402

__all__ = ["Inspector", "KeyStrength", "OpenKeys", "Store"]
