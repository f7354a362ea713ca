"""``buildings import|find|show|export``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer

from fieldapp.cli import ledgers
from fieldapp.cli.options import Data, Json, Who, open_laptop
from fieldapp.cli.output import Exit, Output
from fieldapp.domain.addresses import full_address
from fieldapp.domain.codelists import codelists
from fieldapp.domain.register import list_names, schema
from fieldapp.domain.sample import SIZE
from fieldapp.i18n import N_, _
from fieldapp.services.buildings import LIST
from fieldapp.services.ledger import SPANS, Filters, code_filters, day_filters
from fieldapp.services.ledgers import is_ledger
from fieldapp.services.wording import said
from fieldapp.settings import language
from fieldapp.store.model import ShownRow


def group() -> typer.Typer:
    """The commands of this group."""
    app = typer.Typer(help=N_("Buildings of the register on this laptop."), no_args_is_help=True)
    app.command("import", help=N_("Take in buildings from CSV or JSON, or the sample district."))(import_)
    app.command("find", help=N_("Search by two characters, pinyin initials (tdl12) or code."))(find)
    app.command("show", help=N_("What is known of a building: facts, visits, photographs."))(show)
    app.command("export", help=N_("Write a list of the register as CSV or XLSX."))(export)
    ledgers.add_to(app)
    return app


def import_(
    file: Annotated[
        Path | None, typer.Argument(help=N_("A ledger of an office (XLSX, CSV), or rows as CSV or JSON."))
    ] = None,
    sample: Annotated[
        bool, typer.Option("--sample", help=N_("The sample district, marked as such."))
    ] = False,
    size: Annotated[int, typer.Option(help=N_("How many sample buildings."))] = SIZE,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help=N_("Only say what would become of a ledger's rows."))
    ] = False,
    template: Annotated[
        Path | None, typer.Option("--map", help=N_("What the headings of a ledger mean, as TOML."))
    ] = None,
    write_map: Annotated[
        Path | None, typer.Option("--write-map", help=N_("Write the mapping of a ledger's headings."))
    ] = None,
    who: Who = "",
    data: Data = None,
    as_json: Json = False,
) -> Exit:
    """Import rows into the register."""
    if (file is None) != sample:
        raise typer.BadParameter(_("Give a file or --sample."))
    output = Output(as_json)
    with open_laptop(data, who) as laptop:

        def told(done: int) -> None:
            output.progress(_("{done} buildings").format(done=done))

        if file is not None and is_ledger(file):
            return ledgers.take(laptop, file, template, write_map, dry_run, output)
        if dry_run or template or write_map:
            raise typer.BadParameter(_("--dry-run, --map and --write-map are for ledgers of offices."))
        if file is None:
            count = laptop.buildings.import_sample(size, told)
        else:
            count = laptop.buildings.import_file(file, told)
        total = laptop.store.register.count(LIST)
    output.say(_("{count} buildings imported, {total} in the register").format(count=count, total=total))
    output.result({"imported": count, "buildings": total})
    return Exit.OK


def find(
    text: Annotated[str, typer.Argument(help=N_("Any two characters, pinyin initials, or a code."))],
    limit: Annotated[int, typer.Option(help=N_("At most so many."))] = 50,
    who: Who = "",
    data: Data = None,
    as_json: Json = False,
) -> Exit:
    """Search buildings."""
    output = Output(as_json)
    with open_laptop(data, who) as laptop:
        found = laptop.buildings.find(text, limit)
    if not found:
        output.say(_("No building fits “{text}”.").format(text=text))
    heads = (_("Code"), _("Address"), _("Structure"), _("Level"), _("Last inspected"))
    output.table(heads, (_line(row) for row in found))
    output.result({"buildings": [_row(row) for row in found]})
    return Exit.OK


def _line(row: ShownRow) -> tuple[str, ...]:
    lists, values = codelists(), row.values
    return (
        values.get("building_code", ""),
        full_address(values),
        lists.text("structure_type", values.get("structure_type", ""), language()),
        lists.text("hazard_level", values.get("hazard_level", ""), language()),
        values.get("last_inspected", ""),
    )


def _row(row: ShownRow) -> dict[str, Any]:
    properties = schema(LIST).properties
    return {
        "id": row.id,
        "label": row.label,
        "version": row.version,
        "unconfirmed": row.unconfirmed,
        "facts": {name: properties[name].at_work(value) for name, value in row.values.items()},
    }


def show(
    building: Annotated[str, typer.Argument(help=N_("Id, code, or a text that fits one building."))],
    who: Who = "",
    data: Data = None,
    as_json: Json = False,
) -> Exit:
    """The building's file."""
    output = Output(as_json)
    with open_laptop(data, who) as laptop:
        row = laptop.buildings.get(building)
        visits = list(laptop.store.visits.list(building_id=UUID(row.id)))
        photos = [photo for visit in visits for photo in laptop.store.photos.for_visit(visit.visit_id)]
        filings = [one.to_row() | {"filing": one.id} for one in laptop.store.redirects.filings(row.id)]
    output.say(f"{row.values.get('building_code', '')}  {full_address(row.values)}")
    output.table((_("Fact"), _("Value")), _facts(row))
    output.table(
        (_("Visit"), _("Begun"), _("Result"), _("State")),
        (
            (
                visit.visit_id,
                f"{visit.started_at:%Y-%m-%d %H:%M}",
                codelists().text("visit_result", visit.result, language()),
                visit.state,
            )
            for visit in visits
        ),
    )
    output.result(
        _row(row)
        | {
            "visits": [
                {"visit_id": visit.visit_id, "started_at": visit.started_at, "result": visit.result,
                 "state": visit.state}
                for visit in visits
            ],
            "photos": [{"sha256": photo.sha256, "name": photo.name} for photo in photos],
            "filings": filings,
        }
    )  # fmt: skip
    return Exit.OK


def _facts(row: ShownRow) -> list[tuple[str, str]]:
    return [
        (one.title(language()), said(one, row.values[one.name], language()))
        for one in schema(LIST).shown()
        if row.values.get(one.name)
    ]


def export(
    file: Annotated[Path, typer.Argument(help=N_("The file to write, .csv or .xlsx."))],
    list_name: Annotated[str, typer.Option("--list", help=N_("The list, buildings unless named."))] = LIST,
    column: Annotated[
        list[str] | None, typer.Option(help=N_("A property to show, repeatable; else those of the register."))
    ] = None,
    where: Annotated[
        list[str] | None, typer.Option(help=N_("Only buildings with PROPERTY=CODE, repeatable."))
    ] = None,
    reason: Annotated[
        str, typer.Option(help=N_("Why names and numbers of persons are needed; without it they are masked."))
    ] = "",
    who: Who = "",
    data: Data = None,
    as_json: Json = False,
) -> Exit:
    """Write a list; what left the store is logged."""
    output = Output(as_json)
    columns = column or []
    if list_name not in list_names():
        raise typer.BadParameter(_("There is no list {name}.").format(name=list_name))
    unknown = schema(list_name).unknown(set(columns))
    if unknown:
        raise typer.BadParameter(_("The list has no {names}.").format(names=", ".join(unknown)))
    chosen = _chosen(list_name, where or [])
    with open_laptop(data, who) as laptop:
        numbers = laptop.ledger.numbers(chosen) if list_name == LIST else None
        count = laptop.exports.write(
            list_name, file, numbers, columns, reason,
            lambda done: output.progress(_("{count} rows").format(count=done)),
        )  # fmt: skip
    output.say(_("{count} rows written to {file}").format(count=count, file=file))
    output.result({"rows": count, "file": str(file), "masked": not reason.strip()})
    return Exit.OK


def _chosen(list_name: str, where: list[str]) -> Filters:
    """The filters that ``--where`` names."""
    chosen = Filters()
    known = {one.name: set(codelists()[one.codes].items) for one in code_filters()}
    known |= {one.name: set(SPANS) for one in day_filters()}
    for term in where:
        name, _equals, code = term.partition("=")
        if list_name != LIST or code not in known.get(name, ()):
            raise typer.BadParameter(_("Lists are not narrowed by {term}.").format(term=term))
        chosen = chosen.choosing(name, (*chosen.of(name), code))
    return chosen
