"""The command ``districtserver``. Every command prints JSON; exit codes: 0 done, 1 refused, 2 misused."""

from __future__ import annotations

import argparse
import csv
import io
import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from getpass import getpass
from pathlib import Path
from typing import Any
from uuid import UUID

from fieldapp.domain.register import list_names, schema
from fieldapp.errors import FieldappError

Command = Callable[[argparse.Namespace], int]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit code."""
    given = _parser().parse_args(arguments)
    if given.folder is not None:
        os.environ["DISTRICTSERVER_FOLDER"] = str(given.folder.resolve())
    if given.district:
        os.environ["DISTRICTSERVER_NAME"] = given.district
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "districtserver.settings")
    command: Command = given.command
    return command(given)


def _parser() -> argparse.ArgumentParser:
    from districtserver import filing_cli, ledgers_cli

    parser = argparse.ArgumentParser(prog="districtserver", description="The district server of fieldapp.")
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--folder", type=Path, help="data folder (default: DISTRICTSERVER_FOLDER)")
    common.add_argument("--district", default="", help="name that laptops show")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, what: str, command: Command) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=what, description=what, parents=[common])
        added.set_defaults(command=command)
        return added

    demo = add("demo", "make what is missing, publish forms, serve in the foreground", _demo)
    demo.add_argument("--form", type=Path, action="append", default=[], help="XForm to publish; repeatable")
    demo.add_argument("--buildings", type=Path, help="CSV or JSON of buildings to import")
    demo.add_argument("--rows", type=Path, help="JSON with rows of other lists to import, by list")
    for serving in (demo, add("serve", "serve in the foreground", _serve)):
        serving.add_argument("--host", default="127.0.0.1")
        serving.add_argument("--port", type=int, default=8443, help="0 picks a free one")
    staff = add("staff", "staff of the district who use the pages", _staff)
    staff.add_argument("what", choices=["add"])
    staff.add_argument("name", help="user name to sign in with")
    staff.add_argument("--role", default="admin", choices=["admin", "reviewer", "reader"])
    staff.add_argument("--full-name", default="", help="shown on the pages and beside decisions")
    add("migrate", "make or update keys and database", _migrate)
    add("publish-form", "publish XForms", _publish).add_argument(
        "files", type=Path, nargs="+", metavar="FILE"
    )
    add("enrol", "make a one-time enrolment code", _enrol).add_argument("--name", required=True)
    add("revoke", "refuse a laptop from now on", _revoke).add_argument(
        "device", type=UUID, metavar="DEVICE_ID"
    )
    add("readmit", "take a revoked laptop back", _readmit).add_argument(
        "device", type=UUID, metavar="DEVICE_ID"
    )
    assign = add("assign", "say what a laptop carries (nothing named: the whole district)", _assign)
    assign.add_argument("device", type=UUID, metavar="DEVICE_ID")
    for name, of in (("street", "CODE"), ("community", "CODE"), ("house", "ID_OR_CODE")):
        assign.add_argument(f"--{name}", action="append", default=[], metavar=of, help="repeatable")
    add("import-buildings", "import the list of buildings", _import).add_argument("file", type=Path)
    rows = add("import-rows", "import rows of the register's lists", _import_rows)
    rows.add_argument("file", type=Path, help="JSON: lists of objects by the name of their list")
    ledgers_cli.add_to(add)
    filing_cli.add_to(add)
    add("export", "counts and SHA-256 of submissions, attachments and receipts", _export)
    add("check", "hash everything again", _check)
    return parser


def _print(answer: Mapping[str, Any]) -> None:
    sys.stdout.write(json.dumps(answer, ensure_ascii=False, indent=None) + "\n")
    sys.stdout.flush()


def _refused(reason: str) -> int:
    sys.stderr.write(f"districtserver: {reason}\n")
    return 1


def _set_up() -> Path:
    """Django ready; the data folder."""
    import django

    django.setup()
    from districtserver import keys

    return keys.folder()


def _prepare() -> Path:
    """Everything a server needs, made if missing: folder, keys, CA, database."""
    base = _set_up()
    from django.conf import settings
    from django.core.management import call_command

    from districtserver import blobs, keys, photographs, tls
    from districtserver.settings import web_secret
    from districtserver.staff import indexing

    base.mkdir(parents=True, exist_ok=True)
    keys.make_missing(base)
    settings.SECRET_KEY = web_secret(base)  # the settings were read before there was one
    tls.make_missing(base)
    call_command("migrate", verbosity=0, interactive=False)
    call_command("clearsessions", verbosity=0)
    keys.register()
    blobs.sweep()
    indexing.enter_missing()
    indexing.catch_up()
    photographs.catch_up()  # of a server from before it knew them: no pull shall wait for that
    return base


def _migrate(given: argparse.Namespace) -> int:  # noqa: ARG001 - the shape of all commands
    _print({"folder": str(_prepare())})
    return 0


def _demo(given: argparse.Namespace) -> int:
    _prepare()
    if given.form:
        code = _publish_files(given.form, quiet=True)
        if code:
            return code
    if given.buildings is not None:
        code = _import_file(given.buildings, quiet=True)
        if code:
            return code
    if given.rows is not None:
        code = _import_lists(given.rows, quiet=True)
        if code:
            return code
    return _serve(given)


def _serve(given: argparse.Namespace) -> int:
    base = _prepare()
    from django.db import connections

    from districtserver import serving

    connections.close_all()  # the worker is a child of this process and opens its own
    serving.serve(base, given.host, given.port)
    return 0


def _publish(given: argparse.Namespace) -> int:
    _set_up()
    return _publish_files(given.files, quiet=False)


def _publish_files(files: Sequence[Path], quiet: bool) -> int:
    from districtserver import published

    for file in files:
        try:
            row, new = published.publish(file.read_bytes())
        except OSError as error:
            return _refused(f"{file.name}: {error.strerror}")
        except FieldappError as error:
            return _refused(f"{file.name}: {error}")
        except published.VersionTakenError as error:
            return _refused(f"{file.name}: {error} was published with other content; give it a new version")
        if not quiet:
            _print({"form_id": row.form_id, "version": row.version, "sha256": row.sha256, "new": new})
    return 0


def _enrol(given: argparse.Namespace) -> int:
    _set_up()
    from districtserver import devices

    code, row = devices.new_code(given.name)
    _print({"code": code, "name": row.name, "expires_at": row.expires_at.isoformat()})
    return 0


def _staff(given: argparse.Namespace) -> int:
    _prepare()
    from django.core.exceptions import ValidationError

    from districtserver.staff import roles

    try:
        user = roles.add_user(given.name, _new_password(), given.role, given.full_name)
    except roles.NameTakenError:
        return _refused(f"there is a user {given.name} already")
    except ValidationError as error:
        return _refused(" ".join(error.messages))
    _print({"user": user.username, "role": given.role})
    return 0


def _new_password() -> str:
    """From the terminal without showing it, else the first line of standard input."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    first, second = getpass("Password: "), getpass("Once more: ")
    return first if first == second else ""


def _revoke(given: argparse.Namespace) -> int:
    return _welcome(given.device, revoked=True)


def _readmit(given: argparse.Namespace) -> int:
    return _welcome(given.device, revoked=False)


def _welcome(device_id: UUID, *, revoked: bool) -> int:
    _set_up()
    from districtserver import devices
    from districtserver.models import Device

    device = Device.objects.filter(pk=device_id).first()
    if device is None:
        return _refused(f"no device {device_id}")
    (devices.revoke if revoked else devices.readmit)(device)
    _print({"device_id": str(device.id), "revoked": revoked})
    return 0


def _assign(given: argparse.Namespace) -> int:
    _set_up()
    from districtserver import assignments
    from districtserver.models import Device

    device = Device.objects.filter(pk=given.device).first()
    if device is None:
        return _refused(f"no device {given.device}")
    try:
        found = assignments.assign(device, given.street, given.community, given.house)
    except ValueError as error:
        return _refused(f"no street, community or building {error}")
    named = {"streets": found.streets, "communities": found.communities, "houses": found.houses}
    _print({"device_id": str(device.id), **{name: list(values) for name, values in named.items()}})
    return 0


def _import(given: argparse.Namespace) -> int:
    _set_up()
    return _import_file(given.file, quiet=False)


def _import_file(file: Path, quiet: bool) -> int:
    from districtserver import register
    from districtserver.staff import indexing

    try:
        imported = register.import_rows("buildings", read_rows(file))
    except OSError as error:
        return _refused(f"{file.name}: {error.strerror}")
    except ValueError as error:
        return _refused(f"{file.name}: {error}")
    indexing.catch_up()
    if not quiet:
        counts = {"created": imported.created, "updated": imported.updated, "unchanged": imported.unchanged}
        _print({"list": "buildings", **counts})
    return 0


def _import_rows(given: argparse.Namespace) -> int:
    _set_up()
    return _import_lists(given.file, quiet=False)


def _import_lists(file: Path, quiet: bool) -> int:
    """Every list of the file is checked before the first is written."""
    from districtserver import register
    from districtserver.staff import indexing
    from districtserver.writing import writing

    try:
        found = read_lists(file)
        with writing():
            done = {name: register.import_rows(name, rows) for name, rows in found.items()}
    except OSError as error:
        return _refused(f"{file.name}: {error.strerror}")
    except ValueError as error:
        return _refused(f"{file.name}: {error}")
    indexing.catch_up()
    if not quiet:
        counts = {
            name: {"created": one.created, "updated": one.updated, "unchanged": one.unchanged}
            for name, one in done.items()
        }
        _print({"lists": counts})
    return 0


def read_lists(file: Path) -> dict[str, list[dict[str, str]]]:
    """Rows of a JSON object, by the name of their list.

    ValueError if it is something else, or names a list or property that is not declared.
    """
    found = json.loads(file.read_text(encoding="utf-8-sig"))
    if not isinstance(found, dict):
        raise ValueError("not lists of rows by name")
    lists = {}
    for name, rows in found.items():
        if name not in list_names():
            raise ValueError(f"no list {name}")
        lists[name] = _texts(rows)
        for number, row in enumerate(lists[name], 1):
            unknown = schema(name).unknown(set(row) - {"name", "label"})
            if unknown:
                raise ValueError(f"{name}, row {number}: unknown {', '.join(unknown)}")
    return lists


def read_rows(file: Path) -> list[dict[str, str]]:
    """Rows of a CSV with a head line, or of a JSON list of objects (also under ``buildings``).

    ValueError if the content is neither.
    """
    text = file.read_text(encoding="utf-8-sig")
    if file.suffix.lower() != ".json":
        return [
            {key: value or "" for key, value in row.items() if key}
            for row in csv.DictReader(io.StringIO(text, newline=""))
        ]
    found = json.loads(text)
    return _texts(found.get("buildings") if isinstance(found, dict) else found)


def _texts(rows: object) -> list[dict[str, str]]:
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise ValueError("not a list of objects")
    return [{str(key): "" if value is None else str(value) for key, value in row.items()} for row in rows]


def _export(given: argparse.Namespace) -> int:  # noqa: ARG001 - the shape of all commands
    _set_up()
    from districtserver import inventory

    _print(inventory.export())
    return 0


def _check(given: argparse.Namespace) -> int:  # noqa: ARG001 - the shape of all commands
    _set_up()
    from districtserver import inventory

    found = inventory.check()
    _print(found)
    return 1 if found["broken"] else 0
