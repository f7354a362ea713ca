"""The one catalogue of errors: every code, what happened and what the user can do.

Texts are English sources for gettext; ``i18n`` translates them when they are shown, never when this
module is imported. A code is stable for ever: tests, support and ``--json`` output rely on it.
Messages carry ``{named}`` slots and never personal data (names, addresses, answers): ids only.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Detail:
    """What a code means: a short title, one sentence on what happened, one on what to do."""

    title: str
    message: str
    remedy: str


class Phrase:
    """A text with ``{named}`` places inside a slot of a message, to be translated like the message itself.

    Slots that are written as one literal need none; this is for those that carry a number or an id.
    """

    def __init__(self, text: str, **slots: object) -> None:
        self.text = text
        self.slots = slots

    def __str__(self) -> str:
        return self.text.format(**self.slots)


class FieldappError(Exception):
    """Base of all errors that carry a catalogue code.

    ``code`` is a key of ``CATALOGUE``; ``slots`` fill the ``{named}`` places of its texts.
    """

    retryable = False

    def __init__(self, code: str, **slots: object) -> None:
        self.code = code
        self.slots = slots
        detail = CATALOGUE[code]
        super().__init__(f"{code}: {detail.message.format(**slots)}")

    @property
    def detail(self) -> Detail:
        """The untranslated texts of this error, slots not yet filled."""
        return CATALOGUE[self.code]


class UserError(FieldappError):
    """The user can put it right: wrong passphrase, broken form, damaged photograph."""


class EnvironmentProblem(FieldappError):  # noqa: N818 - a problem of the surroundings is no error of ours
    """The surroundings fail: no network, full disk, locked store. Trying again later may help."""

    retryable = True


class BugError(FieldappError):
    """A rule of our own code was broken; never the user's fault."""


CATALOGUE: dict[str, Detail] = {
    # BUG: our own mistakes
    "BUG_001": Detail(
        "Internal error",
        "{what}",
        "Your drafts are saved. Please send the report to the district office.",
    ),
    # TEXT: languages (fieldapp/i18n)
    "TEXT_001": Detail(
        "Texts missing / 缺少界面文字",
        "The texts of the language {language} are not installed. / 没有安装所选语言的界面文字。",
        "Install the program again; in a checkout run `make install`. / 请重新安装程序。",
    ),
    # FORM: form definitions and expressions (fieldapp/forms, services/publishing)
    "FORM_001": Detail(
        "Not readable as XML",
        "The file is not well-formed XML (line {line}): {problem}",
        "Publish the form again from its workbook, or fetch it again from the server.",
    ),
    "FORM_002": Detail(
        "File refused",
        "The file declares a DTD or entities, which forms never need.",
        "Ask where the file comes from; publish the form again from its workbook.",
    ),
    "FORM_003": Detail(
        "File too large",
        "The file exceeds {limit}.",
        "Split the form, or move long lists out of it into external lists.",
    ),
    "FORM_004": Detail(
        "Not a form",
        "The file has no {missing}, which every XForm has.",
        "Publish the form again from its workbook.",
    ),
    "FORM_010": Detail(
        "Circular calculation",
        "These expressions depend on each other in a circle: {questions}",
        "Break the circle in the form table: one of them must not use the others.",
    ),
    "FORM_011": Detail(
        "Expression broken",
        "{place}: {problem}",
        "Correct the expression in the form table at this place.",
    ),
    "FORM_012": Detail(
        "Reference leads nowhere",
        "{place} uses {missing}, which the form does not have.",
        "Correct the name in the form table, or add what is missing.",
    ),
    "FORM_013": Detail(
        "Form broken",
        "{place}: {problem}.",
        "Correct the form table at this place and publish it again.",
    ),
    "FORM_014": Detail(
        "Answers of another form",
        "The file holds answers of {found}, the form is {wanted}.",
        "Open it with the form it was filled with.",
    ),
    "FORM_015": Detail(
        "Too many entries",
        "A list of entries can hold at most {limit}.",
        "Begin another inspection for the rest.",
    ),
    "FORM_016": Detail(
        "No such question",
        "The form {form} has no question {path}.",
        "Check the path; `fieldapp forms md` lists the questions.",
    ),
    "FORM_017": Detail(
        "Actions set each other off",
        "Setting {question} sets off actions without end.",
        "Correct the triggers in the form table.",
    ),
    "FORM_018": Detail(
        "Number of entries is fixed",
        "How many entries {path} has follows from another answer.",
        "Change the answer that the number follows from.",
    ),
    "FORM_019": Detail(
        "Form cannot be corrected",
        "The form {form} has no meta/instanceID, so a correction cannot name what it replaces.",
        "Publish the form again with pyxform, which adds it.",
    ),
    "FORM_020": Detail(
        "Not answered by hand",
        "{question} is filled in by the form and cannot be answered by hand.",
        "Answer the questions that it follows from; `fieldapp forms explain` names them.",
    ),
    # FORM_101..: form tables and publishing (services/publishing)
    "FORM_101": Detail(
        "Form table broken",
        "{file}, sheet {sheet}, row {row}: {problem}",
        "Correct this row and build the form again. {remedy}",
    ),
    "FORM_102": Detail(
        "Form cannot be built",
        "{file}: {problem}",
        "Correct the form table and build it again.",
    ),
    "FORM_103": Detail(
        "Form unknown",
        "There is no form with the id {form_id}.",
        "Choose one of: {known}.",
    ),
    "FORM_104": Detail(
        "Form refused",
        "{file}, sheet {sheet}, row {row}, question {question}: {problem}",
        "Correct this row and build the form again. {remedy}",
    ),
    # FORM_151..: expressions (fieldapp/forms/xpath)
    "FORM_151": Detail(
        "Expression not understood",
        'Unexpected "{found}" at column {column} of the expression: {expression}',
        "Correct the expression in the form table at this place.",
    ),
    "FORM_152": Detail(
        "Unknown function",
        "There is no function {name}() (column {column} of the expression: {expression}).",
        "Check the spelling of the function, or update the program if the form needs a newer one.",
    ),
    "FORM_153": Detail(
        "Wrong number of arguments",
        "{name}() takes {wanted} arguments, not {given} (column {column} of the expression: {expression}).",
        "Correct the arguments of this function in the form table.",
    ),
    "FORM_154": Detail(
        "Expression too long or too deep",
        "The expression is too long or nested too deeply (column {column}): {expression}",
        "Split the expression into several calculations.",
    ),
    "FORM_155": Detail(
        "Unknown prefix",
        "The prefix {prefix}: is not declared (column {column} of the expression: {expression}).",
        "Declare the prefix in the form, or remove it from the expression.",
    ),
    "FORM_156": Detail(
        "Variables are not possible",
        "${found} at column {column} is a variable, which forms do not have: {expression}",
        "Write ${{question}} in the form table, or a path in the expression.",
    ),
    # DOMAIN: register, rules, code lists (fieldapp/domain)
    "DOMAIN_001": Detail(
        "Code list broken",
        "{file}, {place}: {problem}",
        "Correct the code list file, or take the carried one again.",
    ),
    "DOMAIN_002": Detail(
        "Rule set broken",
        "{file}, {place}: {problem}",
        "Correct the rule set file, or take the carried one again.",
    ),
    "DOMAIN_003": Detail(
        "Register description broken",
        "{file}, {place}: {problem}",
        "Correct the register file, or take the carried one again.",
    ),
    # LEDGER: the offices' own workbooks (fieldapp/domain/ledger_import)
    "LEDGER_001": Detail(
        "Ledger not readable",
        "{file}: {problem}",
        "Open the file in the spreadsheet program, save it as .xlsx and try again.",
    ),
    "LEDGER_002": Detail(
        "Mapping of headings broken",
        "{file}: {problem}",
        "Correct the file; `--write-map FILE` writes one for a ledger.",
    ),
    "LEDGER_003": Detail(
        "No headings found",
        "No sheet has a row of headings that says where a house is (地址, 门牌号, 房屋编号).",
        "Look whether it is the right file, or give a mapping of its headings with --map.",
    ),
    "LEDGER_004": Detail(
        "No such ledger",
        "{id} names no ledger that was taken in here, or several.",
        "`fieldapp buildings ledgers` lists them.",
    ),
    "LEDGER_005": Detail(
        "The row does not wait",
        "Row {row} is not among those to be looked at.",
        "`fieldapp buildings pending` lists them.",
    ),
    "LEDGER_006": Detail(
        "Undone already",
        "The ledger {id} has been undone.",
        "Take the file in again if it is wanted after all.",
    ),
    "LEDGER_007": Detail(
        "No such house",
        "{id} is no house of the register.",
        "Give the code or the id of a house, `new`, or `skip`.",
    ),
    "LEDGER_008": Detail(
        "No reason given",
        "Row {row} is to be left out, and nothing says why.",
        "Give a reason; it stays with the row.",
    ),
    # FILING: files of buildings joined and parted (districtserver/filing)
    "FILING_001": Detail(
        "No such file",
        "{id} is not the id or code of one building that stands, or it is the same one twice.",
        "Give the code or the id of a building of the ledger.",
    ),
    "FILING_002": Detail(
        "Something is still to be decided",
        "In the file {id}, {count} facts were told differently in two places.",
        "Decide them first, on the page of what is to be decided.",
    ),
    "FILING_003": Detail(
        "Not all facts are chosen",
        "Both files tell these differently: {wanted}.",
        "Choose one of both for each of them; the other stays in the history.",
    ),
    "FILING_004": Detail(
        "No reason given",
        "Nothing says why.",
        "Give a reason; it stays with the file.",
    ),
    "FILING_005": Detail(
        "The file has changed",
        "The file {id} has changed since it was shown.",
        "Look at it again and choose anew.",
    ),
    "FILING_006": Detail(
        "Nothing to undo",
        "{id} names nothing that was joined or parted here, or it was undone.",
        "The page of joined and parted files lists what stands.",
    ),
    "FILING_007": Detail(
        "A later one comes first",
        "After {id} one of its files was joined or parted again ({newer}).",
        "Undo the later one first.",
    ),
    "FILING_008": Detail(
        "A choice that cannot be",
        "These cannot be chosen like that: {wanted}.",
        "Look at the choices and values of these and give others.",
    ),
    "FILING_009": Detail(
        "Not in this file",
        "{id} does not belong to the file, or did not come in between.",
        "Look at the file again and choose anew.",
    ),
    # STORE: keys, database, vault, audit (fieldapp/store)
    "STORE_001": Detail(
        "No store here",
        "The folder {folder} holds no store.",
        "Choose the right folder, or make a store with `fieldapp init`.",
    ),
    "STORE_002": Detail(
        "Passphrase wrong",
        "The passphrase does not open the slot.",
        "Type it again; if it is forgotten, the district office can recover the store.",
    ),
    "STORE_003": Detail(
        "Inspector unknown",
        "There is no slot for {inspector}.",
        "Choose one of: {known}.",
    ),
    "STORE_004": Detail(
        "Key file damaged",
        "keys.json was altered or is damaged: {problem}.",
        "Put the key file back from a backup, or have the district office recover the store. The "
        "records are still there.",
    ),
    "STORE_005": Detail(
        "Passphrase too short",
        "A passphrase has at least {least} characters.",
        "Choose a longer one.",
    ),
    "STORE_006": Detail(
        "Last inspector",
        "The last slot cannot be removed: nobody could open the store any more.",
        "Add another inspector first.",
    ),
    "STORE_007": Detail(
        "Recovery key does not fit",
        "The recovery key does not open this store.",
        "Use the private key of the district this laptop was enrolled with.",
    ),
    "STORE_008": Detail(
        "Not a PIN",
        "A PIN has exactly 6 digits.",
        "Type 6 digits.",
    ),
    "STORE_009": Detail(
        "PIN wrong",
        "The PIN is wrong; {left} tries are left.",
        "Type it again, or use the passphrase.",
    ),
    "STORE_010": Detail(
        "PIN no longer valid",
        "The PIN has expired or was wrong too often.",
        "Unlock with the passphrase.",
    ),
    "STORE_011": Detail(
        "Store already there",
        "The folder {folder} already holds a store or parts of one.",
        "Unlock it, or choose another folder; nothing was changed.",
    ),
    "STORE_020": Detail(
        "Disk full",
        "The disk is full; nothing was half saved.",
        "Free some space and save again.",
    ),
    "STORE_021": Detail(
        "Disk error",
        "The disk refuses to read or write: {problem}.",
        "Restart the program; if it stays, copy the store's folder to another disk.",
    ),
    "STORE_022": Detail(
        "Key does not fit the database",
        "The database cannot be opened with this store's key: its beginning was altered, or it belongs "
        "to another store.",
        "Put the database back from a backup. The photographs are not affected.",
    ),
    "STORE_023": Detail(
        "Database damaged",
        "Pages of the database are damaged.",
        "Run `fieldapp verify`, make a copy of the folder and restore the last backup. The photographs "
        "are not affected.",
    ),
    "STORE_024": Detail(
        "Database busy",
        "The database is locked by something else.",
        "Close programs that scan or copy the folder and try again.",
    ),
    "STORE_025": Detail(
        "Store of a newer program",
        "The store was made by a newer version (steps {newer}).",
        "Update the program. Nothing was changed.",
    ),
    "STORE_026": Detail(
        "Store already open",
        "Another window or command has this store open.",
        "Close it, or work there.",
    ),
    "STORE_027": Detail(
        "Database missing",
        "The store's database file is missing.",
        "Put it back from a backup. The photographs are not affected.",
    ),
    "STORE_030": Detail(
        "File too large",
        "A file has at most {limit} MB.",
        "Split or shrink the file.",
    ),
    "STORE_031": Detail(
        "Photograph missing",
        "The stored file {sha256} is missing.",
        "Put it back from a backup, or add the original again.",
    ),
    "STORE_032": Detail(
        "Stored file altered",
        "The stored file {sha256} was altered or is damaged.",
        "Put it back from a backup, or add the original again. All other files are unaffected.",
    ),
    "STORE_033": Detail(
        "Attachment missing",
        "The record cannot be finalized: its file {sha256} is missing or incomplete.",
        "Add the photograph again.",
    ),
    "STORE_034": Detail(
        "No such entry",
        "There is no {kind} {id}.",
        "Check the id.",
    ),
    "STORE_035": Detail(
        "Visit is finalized",
        "The visit {visit_id} is finalized and does not change any more.",
        "Make a correction, which becomes a new version.",
    ),
    "STORE_036": Detail(
        "Version does not follow",
        "{instance_id} does not follow the version it says it replaces.",
        "Open the newest version and correct that.",
    ),
    "STORE_037": Detail(
        "Other content under a known name",
        "{kind} {id} is known with other content.",
        "Give the changed one a new version.",
    ),
    "STORE_040": Detail(
        "Record altered",
        "The stored record {instance_id} does not have its hash any more.",
        "Restore it from a backup, or from the server if it was sent.",
    ),
    "STORE_041": Detail(
        "Audit log broken",
        "The audit log does not follow on from entry {seq}.",
        "Report it to the district office; keep the folder as it is.",
    ),
    "STORE_042": Detail(
        "Register altered",
        "The list {name} is not as the server gave it: {count} rows differ, {missing} are missing.",
        "Sync: what differs is fetched again. Your own records are not affected.",
    ),
    "STORE_050": Detail(
        "Not a backup",
        "The file is not a backup of this program, or one of a newer version.",
        "Choose another file, or update the program.",
    ),
    "STORE_051": Detail(
        "Backup damaged",
        "The backup was altered or is incomplete (from about byte {at}); nothing was restored.",
        "Copy it again from where it was made, or use another backup.",
    ),
    "STORE_052": Detail(
        "File already there",
        "{file} exists already, and a backup overwrites nothing.",
        "Choose another name.",
    ),
    "STORE_053": Detail(
        "File too large for this drive",
        "The drive does not take a file of this size.",
        "Use a drive formatted as exFAT or NTFS; FAT32 takes files of 4 GB at most.",
    ),
    # MEDIA: photographs and QR (fieldapp/media)
    "MEDIA_001": Detail(
        "Empty file",
        "The file has no content.",
        "Copy it from the phone or camera again; the card may have been removed too early.",
    ),
    "MEDIA_002": Detail(
        "File too large",
        "The file is larger than {limit} MB.",
        "Take the photograph again with the camera's usual settings.",
    ),
    "MEDIA_003": Detail(
        "Not a photograph",
        "The content is not JPEG, PNG or HEIC, whatever the name says. Found: {found}.",
        "Choose the photograph itself, or save it as JPEG first.",
    ),
    "MEDIA_004": Detail(
        "Picture too large",
        "The picture announces {megapixels} million pixels; at most {limit} million are opened.",
        "Take the photograph again with a smaller size, or save it smaller.",
    ),
    "MEDIA_005": Detail(
        "Photograph incomplete",
        "The file ends before the picture is complete.",
        "Copy it from the phone or camera again and wait until copying has ended.",
    ),
    "MEDIA_006": Detail(
        "Photograph damaged",
        "The picture cannot be read whole: {problem}.",
        "Copy it from the phone or camera again; if it stays damaged, take it again. The file is kept aside.",
    ),
    "MEDIA_007": Detail(
        "Another file inside",
        "Another file is hidden in the photograph. Found: {found}.",
        "Take the photograph again with a camera; ask where this file comes from.",
    ),
    "MEDIA_009": Detail(
        "File refused",
        "The file is built so that opening it would block the program: {problem}.",
        "Take the photograph again with a camera; ask where this file comes from.",
    ),
    "MEDIA_010": Detail(
        "No such folder",
        "The folder of photographs does not exist.",
        "Check that the card or phone is connected and choose the folder again.",
    ),
    "MEDIA_020": Detail(
        "File cannot be read",
        "The system refuses to read the file: {reason}.",
        "Check that the card or phone is connected and that you may read the file, then try again.",
    ),
    "MEDIA_021": Detail(
        "Font missing",
        "The carried font {file} cannot be read.",
        "Install the program again.",
    ),
    "MEDIA_022": Detail(
        "Not enough memory",
        "There is not enough memory to open the picture.",
        "Close other programs and try again.",
    ),
    # SHEET: printing (fieldapp/sheets)
    "SHEET_001": Detail(
        "Characters that cannot be printed",
        "The carried fonts cannot draw: {characters}. Found in: {place}.",
        "Write these characters differently (a common variant, or describe them) and print again.",
    ),
    "SHEET_002": Detail(
        "Picture not printable",
        "{place} is no readable JPEG copy.",
        "Make the sheet copy again from the original photograph.",
    ),
    "SHEET_003": Detail(
        "Font missing",
        "The carried font {file} is missing or damaged.",
        "Install the program again.",
    ),
    "SHEET_004": Detail(
        "No sheet for this form",
        "There is no printed sheet for the form {form}.",
        "Update the program, or print the record's cover only.",
    ),
    # SYNC: contact with the server (fieldapp/sync)
    "SYNC_001": Detail(
        "No network",
        "This computer is not connected to a network that reaches {host}.",
        "Connect to a network and sync again; everything is kept on this laptop.",
    ),
    "SYNC_002": Detail(
        "Server not found",
        "No address is known for {host}.",
        "Check the server address in the settings, or connect to the network that knows it.",
    ),
    "SYNC_003": Detail(
        "Server does not answer",
        "{host} does not accept the connection.",
        "Try again later; if it stays, tell the district office.",
    ),
    "SYNC_004": Detail(
        "Certificate not trusted",
        "{host} shows a certificate that this laptop does not trust; nothing was sent.",
        "When registering, give the district's certificate as well (--ca). Else use another network; if it "
        "stays, tell the district office: somebody may be listening in.",
    ),
    "SYNC_005": Detail(
        "Certificate of another server",
        "The certificate shown does not belong to {host}; nothing was sent.",
        "Check the server address; if it is right, use another network and tell the district office.",
    ),
    "SYNC_006": Detail(
        "Certificate not valid now",
        "The certificate of {host} is not valid at this laptop's date; nothing was sent.",
        "Check date and time of this laptop; if they are right, tell the district office.",
    ),
    "SYNC_007": Detail(
        "No secure connection",
        "{host} does not speak a secure protocol that this program accepts; nothing was sent.",
        "Check address and port of the server; use another network.",
    ),
    "SYNC_008": Detail(
        "Connection lost",
        "The connection to {host} broke before the answer was complete.",
        "Sync again: what has arrived is not sent again.",
    ),
    "SYNC_009": Detail(
        "Connection stalled",
        "No bytes moved to or from {host} for {seconds} seconds.",
        "Sync again where the network is better: what has arrived is not sent again.",
    ),
    "SYNC_010": Detail(
        "Address refused",
        "The server address must begin with https:// and name only a server.",
        "Correct the server address in the settings.",
    ),
    "SYNC_011": Detail(
        "Redirected",
        "{host} points to another address, which is never followed; nothing was sent on.",
        "Log in to the network first if it asks for it, or use another network.",
    ),
    "SYNC_012": Detail(
        "Not the district server",
        "Something else than the district server answers at {host}.",
        "Log in to the network first if it asks for it, or check the server address.",
    ),
    "SYNC_013": Detail(
        "Answer not understood",
        "The answer of {host} is not what the protocol says: {problem}.",
        "Update the program; if it stays, tell the district office.",
    ),
    "SYNC_014": Detail(
        "CA certificate broken",
        "The CA certificate of the district cannot be read.",
        "Get the certificate from the district office again.",
    ),
    "SYNC_020": Detail(
        "Laptop not recognised",
        "The server does not recognise this laptop's registration.",
        "Register the laptop again with a new code from the district office.",
    ),
    "SYNC_021": Detail(
        "Laptop disabled",
        "The district office has disabled this laptop.",
        "Ask the district office. The records stay on this laptop, which is locked until the office accepts "
        "it again.",
    ),
    "SYNC_022": Detail(
        "Access refused",
        "{host} or something on the way refuses access ({reason}).",
        "Use another network; if it stays, tell the district office.",
    ),
    "SYNC_023": Detail(
        "Address unknown to the server",
        "The server does not know the address asked for.",
        "Check the server address, or update the program.",
    ),
    "SYNC_024": Detail(
        "Length missing",
        "Something on the way removed the length of the request.",
        "Use another network, or have the proxy's settings checked.",
    ),
    "SYNC_025": Detail(
        "Request too large",
        "The server or a device on the way refuses requests of this size.",
        "Have the size limit of the proxy checked by the district office.",
    ),
    "SYNC_026": Detail(
        "Being worked on",
        "The server is still busy with an earlier part of the same thing.",
        "Sync again in a few minutes.",
    ),
    "SYNC_027": Detail(
        "Too many requests",
        "The server asks to wait {seconds} seconds.",
        "Sync again later.",
    ),
    "SYNC_028": Detail(
        "Server error",
        "The server reports an error of its own ({status}).",
        "Sync again later; if it stays, tell the district office.",
    ),
    "SYNC_029": Detail(
        "Server full",
        "The disk of the server is full.",
        "Tell the district office; everything is kept on this laptop.",
    ),
    "SYNC_030": Detail(
        "Protocol differs",
        "The server speaks another version of the protocol ({server}) than this program ({own}).",
        "Update the program.",
    ),
    "SYNC_031": Detail(
        "Program too old",
        "The server requires version {least} of this program; this is {own}.",
        "Update the program; everything is kept.",
    ),
    "SYNC_032": Detail(
        "Refused by the server",
        "The server refused the request ({status}, {reason}).",
        "Update the program; if it stays, tell the district office.",
    ),
    "SYNC_040": Detail(
        "No receipt",
        "The server answered without a receipt, so the record does not count as sent.",
        "Sync again; if it stays, tell the district office.",
    ),
    "SYNC_041": Detail(
        "Receipt refused",
        "The receipt does not prove that the record arrived: {problem}.",
        "Sync again; if it stays, tell the district office.",
    ),
    "SYNC_042": Detail(
        "File not accepted",
        "The file {sha256} arrived with another content {times} times.",
        "Check your data on this laptop, then sync again.",
    ),
    "SYNC_043": Detail(
        "Files missing on the server",
        "The server still lacks {count} files of the record.",
        "Sync again.",
    ),
    "SYNC_044": Detail(
        "Record too large",
        "The record has {size} bytes; at most {limit} can be sent.",
        "Tell the district office; the record stays on this laptop.",
    ),
    "SYNC_045": Detail(
        "File altered",
        "The file {sha256} is not any more what was finalized.",
        "Put the file back from a backup; other records are not affected.",
    ),
    "SYNC_046": Detail(
        "Earlier version first",
        "The version that this one replaces has not been accepted yet.",
        "Sync again; if the earlier version was refused, see its reason.",
    ),
    "SYNC_047": Detail(
        "Record inconsistent",
        "The record's own list of contents does not fit: {problem}.",
        "Check your data on this laptop and tell the district office.",
    ),
    "SYNC_050": Detail(
        "Code unknown",
        "The server does not know the registration code.",
        "Type it again, or ask the district office for a new one.",
    ),
    "SYNC_051": Detail(
        "Code expired",
        "The registration code has expired.",
        "Ask the district office for a new one.",
    ),
    "SYNC_052": Detail(
        "Code used",
        "The registration code has been used already.",
        "Ask the district office for a new one.",
    ),
    "SYNC_060": Detail(
        "Server gone back",
        "The district server was put back to an earlier state: {count} records that it had given receipts "
        "for were no longer there.",
        "They are sent again by themselves; this laptop has kept everything. Tell the district office, so "
        "that the other laptops sync too.",
    ),
    "SYNC_070": Detail(
        "Not on the server",
        "The district server does not have this file.",
        "The small copy stays here. Ask the district office, or the colleague who took the photograph.",
    ),
    "SYNC_071": Detail(
        "House of others",
        "This file belongs to a house that is not assigned to this laptop.",
        "Ask the district office to assign the house to this laptop, then sync.",
    ),
    "SYNC_072": Detail(
        "Not the file that was asked for",
        "What came does not have the content that its check sum says. It was thrown away.",
        "Try again; if it happens again, tell the district office.",
    ),
    "SYNC_073": Detail(
        "No small copy",
        "The server cannot show this photograph small: its file is damaged or no picture.",
        "The original can still be fetched from the house's file.",
    ),
    "SYNC_074": Detail(
        "Form not taken",
        "The form {form} ({version}) that the district has published cannot be used on this laptop: "
        "{problem}",
        "Nothing has changed: the version that is installed goes on. Update the program, and tell the "
        "district office.",
    ),
    "SYNC_075": Detail(
        "Photograph not known here",
        "No photograph with this check sum stands in the file of a house on this laptop.",
        "Sync, then look for it in the house's file.",
    ),
    # VISIT: visits, filling, evidence (fieldapp/services)
    "VISIT_001": Detail(
        "Not complete",
        "{count} answers are missing or do not fit: {questions}.",
        "Answer these questions, then finalize again.",
    ),
    "VISIT_002": Detail(
        "Form not on this laptop",
        "The form {form} is not on this laptop.",
        "Sync to fetch it, or ask the district office which version is published.",
    ),
    "VISIT_003": Detail(
        "Answers not usable",
        "The file {file} cannot be used: {problem} (at {place}).",
        "Correct the file as docs/commands.md describes it.",
    ),
    "VISIT_004": Detail(
        "Photograph not found",
        "The answers name a photograph {name} that is not in the folder given.",
        "Name the folder of the photographs, or correct the name.",
    ),
    "VISIT_005": Detail(
        "No open form",
        "The visit {visit_id} has no open form {form}.",
        "Begin a visit first; a finalized form can only be corrected.",
    ),
    "VISIT_006": Detail(
        "Building not known",
        "The register of this laptop has no such building.",
        "Search for it with two characters of its address, or import the register.",
    ),
    "VISIT_007": Detail(
        "Team missing",
        "A visit needs at least one inspector with a name.",
        "Say who is in today's team.",
    ),
    "VISIT_008": Detail(
        "Nothing to finalize",
        "The visit {visit_id} has no open form.",
        "Fill a form of the visit first.",
    ),
    "VISIT_009": Detail(
        "File not among the photographs",
        "An answer names the file {name}, which was not taken in for this visit.",
        "Add the photograph again and choose it in the question.",
    ),
    "VISIT_010": Detail(
        "Several buildings fit",
        "{count} buildings fit what was asked for.",
        "Give the building's code or its id; `fieldapp buildings find` lists them.",
    ),
    "VISIT_011": Detail(
        "Being corrected already",
        "The record {record_id} has an open correction already.",
        "Finish or discard that one first.",
    ),
    "VISIT_012": Detail(
        "Not the newest version",
        "The submission {instance_id} has been replaced by a later version.",
        "Correct the newest version of the record.",
    ),
    "VISIT_013": Detail(
        "No photograph asked for here",
        "The question {path} takes no photograph.",
        "Choose a question that asks for a photograph.",
    ),
    "VISIT_014": Detail(
        "Kind of photograph not known",
        "{kind} is not in the list of kinds of photographs.",
        "Choose one of: {known}.",
    ),
    "VISIT_015": Detail(
        "Which form?",
        "The visit {visit_id} has these open forms: {known}.",
        "Say which with --form.",
    ),
    "VISIT_016": Detail(
        "Not in the list",
        "{wanted} is none of the choices.",
        "Choose one of: {known}.",
    ),
    # LAPTOP: registration of the laptop, import of its register (fieldapp/services)
    "LAPTOP_001": Detail(
        "Laptop not registered",
        "This laptop is not registered with a district.",
        "Set it up again with a registration code of the district office.",
    ),
    "LAPTOP_002": Detail(
        "Rows not usable",
        "The file {file} cannot be imported: {problem} (row {row}). Nothing was imported.",
        "Correct the file and import it again.",
    ),
    "LAPTOP_003": Detail(
        "Too many tries",
        "The passphrase was wrong five times.",
        "Try again in {seconds} seconds; if it is forgotten, the district office can recover the store.",
    ),
    "LAPTOP_004": Detail(
        "Laptop disabled by the district",
        "The district office has disabled this laptop; it has been locked since {at}. {reason}",
        "Nothing is deleted, {count} records wait to be sent. Ask the district office: once it accepts the "
        "laptop again, unlock with a network; or it opens the store with its recovery key.",
    ),
    # WINDOW: the window (fieldapp/ui)
    "WINDOW_001": Detail(
        "No printer",
        "No printer is connected to this laptop.",
        "Connect one, or save the sheet as a PDF and print it elsewhere. The record is not affected.",
    ),
    "WINDOW_002": Detail(
        "Clock of this laptop is wrong",
        "The clock differs from the district server's by {minutes} minutes.",
        "Set date and time in the system's settings. "
        "Records keep the times they have; the difference is noted.",
    ),
    "WINDOW_003": Detail(
        "Something went wrong in the program",
        "Your drafts are saved. A report without any answers was written: {file}.",
        "Restart the program and go on; send the report to the district office.",
    ),
    "WINDOW_004": Detail(
        "Not ready yet",
        "{what}",
        "Do that first.",
    ),
    "WINDOW_005": Detail(
        "Clock of this laptop is behind",
        "The clock is {minutes} minutes behind the last entry on this laptop.",
        "Set date and time in the system's settings before you go on: records take their times from it. "
        "What was recorded keeps its times.",
    ),
    "WINDOW_006": Detail(
        "Answers are not on the disk yet",
        "The disk did not take what was typed last. It is in this window and nowhere else.",
        "Make room on the disk and leave the window open: it is saved by itself then, and closes again.",
    ),
    "WINDOW_007": Detail(
        "Something went wrong in the program",
        "No report could be written ({problem}). It would have said: {what}",
        "Make room on the disk, then restart the program; tell the district office what stands above.",
    ),
    "WINDOW_008": Detail(
        "Answers wait behind the lock",
        "The disk did not take what was typed last. It waits behind this lock and is nowhere else.",
        "Make room on the disk, it is saved by itself then; or unlock and go on. Leave the program open.",
    ),
    # CLI: commands (fieldapp/cli)
    "CLI_001": Detail(
        "Passphrase missing",
        "There is no terminal to ask for the passphrase.",
        "Set FIELDAPP_PASSPHRASE, or call the command in a terminal.",
    ),
    "CLI_002": Detail(
        "Which inspector?",
        "Several inspectors can unlock this laptop: {known}.",
        "Say who with --inspector.",
    ),
    "CLI_003": Detail(
        "File not readable or writable",
        "{file}: {problem}.",
        "Check the path and whether you may use it.",
    ),
    "CLI_004": Detail(
        "Demonstration failed",
        "The demonstration stopped at the step {step}: {problem}.",
        "Send the folder of the demonstration with this message to the developers.",
    ),
    "CLI_005": Detail(
        "Wrong options or arguments",
        "{problem}",
        "Call the command with --help to see what it takes.",
    ),
    "CLI_006": Detail(
        "Not readable as text",
        "An argument holds characters that no record can hold: {found}.",
        "Type it again, in a terminal that speaks UTF-8.",
    ),
    "CLI_007": Detail(
        "No screen",
        "There is no screen on which a window could be shown.",
        "Log in at the desktop of this computer and call it there; all other commands work without a screen.",
    ),
}
