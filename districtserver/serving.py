"""Serving with granian: WSGI, blocking threads, TLS; one JSON line when the first request can be answered."""

from __future__ import annotations

import json
import multiprocessing
import os
import socket
import ssl
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

from districtserver import tls

#: Requests at work at the same time. A sender that stalls in the middle of a body holds one, hence so many;
#: each has at most one slice of a file in memory.
THREADS = 64
#: A request that is not done so long after SIGTERM is cut; everything acknowledged is on the disk anyway.
STOP_SECONDS = 8
READY_SECONDS = 60
#: granian writes its log to stdout, where our one JSON line belongs.
_STDERR = {"class": "logging.StreamHandler", "stream": "ext://sys.stderr"}
_LOG = {
    "handlers": {"console": {"formatter": "generic", **_STDERR}, "access": {"formatter": "access", **_STDERR}}
}


def free_port(host: str) -> int:
    """A port nobody listens on now."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


def serve(base: Path, host: str, port: int) -> None:
    """Serve in the foreground until SIGTERM or SIGINT; ``port`` 0 picks a free one."""
    from granian.constants import HTTPModes, Interfaces
    from granian.log import LogLevels
    from granian.server import MPServer

    port = port or free_port(host)
    server = MPServer(
        "districtserver.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,
        workers=1,
        blocking_threads=THREADS,
        blocking_threads_idle_timeout=600,
        workers_kill_timeout=STOP_SECONDS,
        ssl_cert=base / tls.CERTIFICATE,
        ssl_key=base / tls.KEY,
        log_level=LogLevels.error,
        log_dictconfig=_LOG,
    )
    threading.Thread(target=announce, args=(base, host, port), daemon=True).start()
    server.serve()


def end_with_parent() -> None:
    """In a worker: end when the process that made it is gone, so ``kill -9`` leaves no one on the port."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def watch() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def announce(base: Path, host: str, port: int) -> None:
    """Print one JSON line on stdout as soon as the server answers.

    Nothing is asked before the worker is made: a fork while this thread is inside OpenSSL would leave the
    worker with a lock of OpenSSL that nobody frees, and the first password checked there would wait forever.
    """
    while not multiprocessing.active_children():
        time.sleep(0.02)
    url = f"https://{f'[{host}]' if ':' in host else host}:{port}"
    if not _answers(url, base / tls.CA):
        sys.stderr.write("districtserver: no answer from the server just started\n")
        return
    ready = {
        "ready": True,
        "url": url,
        "port": port,
        "ca": str((base / tls.CA).resolve()),
        "folder": str(base.resolve()),
        "pid": os.getpid(),
    }
    sys.stdout.write(json.dumps(ready) + "\n")
    sys.stdout.flush()


def _answers(url: str, ca: Path) -> bool:
    trust = ssl.create_default_context(cafile=str(ca))
    # no proxy: the server is on this machine
    opener = urllib.request.build_opener(
        urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=trust)
    )
    until = time.monotonic() + READY_SECONDS
    while time.monotonic() < until:
        try:
            with opener.open(f"{url}/api/v1/health", timeout=5):
                return True
        except (urllib.error.URLError, OSError):
            time.sleep(0.02)
    return False
