"""What is installed elsewhere: the wheel holds program, resources and compiled catalogues."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_the_wheel_carries_everything_it_needs(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
        cwd=ROOT,
        check=True,
        capture_output=True,
        timeout=120,
    )
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as packed:
        names = set(packed.namelist())
        catalogue = packed.read("fieldapp/_resources/i18n/zh_CN/LC_MESSAGES/fieldapp.mo")
    assert "同步".encode() in catalogue
    carried = {
        f"fieldapp/_resources/{file.relative_to(ROOT / 'resources')}"
        for kind in ("fonts/*.ttf", "forms/**/*.md", "codelists/*", "rules/*", "register/*")
        for file in (ROOT / "resources").glob(kind)
        if file.is_file()
    }
    assert carried <= names
    assert {"fieldapp/cli/__init__.py", "districtserver/cli.py"} <= names
    assert {
        "districtserver/locale/zh_Hans/LC_MESSAGES/django.mo",
        "districtserver/staff/templates/staff/base.html",
        "districtserver/staff/static/staff/htmx-LICENSE.txt",
    } <= names
    assert not any(name.startswith(("tests/", "bench/")) for name in names)
