"""Keys, altered files, finalize, kill -9, no plaintext: on real files."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from fieldapp.errors import EnvironmentProblem, FieldappError, UserError
from fieldapp.store import Inspector, Store
from fieldapp.store.checks import KEPT, NAMED
from fieldapp.store.database import Database
from fieldapp.store.keys import KeyFile
from fieldapp.store.model import Attachment, Chain, RegisterRow
from tests.store.building import (
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


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with new_store(tmp_path / "store") as made:
        yield made


def code_of(error: pytest.ExceptionInfo[FieldappError]) -> str:
    return error.value.code


def test_slots(tmp_path: Path) -> None:
    folder = tmp_path / "store"
    with new_store(folder) as made:
        made.add_inspector(Inspector("w2", "X"), "another one", WEAK)
        made.change_passphrase(PASSPHRASE, "changed since", WEAK)
        signing = made.keys.signing.private_bytes_raw()
    with Store.unlock(folder, "w2", "another one") as again:
        assert again.keys.signing.private_bytes_raw() == signing
        assert again.keys.actor.inspector_id == "w2"
        again.remove_inspector("w1")
        with pytest.raises(UserError) as error:
            again.remove_inspector("w2")
        assert code_of(error) == "STORE_006"
    for inspector, passphrase, code in (("w2", PASSPHRASE, "STORE_002"), ("w1", PASSPHRASE, "STORE_003")):
        with pytest.raises(UserError) as error:
            Store.unlock(folder, inspector, passphrase)
        assert code_of(error) == code
    Store.recover(
        folder, RECOVERY.private_bytes_raw(), Inspector("w3", "Y"), "third one", strength=WEAK
    ).close()
    with pytest.raises(UserError) as error:
        Store.recover(folder, bytes(32), Inspector("w4", "Z"), "fourth one", strength=WEAK)
    assert code_of(error) == "STORE_007"
    Store.unlock(folder, "w3", "third one").close()


def test_pin(store: Store) -> None:
    now = [NOON]
    store.clock = lambda: now[0]
    pin = store.day_pin("123456", NOON + timedelta(hours=6), WEAK)
    assert pin.unlock("123456").master == store.keys.master
    for left in (4, 3, 2, 1):
        with pytest.raises(UserError) as error:
            pin.unlock("000000")
        assert (code_of(error), error.value.slots) == ("STORE_009", {"left": left})
    for tried in ("000000", "123456"):
        with pytest.raises(UserError) as error:
            pin.unlock(tried)
        assert code_of(error) == "STORE_010"
    evening = store.day_pin("123456", NOON + timedelta(hours=6), WEAK)
    now[0] = NOON + timedelta(hours=6)
    with pytest.raises(UserError) as error:
        evening.unlock("123456")
    assert code_of(error) == "STORE_010"


def test_altered_key_file(tmp_path: Path) -> None:
    new_store(tmp_path / "store").close()
    path = tmp_path / "store" / "keys.json"
    whole, copy = path.read_text(), path.with_name("keys.copy.json")
    assert copy.read_text() == whole
    for altered in (whole.replace('"passes": 1', '"passes": 2'), whole[:-20], "[]"):
        for place in (path, copy):
            path.write_text(whole)
            copy.write_text(whole)
            place.write_text(altered)
            open_store(tmp_path / "store").close()
        path.write_text(altered)
        with pytest.raises(UserError) as error:
            open_store(tmp_path / "store")
        assert code_of(error) == "STORE_004"
    copy.unlink()
    path.unlink()
    with pytest.raises(UserError) as error:
        open_store(tmp_path / "store")
    assert code_of(error) == "STORE_001"


def test_hostile_key_file(tmp_path: Path) -> None:
    """A slot that asks for more memory than the laptop has is refused before it is tried."""
    new_store(tmp_path / "store").close()
    for name, value in (("memory_kib", 2**32 - 1), ("memory_kib", 1), ("passes", 0), ("lanes", 10**6)):
        key_file = KeyFile.read(tmp_path / "store")
        key_file.content["slots"]["w1"][name] = value
        with pytest.raises(UserError) as error:
            key_file.unlock("w1", PASSPHRASE)
        assert code_of(error) == "STORE_004"


def test_recovery_waits_for_the_lock(store: Store) -> None:
    """A second process cannot change the slots of a store that is open."""
    before = store.key_file.path.read_bytes()
    with pytest.raises(EnvironmentProblem) as error:
        Store.recover(store.folder, RECOVERY.private_bytes_raw(), Inspector("w3", "Y"), "third one")
    assert code_of(error) == "STORE_026"
    assert store.key_file.path.read_bytes() == before


def test_failed_unlock_lets_go(tmp_path: Path) -> None:
    """After an unlock that failed half-way the next one finds the store free."""
    with new_store(tmp_path / "store") as store:
        store.database.write(lambda rows: rows.execute(_NO_AUDIT))
    for _ in range(2):
        with pytest.raises(FieldappError) as error:
            open_store(tmp_path / "store")
        assert code_of(error) == "BUG_001"


_NO_AUDIT = "CREATE TRIGGER refuse BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'no room'); END"


def test_sweep(store: Store) -> None:
    """Old files that no row names go once all was found well; named, young and kept-aside ones stay."""
    store.visits.create(visit(1))
    named = store.vault.put(b"named")
    file = Attachment(f"{named}.jpg", named, 5, "image/jpeg")
    store.submissions.finalize(frozen(1, b"<data/>", attachments=(file,)))
    kept = store.photos.keep_aside(b"kept", "a.jpg", "MEDIA_003")
    orphan, young, lost = store.vault.put(b"orphan"), store.vault.put(b"young"), store.aside.put(b"lost")
    half = store.vault.path(orphan).with_suffix(".part")
    half.write_bytes(b"half")
    old = (NOON - timedelta(days=31)).timestamp()
    for path in (store.vault.path(named), store.vault.path(orphan), half):
        os.utime(path, (old, old))
    for sha256 in (kept, lost):
        os.utime(store.aside.path(sha256), (old, old))
    recent = (NOON - timedelta(days=29)).timestamp()
    os.utime(store.vault.path(young), (recent, recent))
    store.vault.path(named).rename(store.folder / "moved")
    assert [one.finding.code for one in store.verify() if one.finding] == ["STORE_031"]
    assert store.vault.has(orphan)
    (store.folder / "moved").rename(store.vault.path(named))
    assert [one for one in store.verify() if one.finding] == []
    assert (set(store.vault.names()), set(store.aside.names())) == ({named, young}, {kept})
    assert not half.exists()
    last = store.audit.entries()[-1].entry
    assert (last["event"], len(last["detail"]["names"])) == ("files.swept", 3)


def test_sweeper_knows_every_column(store: Store) -> None:
    """Whatever column of the schema names a file by its hash is known to the sweeper."""
    not_files = {"forms.sha256", "submissions.sha256", "prints.sha256"}
    tables = store.database.read("SELECT name FROM sqlite_master WHERE type = 'table'")
    for (table,) in tables:
        for row in store.database.read(f"PRAGMA table_info({table})"):
            if any(word in row[1] for word in ("sha256", "thumbnail", "stamped", "file", "page", "blob")):
                known = f"{row[1]} FROM {table}" in NAMED + KEPT
                assert known or f"{table}.{row[1]}" in not_files, f"{table}.{row[1]}"


def test_discarded_draft(store: Store) -> None:
    store.visits.create(visit(1))
    store.drafts.save(visit(1).visit_id, "f", "1", b"x", "/data/a", Chain(UUID(int=1), UUID(int=1)))
    head = store.audit.head().seq
    for _ in range(2):
        store.drafts.discard(visit(1).visit_id, "f")
    assert store.drafts.list() == ()
    assert [one.entry["event"] for one in store.audit.entries(head)] == ["draft.discarded"]


def test_altered_vault_file(store: Store) -> None:
    kept, altered = store.vault.put(b"kept"), store.vault.put(b"altered")
    path = store.folder / "vault" / altered[:2] / altered
    sealed = bytearray(path.read_bytes())
    sealed[20] ^= 1
    path.write_bytes(sealed)
    with pytest.raises(UserError, match=altered) as error:
        store.vault.get(altered)
    assert code_of(error) == "STORE_032"
    assert store.vault.get(kept) == b"kept"


def test_altered_database_page(tmp_path: Path) -> None:
    folder = tmp_path / "store"
    with new_store(folder) as made:
        sha256 = made.vault.put(b"photo")
        for number in range(1, 40):
            made.visits.create(visit(number))
            made.submissions.finalize(frozen(number, b"<data>%s</data>" % (b"x" * 9_000)))
    path = folder / "store.sqlite3"
    content = bytearray(path.read_bytes())
    content[len(content) - 2_000] ^= 1
    path.write_bytes(content)
    with open_store(folder) as opened:
        assert "STORE_023" in {one.finding.code for one in opened.verify() if one.finding}
        assert opened.vault.get(sha256) == b"photo"
        assert len(opened.visits.list()) == 39
    content = bytearray(path.read_bytes())
    content[100] ^= 1
    path.write_bytes(content)
    with pytest.raises(UserError) as error:
        open_store(folder)
    assert code_of(error) == "STORE_022"


def test_one_process(store: Store) -> None:
    script = (
        "from pathlib import Path; from tests.store.building import open_store; "
        f"open_store(Path({str(store.folder)!r}))"
    )
    other = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert "STORE_026" in other.stderr
    with pytest.raises(EnvironmentProblem) as error:
        open_store(store.folder)
    assert code_of(error) == "STORE_026"


def test_newer_store(store: Store) -> None:
    folder = store.folder
    step = (
        "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('fieldapp', 'm0999_x', '')"
    )
    store.database.write(lambda rows: rows.execute(step))
    store.close()
    with pytest.raises(UserError) as error:
        open_store(folder)
    assert code_of(error) == "STORE_025"


def test_finalize(store: Store) -> None:
    store.visits.create(visit(1))
    first = Chain(UUID(int=1), UUID(int=1))
    store.drafts.save(visit(1).visit_id, "f", "1", b"draft", "/data/a", first)
    missing = Attachment("a.jpg", "0" * 64, 5, "image/jpeg")
    head = store.audit.head()
    with pytest.raises(UserError) as error:
        store.submissions.finalize(frozen(1, b"<data/>", attachments=(missing,)))
    assert code_of(error) == "STORE_033"
    assert (store.audit.head(), len(store.drafts.list()), store.visits.get(UUID(int=1)).state) == (
        head,
        1,
        "open",
    )
    store.submissions.finalize(frozen(1, b"<data/>"))
    assert (store.drafts.list(), store.outbox.unsent()) == ((), 1)
    with pytest.raises(UserError) as error:
        store.submissions.finalize(frozen(1, b"<data/>"))
    assert code_of(error) == "STORE_035"
    second = Chain(UUID(int=2), UUID(int=1), 2, UUID(int=1))
    store.submissions.finalize(frozen(1, b"<data>2</data>", chain=second))
    assert [one.record for one in store.submissions.for_record(UUID(int=1))] == ["superseded", "finalized"]
    fork = Chain(UUID(int=3), UUID(int=1), 2, UUID(int=1))
    with pytest.raises(UserError) as error:
        store.submissions.finalize(frozen(1, b"<data>3</data>", chain=fork))
    assert code_of(error) == "STORE_036"


def test_overlay(store: Store) -> None:
    row = RegisterRow(
        "b1", "亭店路12号", {"address_detail": "亭店路12号", "street": "s1", "hazard_level": "none"}
    )
    store.register.import_rows("buildings", [row])
    store.visits.create(visit(1))
    store.submissions.finalize(frozen(1, b"<data/>", effects=(Change("b1", {"hazard_level": "major"}),)))

    def level() -> tuple[str, int]:
        shown = store.register.get("buildings", "b1")
        assert shown is not None
        return shown.values["hazard_level"], shown.unconfirmed

    assert level() == ("major", 1)
    store.register.import_rows("buildings", [RegisterRow("b1", row.label, row.values, version=2)])
    assert level() == ("major", 1)
    store.pulled.keep(store.pulled.ready([], (), {UUID(int=1): "applied"}, 1, ""))
    store.pulled.finish()
    assert level() == ("none", 0)
    for typed in ("亭店", "店路12", "tdl12", "12号", "亭"):
        assert [one.id for one in store.register.find(typed)] == ["b1"], typed
    assert store.register.find("路13") == ()
    with pytest.raises(KeyError):
        store.register.lookup("no_such_list", "street", "s1")


@pytest.mark.parametrize("column", ["name", "label", "street", "never_declared"])
def test_lookup_uses_an_index(store: Store, column: str) -> None:
    store.register.import_rows("buildings", [RegisterRow("b1", "A", {column: "v"})])
    asked = "b1" if column == "name" else "A" if column == "label" else "v"
    # Lets the reading connection see the new index: EXPLAIN alone does not look for changes of the schema.
    assert [row["name"] for row in store.register.lookup("buildings", column, asked)] == ["b1"]
    plan = store.database.read(
        f"EXPLAIN QUERY PLAN {store.register.lookup_sql('buildings', column)}", (asked,)
    )
    index = "sqlite_autoindex_shown_1" if column == "name" else f"shown_buildings_by_{column}@"
    assert [row[3] for row in plan if f"SEARCH shown USING INDEX {index}" in row[3] and "=?" in row[3]]


def test_audit_tampered(store: Store) -> None:
    for number in range(3):
        store.audit.append("note", {"n": number})
    assert list(store.audit.verify()) == []
    store.database.write(lambda rows: rows.execute("DROP TRIGGER audit_keeps"))
    store.database.write(lambda rows: rows.execute("UPDATE audit SET detail = '{\"n\":9}' WHERE seq = 3"))
    assert [finding.code for finding in store.audit.verify()] == ["STORE_041"]


def test_disk_full(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    store.visits.create(visit(1))
    chain = Chain(UUID(int=1), UUID(int=1))
    store.drafts.save(visit(1).visit_id, "f", "1", b"small", "/data/a", chain)
    database: Database = store.database
    pages = database.write(lambda rows: rows.execute("PRAGMA page_count").fetchone()[0])
    database.write(lambda rows: rows.execute(f"PRAGMA max_page_count = {pages}"))
    with pytest.raises(EnvironmentProblem) as error:
        store.drafts.save(visit(1).visit_id, "f", "1", b"x" * 200_000, "/data/a")
    assert code_of(error) == "STORE_020"
    database.write(lambda rows: rows.execute("PRAGMA max_page_count = 100000"))
    draft = store.drafts.get(visit(1).visit_id, "f")
    assert draft is not None
    assert draft.xml == b"small"
    assert store.drafts.save(visit(1).visit_id, "f", "1", b"x" * 200_000, "/data/a") == 2


def test_killed(tmp_path: Path) -> None:
    """Whatever was acknowledged before kill -9 is there once and whole."""
    folder = tmp_path / "store"
    new_store(folder).close()
    chance, first = random.Random(2), 1
    for _ in range(12):
        worker = subprocess.Popen(
            [sys.executable, "-m", "tests.store.building", str(folder), str(first)],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert worker.stdout is not None
        said = [worker.stdout.readline()]
        time.sleep(chance.uniform(0.001, 0.15))
        worker.kill()
        said += worker.stdout.read().splitlines(keepends=True)
        worker.wait()
        worker.stdout.close()
        acked = [line.split() for line in said if line.endswith("\n") and line.strip()]
        with open_store(folder) as opened:
            assert [one.finding for one in opened.verify() if one.finding] == []
            records = {one.chain.instance_id.int for one in opened.submissions.list()}
            for kind, number, save in acked:
                if kind == "record":
                    assert int(number) in records
                elif int(number) not in records:
                    draft = opened.drafts.get(UUID(int=int(number)), "f")
                    assert draft is not None
                    assert int(draft.xml.split()[1]) >= int(save)
            first = max((one.visit_id.int for one in opened.visits.list()), default=0) + 1
    assert first > 12


def test_nothing_in_clear(tmp_path: Path) -> None:
    folder, marker = tmp_path / "store", b"PLAINMARKER"
    with new_store(folder) as made:
        made.visits.create(visit(1))
        made.drafts.save(
            visit(1).visit_id, "f", "1", marker * 500, "/data/a", Chain(UUID(int=1), UUID(int=1))
        )
        made.vault.put(marker * 500)
        made.photos.keep_aside(marker * 500, "OWNERMARKER.jpg", "MEDIA_003")
        made.register.import_rows(
            "buildings", [RegisterRow("b1", "PLAINMARKER", {"owner_name": "OWNERMARKER"})]
        )
        files = [path for path in tmp_path.rglob("*") if path.is_file()]
        assert any(path.name.endswith("-wal") and path.stat().st_size for path in files)
        for path in files:
            content = path.read_bytes()
            assert marker not in content, path.name
            assert b"OWNERMARKER" not in content, path.name
