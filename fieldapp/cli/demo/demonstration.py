"""The steps of the demonstration, in order, each with what it came to."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

from fieldapp import app, settings
from fieldapp.cli.demo import pictures
from fieldapp.cli.demo.comparison import compared
from fieldapp.cli.demo.district import District, write_csv
from fieldapp.cli.demo.line import Line
from fieldapp.cli.inspections import fill_form
from fieldapp.cli.options import PASSPHRASE
from fieldapp.cli.output import Exit, Output
from fieldapp.domain.sample import sample_district
from fieldapp.domain.sample_lists import sample_lists
from fieldapp.errors import UserError
from fieldapp.i18n import _
from fieldapp.services import publishing, registration, safekeeping
from fieldapp.services.answer_file import Answers, photo_file, read_answers
from fieldapp.services.evidence import Refused
from fieldapp.services.laptop import Laptop
from fieldapp.services.today import Lane
from fieldapp.settings import resources
from fieldapp.store import Inspector
from fieldapp.store.model import Submission

#: Marks the working folder as ours, so that a second demonstration may throw it away.
MARK = ".fieldapp-demo"
INSPECTOR = Inspector("chen", "陈某某（示例）")
SECRET = "demonstration-2022"  # noqa: S105 - a store of made-up records
#: Where the line breaks and where the client is killed, as shares of all bytes.
CUT, KILL = 0.25, 0.6


@dataclass(slots=True)
class _Visit:
    """An answers file and what became of it."""

    name: str
    answers: Answers
    photos: Path
    visit_id: UUID | None = None
    records: list[Submission] = field(default_factory=list)


class Demonstration:
    """Everything happens in ``out``: PDFs, ``summary.json``, and ``data`` with both sides' stores.

    ``pictures``: also of the window, drawn offscreen into ``screens``.
    """

    def __init__(self, out: Path, photos: Path | None, output: Output, *, pictures: bool) -> None:
        self._pictures = pictures
        self._out = out.resolve()
        self._data = self._out / "data"
        self._real = photos
        self._output = output
        self._district = District(self._data / "server")
        self.laptop_folder = self._data / "laptop"
        self._summary: dict[str, Any] = {"sample": True, "seconds": {}}
        self._visits: list[_Visit] = []
        self._line: Line | None = None
        self._others: list[Path] = []

    def run(self) -> Exit:
        """All steps; 0 only if both sides hold the same bytes."""
        steps: tuple[tuple[str, Callable[[], str]], ...] = (
            (_("Working folder"), self._prepare),
            (_("District server"), self._serve),
            (_("Registration of the laptop"), self._register),
            (_("Sample district"), self._import),
            (_("Photographs"), self._photograph),
            (_("Five visits through the form engine"), self._visit),
            (_("Sheets"), self._print),
            (_("Sync: the line is cut, the client killed"), self._sync_broken),
            (_("Sync again"), self._sync_whole),
            (_("Comparison of every byte"), self._compare),
            *(((_("Pictures of the window"), self._picture),) if self._pictures else ()),
        )
        begun = time.monotonic()
        try:
            for number, (title, step) in enumerate(steps, start=1):
                self._output.progress(f"[{number}/{len(steps)}] {title} …")
                started = time.monotonic()
                came_to = step()
                self._summary["seconds"][step.__name__.strip("_")] = round(time.monotonic() - started, 2)
                self._output.progress(f"      {came_to}")
        finally:
            self._district.stop()
            if self._line is not None:
                self._line.close()
        self._summary["seconds"]["all"] = round(time.monotonic() - begun, 2)
        text = json.dumps(self._summary, ensure_ascii=False, indent=1, sort_keys=True, default=str)
        (self._out / "summary.json").write_text(text + "\n", encoding="utf-8")
        return self._tell()

    def _tell(self) -> Exit:
        equal = bool(self._summary["equal"])
        self._output.table(
            ("", _("Laptop"), _("Server"), _("Equal")),
            (
                (_(title), row["laptop"], row["server"], "✓" if row["equal"] else "✗")
                for title, row in self._summary["compared"].items()
            ),
        )
        self._output.say(_("PDFs and summary.json: {folder}").format(folder=self._out))
        self._output.result(self._summary)
        return Exit.OK if equal else Exit.DAMAGED

    # -- steps -------------------------------------------------------------------------------------

    def _prepare(self) -> str:
        if self._data.exists():
            if not (self._data / MARK).exists():
                raise UserError("CLI_003", file=str(self._data), problem=_("not made by a demonstration"))
            shutil.rmtree(self._data)
        for old in (*self._out.glob("*.pdf"), *self._out.glob("screens/*.png")):
            old.unlink()
        (self._data / "photos").mkdir(parents=True)
        (self._data / MARK).touch()
        for file in sorted((resources() / "samples" / "visits").glob("*.json")):
            folder = self._data / "photos" / file.stem
            folder.mkdir()
            self._visits.append(_Visit(file.stem, read_answers(file), folder))
        return str(self._out)

    def _serve(self) -> str:
        houses, others = self._data / "buildings.csv", self._data / "lists.json"
        district = sample_district()
        write_csv(district, houses)
        others.write_text(json.dumps(sample_lists(district), ensure_ascii=False), encoding="utf-8")
        forms = []
        for source in publishing.list_forms():
            built = publishing.build(source.path)
            forms.append(self._data / f"{built.form_id}.xml")
            forms[-1].write_bytes(built.xform)
        self._district.start(forms, houses, others)
        return _("serves on 127.0.0.1:{port} over TLS").format(port=self._district.port)

    def _register(self) -> str:
        self._line = Line(self._district.port)
        code = self._district.run("enrol", "--name", "demonstration")["code"]
        store = registration.set_up(
            self.laptop_folder,
            server=f"https://127.0.0.1:{self._line.port}",
            code=code,
            ca_pem=self._district.ca.read_text("ascii"),
            device_name="demonstration",
            inspector=INSPECTOR,
            passphrase=SECRET,
            clock=settings.now,
        )
        with store:
            enrolment = registration.enrolment_of(store)
        self._summary["device_id"] = str(enrolment.device_id)
        return _("{district}, laptop {device}").format(
            district=enrolment.district, device=enrolment.device_id
        )

    def _open(self) -> Laptop:
        return app.unlock(self.laptop_folder, INSPECTOR.inspector_id, SECRET)

    def _import(self) -> str:
        with self._open() as laptop:
            count = laptop.buildings.import_sample(len(sample_district()))
            found = laptop.buildings.find("tdl12")
        self._summary["buildings"] = count
        return _("{count} buildings; tdl12 finds {found}").format(
            count=count, found=", ".join(row.label for row in found[:3])
        )

    def _photograph(self) -> str:
        """Real photographs are used up first, each once; what is missing then is drawn."""
        left, self._others = ([], []) if self._real is None else pictures.real_photos(self._real)
        real, todo = 0, []
        with self._open() as laptop:
            for seed, visit in enumerate(self._visits):
                facts = laptop.buildings.get(visit.answers.building.wanted).values
                for one in pictures.drawings(visit.answers, facts, visit.photos, seed):
                    if left:
                        source = left.pop(0)
                        shutil.copyfile(source, one.file.with_suffix(source.suffix.lower()))
                        real += 1
                    else:
                        todo.append(one)
        size = pictures.draw_all(todo)
        self._summary["photographs"] = {"real": real, "drawn": len(todo), "bytes_drawn": size}
        text = _("{real} real, {drawn} drawn, {others} files that are no photographs")
        return text.format(real=real, drawn=len(todo), others=len(self._others))

    def _visit(self) -> str:
        answers = files = 0
        told = []
        with self._open() as laptop:
            for visit in self._visits:
                self._one_visit(laptop, visit)
                answers += len(visit.answers.answers)
                files += sum(len(one.attachments) for one in visit.records)
                told.append(self._told(visit))
                self._output.progress(f"      {visit.answers.title}")
        self._summary["visits"] = told
        return _("{answers} answers, {files} photographs, all finalized").format(answers=answers, files=files)

    def _one_visit(self, laptop: Laptop, visit: _Visit) -> None:
        head = visit.answers.visit
        building = UUID(laptop.buildings.get(visit.answers.building.wanted).id)
        begun = laptop.visits.begin(
            building,
            [visit.answers.form],
            kind=head.kind,
            tasks=head.tasks,
            team=head.members,
            started_at=head.started_at,
        )
        visit.visit_id = begun.visit_id
        self._keep_aside(laptop, begun.visit_id)
        fill_form(laptop, begun.visit_id, visit.answers, lambda name: photo_file(name, visit.photos))
        visit.records = list(laptop.visits.finalize(begun.visit_id, head.ended_at))

    def _keep_aside(self, laptop: Laptop, visit_id: UUID) -> None:
        """Files of the folder that are no photographs: refused with the reason, their bytes kept aside."""
        told = self._summary.setdefault("refused", [])
        for one in laptop.evidence.add_files(visit_id, self._others):
            if isinstance(one, Refused):
                told.append({"file": one.path.name, "code": one.error.code, "kept_aside": one.sha256})
        self._others = []

    def _told(self, visit: _Visit) -> dict[str, Any]:
        return {
            "title": visit.answers.title,
            "visit_id": str(visit.visit_id),
            "records": [
                {
                    "record_id": str(one.chain.record_id),
                    "instance_id": str(one.chain.instance_id),
                    "form": one.form_id,
                    "attachments": len(one.attachments),
                }
                for one in visit.records
            ],
        }

    def _print(self) -> str:
        sheets: list[dict[str, Any]] = []
        with self._open() as laptop:
            for visit in self._visits:
                for record in visit.records:
                    sheets += [self._sheet(laptop, visit, record, kind) for kind in ("onsite", "archive")]
        self._summary["sheets"] = sheets
        return _("{count} PDF files").format(count=len(sheets))

    def _sheet(self, laptop: Laptop, visit: _Visit, record: Submission, kind: Any) -> dict[str, Any]:
        file = self._out / f"{visit.name}-{kind}.pdf"
        printed = laptop.paper.print_to(record, kind, file)
        return {"file": file.name, "kind": kind, "sha256": printed.sha256, "bytes": len(printed.pdf)}

    # -- sync --------------------------------------------------------------------------------------

    def _client(self) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "fieldapp", "sync", "--json", "--data", str(self.laptop_folder)]
        environment = os.environ | {PASSPHRASE: SECRET}
        return subprocess.Popen(  # noqa: S603 - our own program
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
        )

    def _sync_broken(self) -> str:
        assert self._line is not None
        with self._open() as laptop:
            sizes = {
                file.sha256: file.size for one in laptop.store.outbox.pending() for file in one.attachments
            }
        size, before = sum(sizes.values()), self._line.out
        self._summary["payload_bytes"] = size
        self._line.cut_at(before + int(size * CUT))
        kill = self._line.reached(before + int(size * KILL))
        client = self._client()
        while client.poll() is None and not kill.wait(0.02):
            pass
        client.kill()
        said, complaint = client.communicate()
        if not kill.is_set() or not self._line.cuts:
            raise UserError("CLI_004", step="sync", problem=(said + complaint)[-400:])
        with self._open() as laptop:
            unsent = laptop.store.outbox.unsent()
        self._summary["killed"] = {"bytes_before": self._line.out - before, "unsent": unsent}
        text = _("cut once, killed after {sent:.0f} MB of {all:.0f} MB, {unsent} records without receipt")
        return text.format(sent=(self._line.out - before) / 1e6, all=size / 1e6, unsent=unsent)

    def _sync_whole(self) -> str:
        assert self._line is not None
        before = self._line.out
        client = self._client()
        said, complaint = client.communicate()
        if client.returncode != Exit.OK:
            raise UserError("CLI_004", step="sync", problem=(said + complaint)[-400:])
        result: dict[str, Any] = json.loads(said)
        over = self._line.out - before + self._summary["killed"]["bytes_before"]
        self._summary["sync"] = result | {
            "line_bytes": over,
            "cuts": self._line.cuts,
            "kills": 1,
            "overhead": round(over / max(1, self._summary["payload_bytes"]), 4),
        }
        return _("{sent} receipts; {share:.2f} of the payload went over the line").format(
            sent=len(result["sent"]), share=self._summary["sync"]["overhead"]
        )

    def _compare(self) -> str:
        server = self._district.run("export")
        broken = self._district.run("check")["broken"]
        with self._open() as laptop:
            held = safekeeping.inventory(laptop.store)
            damage = [step.finding.code for step in laptop.store.verify() if step.finding is not None]
        self._summary["laptop"], self._summary["server"] = held, server
        self._summary["damage"] = {"laptop": damage, "server": broken}
        self._summary["compared"] = rows = compared(held, server)
        self._summary["equal"] = all(row["equal"] for row in rows.values()) and not damage and not broken
        if self._summary["equal"]:
            return _("the server has every byte")
        return _("NOT equal: see summary.json")

    def _picture(self) -> str:
        """On a copy of the laptop, where the first visit is open once more and a lane is being walked."""
        copy = self._data / "pictured"
        shutil.copytree(self.laptop_folder, copy)
        try:
            with app.unlock(copy, INSPECTOR.inspector_id, SECRET) as laptop:
                self._leave_open(laptop, self._visits[0])
            made = app.screens(copy, INSPECTOR.inspector_id, SECRET, self._out / "screens")
        finally:
            shutil.rmtree(copy)
        self._summary["screens"] = [file.name for file in made]
        return _("{count} pictures").format(count=len(made))

    @staticmethod
    def _leave_open(laptop: Laptop, visit: _Visit) -> None:
        house = laptop.buildings.get(visit.answers.building.wanted)
        team = visit.answers.visit.members
        laptop.visits.set_team(team)
        begun = laptop.visits.begin(UUID(house.id), [visit.answers.form], team=team)
        fill_form(laptop, begun.visit_id, visit.answers, lambda name: photo_file(name, visit.photos))
        community = house.values["community"]
        longest = max(laptop.today.lanes(community), key=lambda one: one.houses)
        laptop.today.set_lane(Lane(community, longest.road))
