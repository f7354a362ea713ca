"""What the server asks of itself while it starts."""

from __future__ import annotations

import multiprocessing
import socket
import threading
from pathlib import Path

import pytest

from districtserver import tls
from districtserver.serving import announce


def test_nothing_is_asked_over_tls_before_the_worker_is_made(tmp_path: Path) -> None:
    """Seen: a worker forked while this thread was inside OpenSSL waited forever at the first sign-in."""
    tls.make_missing(tmp_path)
    assert not multiprocessing.active_children()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.4)
        asking = (tmp_path, "127.0.0.1", listener.getsockname()[1])
        threading.Thread(target=announce, args=asking, daemon=True).start()
        with pytest.raises(TimeoutError):
            listener.accept()
