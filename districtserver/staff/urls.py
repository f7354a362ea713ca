"""Addresses of the staff pages."""

from __future__ import annotations

from django.contrib.auth.views import LoginView, LogoutView
from django.urls import path
from django.views.generic import RedirectView
from django.views.i18n import set_language

from districtserver.staff.views import conflicts, filings, ledger, ledgers, pictures, sheets, submissions

app_name = "staff"
urlpatterns = [
    path("", RedirectView.as_view(pattern_name="staff:submissions"), name="home"),
    path("sign-in", LoginView.as_view(template_name="staff/sign_in.html"), name="sign_in"),
    path("sign-out", LogoutView.as_view(), name="sign_out"),
    path("language", set_language, name="language"),
    path("submissions/", submissions.listed, name="submissions"),
    path("submissions/<uuid:instance_id>", submissions.one, name="submission"),
    path("submissions/<uuid:instance_id>/original", submissions.original, name="original"),
    path("submissions/<uuid:instance_id>/release", submissions.released, name="release"),
    path("submissions/<uuid:instance_id>/sheet", sheets.sheet, name="sheet"),
    path("submissions/<uuid:instance_id>/files/<str:name>", pictures.whole, name="file"),
    path("submissions/<uuid:instance_id>/files/<str:name>/small", pictures.small, name="thumbnail"),
    path("ledger/", ledger.listed, name="ledger"),
    path("ledger/<str:building_id>", ledger.building, name="building"),
    path("ledgers/", ledgers.listed, name="ledgers"),
    path("ledgers/upload", ledgers.uploaded, name="ledger_uploaded"),
    path("ledgers/look/<str:sha256>", ledgers.looked, name="ledger_looked"),
    path("ledgers/take/<str:sha256>", ledgers.taken, name="ledger_taken"),
    path("ledgers/rows/<int:number>", ledgers.decided, name="ledger_decided"),
    path("ledgers/<uuid:ledger_id>", ledgers.rows, name="ledger_rows"),
    path("ledgers/<uuid:ledger_id>/undo", ledgers.undone, name="ledger_undone"),
    path("filings/", filings.listed, name="filings"),
    path("filings/join/<str:building_id>", filings.compared, name="files_compared"),
    path("filings/part/<str:building_id>", filings.parted, name="file_parted"),
    path("filings/<uuid:filing>/undo", filings.undone, name="filing_undone"),
    path("conflicts/", conflicts.listed, name="conflicts"),
    path("conflicts/<uuid:conflict>", conflicts.one, name="conflict"),
    path("conflicts/<uuid:conflict>/decide", conflicts.decided, name="conflict_decided"),
]
