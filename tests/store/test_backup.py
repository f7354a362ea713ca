"""A backup comes back whole, or not at all: on real files, with kills, cuts, flipped bytes and full disks."""

from __future__ import annotations

import hashlib
import random
import resource
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from uuid import UUID

import pytest

from fieldapp.errors import EnvironmentProblem, FieldappError, UserError
from fieldapp.store import Inspector, Store
from fieldapp.store.backup import back_up, by_passphrase, by_recovery_key, inspectors_of, restore
from fieldapp.store.database import Database
from fieldapp.store.model import Attachment, Chain, Progress, RegisterRow
from fieldapp.store.sealing import PIECE, SealedReader, SealedWriter
from tests.store.building import (
    INSPECTOR,
    NOON,
    PASSPHRASE,
    RECOVERY,
    WEAK,
    Change,
    frozen,
    new_store,
    open_store,
    visit,
)
from tests.store.drives import mounted

OPENING = by_passphrase("w1", PASSPHRASE)


def filled(folder: Path) -> Store:
    """A store with something in every table, files in the vault and one kept aside."""
    store = new_store(folder)
    store.forms.install("f", "1", b"<PLAINMARKER/>")
    store.settings.set("place", "PLAINMARKER")
    store.register.import_rows(
        "buildings",
        [RegisterRow(f"b{one}", f"亭店路{one}号 PLAINMARKER", {"street": "s1"}) for one in range(50)],
    )
    for number in range(1, 6):
        store.visits.create(visit(number))
        content = b"PLAINMARKER" + random.Random(number).randbytes(300_000)
        sha256 = store.vault.put(content)
        file = Attachment(f"{sha256}.jpg", sha256, len(content), "image/jpeg")
        effects = (Change(f"b{number}", {"hazard_level": "major"}),)
        xml = b"<data>PLAINMARKER %d</data>" % number
        store.submissions.finalize(frozen(number, xml, attachments=(file,), effects=effects))
    store.visits.create(visit(6))
    chain = Chain(UUID(int=6), UUID(int=6))
    store.drafts.save(visit(6).visit_id, "f", "1", b"PLAINMARKER", "/data/a", chain)
    store.photos.keep_aside(b"PLAINMARKER" * 99, "PLAINMARKER.jpg", "MEDIA_003")
    return store


@pytest.fixture(scope="module")
def backup(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup that nobody alters."""
    folder = tmp_path_factory.mktemp("backup")
    with filled(folder / "store") as store:
        done(back_up(store, folder / "kept.backup"))
    return folder / "kept.backup"


def done(steps: Iterable[Progress]) -> list[Progress]:
    """All steps; none may find anything."""
    taken = list(steps)
    assert [one.finding for one in taken if one.finding is not None] == []
    return taken


def tables(store: Store, audit_until: int) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table; of the audit log those up to an entry."""
    names = store.database.read("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY 1")
    held = {
        name: store.database.read(f"SELECT * FROM {name} ORDER BY 1, 2")
        for (name,) in names
        if name != "audit"
    }
    held["audit"] = store.database.read("SELECT * FROM audit WHERE seq <= ? ORDER BY seq", (audit_until,))
    return held


def files(folder: Path) -> dict[str, str]:
    """SHA-256 of every vault file and file kept aside."""
    found = [path for place in ("vault", "aside") for path in (folder / place).rglob("*") if path.is_file()]
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in found}


def test_round_trip(tmp_path: Path) -> None:
    file, there = tmp_path / "stick" / "kept.backup", tmp_path / "other laptop" / "store"
    file.parent.mkdir()
    with filled(tmp_path / "store") as store:
        store.add_inspector(Inspector("w2", "X"), "another one", WEAK)
        store.vault.put(b"taken, its row not written yet")
        steps = done(back_up(store, file))
        head = store.audit.head()
        before, here = tables(store, head.seq), files(store.folder)
        assert all(before[name] for name in ("submissions", "attachments", "outbox", "shown", "kept_aside"))
        pending, device = store.outbox.pending(), store.keys.signing.private_bytes_raw()
    assert [path.name for path in file.parent.iterdir()] == [file.name]
    assert [path.name for path in (tmp_path / "store").glob("snapshot*")] == []
    assert (steps[-1].done, steps[-1].total) == (file.stat().st_size, file.stat().st_size)
    assert inspectors_of(file) == (INSPECTOR, Inspector("w2", "X"))
    done(restore(file, there, by_passphrase("w2", "another one"), clock=lambda: NOON))
    assert [path.name for path in there.parent.iterdir()] == ["store"]
    assert files(there) == here
    for inspector, passphrase in (("w1", PASSPHRASE), ("w2", "another one")):
        with Store.unlock(there, inspector, passphrase) as again:
            assert tables(again, head.seq) == before
            assert again.audit.at(head.seq) == head
            assert again.audit.entries(head.seq)[0].entry["event"] == "store.restored"
            assert (again.outbox.pending(), again.keys.signing.private_bytes_raw()) == (pending, device)
            done(again.verify())


def test_recovery_key(backup: Path, tmp_path: Path) -> None:
    private, newcomer = RECOVERY.private_bytes_raw(), Inspector("w9", "N")
    done(restore(backup, tmp_path / "store", by_recovery_key(private, newcomer, "quite another", WEAK)))
    for inspector, passphrase in (("w9", "quite another"), ("w1", PASSPHRASE)):
        with Store.unlock(tmp_path / "store", inspector, passphrase) as store:
            assert len(store.submissions.list()) == 5
            restored = next(one for one in store.audit.entries() if one.entry["event"] == "store.restored")
            assert (restored.entry["actor"], restored.entry["detail"]["recovered"]) == ("w9", True)


@pytest.mark.parametrize(
    ("opening", "code"),
    [
        (by_passphrase("w1", "not the one"), "STORE_002"),
        (by_passphrase("w7", PASSPHRASE), "STORE_003"),
        (by_recovery_key(bytes(32), INSPECTOR, "quite another", WEAK), "STORE_007"),
        (by_recovery_key(RECOVERY.private_bytes_raw(), INSPECTOR, "short", WEAK), "STORE_005"),
    ],
)
def test_not_opened(backup: Path, tmp_path: Path, opening: object, code: str) -> None:
    assert refused(backup, tmp_path / "store", opening) == code


def refused(file: Path, folder: Path, opening: object = OPENING) -> str:
    """The code of a restore that must fail and must leave nothing."""
    with pytest.raises(FieldappError) as error:
        list(restore(file, folder, opening))  # type: ignore[arg-type]
    assert list(folder.parent.glob(f"{folder.name}*")) == []
    return error.value.code


def clear(whole: bytes) -> int:
    """Bytes before the sealed stream."""
    return 20 + int.from_bytes(whole[16:20], "big")


def test_cut(backup: Path, tmp_path: Path) -> None:
    whole = backup.read_bytes()
    piece = clear(whole) + PIECE + 16
    chance = random.Random(5)
    for at in (0, 10, 19, 20, 500, piece, len(whole) - 1, *(chance.randrange(len(whole)) for _ in range(20))):
        (tmp_path / "cut").write_bytes(whole[:at])
        assert refused(tmp_path / "cut", tmp_path / "store") == ("STORE_050" if at < 16 else "STORE_051"), at


def test_flipped(backup: Path, tmp_path: Path) -> None:
    whole = backup.read_bytes()
    chance = random.Random(6)
    places = [chance.randrange(clear(whole)) for _ in range(100)] + [
        chance.randrange(len(whole)) for _ in range(100)
    ]
    codes = set()
    for at in places:
        altered = bytearray(whole)
        altered[at] ^= 1 << chance.randrange(8)
        (tmp_path / "flipped").write_bytes(altered)
        codes.add(refused(tmp_path / "flipped", tmp_path / "store"))
    assert codes == {"STORE_050", "STORE_051"}
    (tmp_path / "longer").write_bytes(whole + b"\0")
    assert refused(tmp_path / "longer", tmp_path / "store") == "STORE_051"


def test_reordered_pieces(tmp_path: Path) -> None:
    """Two pieces of the same length in the other order, a piece left out, the end of another stream."""
    path, key = tmp_path / "stream", bytes(32)
    pieces = [random.Random(number).randbytes(PIECE) for number in range(3)]
    with path.open("wb") as stream:
        sealed = SealedWriter(stream, key, b"head")
        for piece in pieces:
            sealed.write(piece)
        sealed.finish()
    whole, step = path.read_bytes(), PIECE + 16
    first, second, last = whole[:step], whole[step : 2 * step], whole[2 * step :]

    def read(content: bytes, bound: bytes = b"head") -> bytes:
        path.write_bytes(content)
        with path.open("rb") as stream:
            return SealedReader(stream, key, bound).exactly(3 * PIECE)

    assert read(whole) == b"".join(pieces)
    for altered in (second + first + last, first + last, first + second, first + second + last + last, b""):
        with pytest.raises(UserError) as error:
            read(altered)
        assert error.value.code == "STORE_051"
    with pytest.raises(UserError):
        read(whole, b"other head")


def test_overwrites_nothing(backup: Path, tmp_path: Path) -> None:
    whole = backup.read_bytes()
    used = tmp_path / "used"
    with new_store(used) as store:
        with pytest.raises(UserError) as error:
            list(back_up(store, backup))
        assert (error.value.code, backup.read_bytes() == whole) == ("STORE_052", True)
    before = {path: path.read_bytes() for path in used.rglob("*") if path.is_file()}
    with pytest.raises(UserError) as error:
        list(restore(backup, used, OPENING))
    assert error.value.code == "STORE_011"
    assert {path: path.read_bytes() for path in used.rglob("*") if path.is_file()} == before
    (tmp_path / "empty").mkdir()
    done(restore(backup, tmp_path / "empty", OPENING))
    open_store(tmp_path / "empty").close()


def test_cancelled(backup: Path, tmp_path: Path) -> None:
    with filled(tmp_path / "store") as store:
        for steps in (1, 3, 7, 12):
            work = back_up(store, tmp_path / "stopped")
            for _ in range(steps):
                next(work)
            work.close()
            assert [path.name for path in tmp_path.iterdir()] == ["store"]
            assert list(store.folder.glob("snapshot*")) == []
    work = restore(backup, tmp_path / "again", OPENING)
    next(work)
    work.close()
    assert [path.name for path in tmp_path.iterdir()] == ["store"]


def test_killed(tmp_path: Path) -> None:
    """kill -9 at any moment: under the name there is a whole backup or nothing, and the next one is made."""
    with filled(tmp_path / "store") as store:
        for number in range(40):
            store.vault.put(random.Random(number).randbytes(500_000))
    chance, whole = random.Random(7), 0
    for number in range(10):
        file = tmp_path / f"{number}.backup"
        script = (
            "import sys; from pathlib import Path; from tests.store.building import open_store\n"
            "from fieldapp.store.backup import back_up\n"
            f"with open_store(Path({str(tmp_path / 'store')!r})) as store:\n"
            f"    for step in back_up(store, Path({str(file)!r})): print(step.step, flush=True)\n"
        )
        worker = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE)
        assert worker.stdout is not None
        worker.stdout.readline()
        time.sleep(chance.uniform(0, 0.2))
        worker.kill()
        worker.wait()
        worker.stdout.close()
        if file.exists():
            whole += 1
            done(restore(file, tmp_path / f"restored {number}", OPENING))
    assert whole < 10
    with open_store(tmp_path / "store") as store:
        assert list(store.folder.glob("snapshot*")) == []
        done(back_up(store, tmp_path / "last.backup"))
        done(store.verify())
    done(restore(tmp_path / "last.backup", tmp_path / "restored", OPENING))


def test_killed_restore(backup: Path, tmp_path: Path) -> None:
    """kill -9 at any moment of a restore: a whole store or none under the name, and the next one is made."""
    chance, folder, whole = random.Random(8), tmp_path / "store", 0
    script = (
        "from pathlib import Path; from fieldapp.store.backup import by_passphrase, restore\n"
        f"for step in restore(Path({str(backup)!r}), Path({str(folder)!r}), "
        f"by_passphrase('w1', {PASSPHRASE!r})): print(step.step, flush=True)\n"
    )
    for _ in range(8):
        worker = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE)
        assert worker.stdout is not None
        worker.stdout.readline()
        time.sleep(chance.uniform(0, 0.1))
        worker.kill()
        worker.wait()
        worker.stdout.close()
        if folder.exists():
            whole += 1
            with open_store(folder) as store:
                done(store.verify())
            shutil.rmtree(folder)
    assert whole < 8
    done(restore(backup, folder, OPENING))
    assert [path.name for path in tmp_path.iterdir()] == ["store"]


@pytest.fixture
def small_files() -> Iterator[None]:
    """No file may grow beyond 8 MB in this process, as on a drive that takes no more."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (8_000_000, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_drive_takes_no_more(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    with filled(tmp_path / "store") as store:
        for number in range(3):
            store.vault.put(random.Random(number).randbytes(5_000_000))
        before = files(store.folder)
        request.getfixturevalue("small_files")
        with pytest.raises(EnvironmentProblem) as error:
            list(back_up(store, tmp_path / "kept.backup"))
        assert error.value.code == "STORE_053"
        assert [path.name for path in tmp_path.iterdir()] == ["store"]
        assert list(store.folder.glob("snapshot*")) == []
        assert files(store.folder) == before


@pytest.fixture
def small_drive(tmp_path: Path) -> Iterator[Path]:
    """A drive of 1 MB."""
    with mounted(tmp_path / "drive") as drive:
        yield drive


def test_drive_full(backup: Path, tmp_path: Path, small_drive: Path) -> None:
    with filled(tmp_path / "store") as store:
        with pytest.raises(EnvironmentProblem) as error:
            list(back_up(store, small_drive / "kept.backup"))
        assert (error.value.code, list(small_drive.iterdir())) == ("STORE_020", [])
        done(back_up(store, tmp_path / "kept.backup"))
    assert refused(backup, small_drive / "store") == "STORE_020"
    assert list(small_drive.iterdir()) == []


def test_drafts_go_on(tmp_path: Path) -> None:
    """Drafts saved while a backup runs are never late, and the backup holds one moment of them."""
    with filled(tmp_path / "store") as store:
        rows = [RegisterRow(f"x{one}", f"路{one}", {"street": "s" * 500}) for one in range(4_000)]
        store.register.import_rows("buildings", rows)
        waits: list[float] = []
        stop = threading.Event()

        def write() -> None:
            while not stop.is_set():
                began = time.monotonic()
                store.drafts.save(visit(6).visit_id, "f", "1", b"%d" % len(waits), "/data/a")
                store.settings.set("saves", len(waits))
                waits.append(time.monotonic() - began)

        writer = threading.Thread(target=write)
        writer.start()
        try:
            done(back_up(store, tmp_path / "kept.backup"))
        finally:
            stop.set()
            writer.join()
    assert len(waits) > 5
    assert max(waits) < 1
    done(restore(tmp_path / "kept.backup", tmp_path / "restored", OPENING))
    with open_store(tmp_path / "restored") as again:
        draft = again.drafts.get(visit(6).visit_id, "f")
        assert draft is not None
        assert int(draft.xml) - again.settings.get("saves", -1) in (0, 1)


def test_nothing_in_clear(tmp_path: Path) -> None:
    """Neither in the backup nor beside it on the way, nor beside the restored store on the way."""
    seen = set()

    def look() -> None:
        for path in tmp_path.rglob("*"):
            if path.is_file():
                seen.add(path.name.rpartition(".")[2])
                assert b"PLAINMARKER" not in path.read_bytes(), path.name
                assert b"OWNERMARKER" not in path.read_bytes(), path.name

    with filled(tmp_path / "store") as store:
        for _ in back_up(store, tmp_path / "kept.backup"):
            look()
    for _ in restore(tmp_path / "kept.backup", tmp_path / "restored", OPENING):
        look()
    look()
    assert {"part", "backup", "sqlite3-wal"} <= seen


def test_missing_and_altered_files(tmp_path: Path) -> None:
    """A store that has lost a file is backed up all the same and says what is missing; the restore too."""
    with filled(tmp_path / "store") as store:
        lost, altered = (one.attachments[0].sha256 for one in store.submissions.list()[:2])
        store.vault.path(lost).unlink()
        path = store.vault.path(altered)
        path.write_bytes(path.read_bytes()[:-1] + b"\0\1")
        made = [one.finding for one in back_up(store, tmp_path / "kept.backup") if one.finding]
        assert [(one.code, one.slots) for one in made] == [("STORE_031", {"sha256": lost})]
    found = [one.finding for one in restore(tmp_path / "kept.backup", tmp_path / "restored", OPENING)]
    assert {(one.code, one.slots["sha256"]) for one in found if one} == {
        ("STORE_031", lost),
        ("STORE_032", altered),
    }
    open_store(tmp_path / "restored").close()


def test_damaged_database(tmp_path: Path) -> None:
    """A flipped bit in any page of the database: no backup that would carry zeroes in its place."""
    with filled(tmp_path / "store") as store:
        path, target = store.folder / "store.sqlite3", tmp_path / "kept.backup"
        store.database.write(lambda rows: rows.execute("UPDATE drafts SET xml = zeroblob(20000)"))
        store.database.close()
        whole = path.read_bytes()
        for page in range(1, len(whole) // 4096):
            altered = bytearray(whole)
            altered[page * 4096 + 100] ^= 1
            path.write_bytes(altered)
            with (
                pytest.raises(UserError) as error,
                closing(Database(path, store.keys.database)) as database,
            ):
                database.snapshot(tmp_path / f"snapshot {page}")
            assert error.value.code == "STORE_023", page
            (tmp_path / f"snapshot {page}").unlink(missing_ok=True)
    path.write_bytes(whole[:-2_000] + b"\0" + whole[-1_999:])
    with open_store(tmp_path / "store") as store, pytest.raises(UserError) as error:
        list(back_up(store, target))
    assert error.value.code == "STORE_023"
    assert [path.name for path in tmp_path.iterdir()] == ["store"]


def test_not_a_backup(tmp_path: Path) -> None:
    (tmp_path / "photo.jpg").write_bytes(b"\xff\xd8\xff" * 100)
    assert refused(tmp_path / "photo.jpg", tmp_path / "store") == "STORE_050"
    with pytest.raises(UserError) as error:
        inspectors_of(tmp_path / "photo.jpg")
    assert error.value.code == "STORE_050"


@pytest.mark.campaign
def test_memory_is_flat(tmp_path: Path) -> None:
    """200 MB of files go through a process that may not grow by 40 MB for them."""
    with new_store(tmp_path / "store") as store:
        for number in range(50):
            store.vault.put(random.Random(number).randbytes(4_000_000))
    script = (
        "import resource; from pathlib import Path; from tests.store.building import open_store\n"
        "from fieldapp.store.backup import back_up, by_passphrase, restore\n"
        "def peak(): return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        f"root = Path({str(tmp_path)!r})\n"
        "with open_store(root / 'store') as store:\n"
        "    before = peak()\n"
        "    for _ in back_up(store, root / 'kept.backup'): pass\n"
        f"for _ in restore(root / 'kept.backup', root / 'again', by_passphrase('w1', {PASSPHRASE!r})): pass\n"
        "print(peak() - before)\n"
    )
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert int(said.stdout) < 40 * 1024
