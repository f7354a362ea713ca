"""A form of 300 questions in 30 groups with 120 calculations, written directly as an XForm.

Each group has its local sum and weight; running totals chain from group to group, so that the first answer
ripples through 30 totals, a mean and a verdict; every third group asks two questions only when the
question before says so.
"""

from __future__ import annotations

from collections.abc import Iterator

GROUPS, QUESTIONS = 30, 10
FIRST = "/data/g00/q000"
_HEAD = (
    '<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml" '
    'xmlns:jr="http://openrosa.org/javarosa" xmlns:orx="http://openrosa.org/xforms" '
    'xmlns:odk="http://www.opendatakit.org/xforms">'
)


def large_form() -> bytes:
    """The XForm; the same bytes on every call."""
    return "".join(
        (
            _HEAD,
            "<h:head><h:title>三百问</h:title><model odk:xforms-version='1.0.0'>",
            "<instance><data id='three_hundred' version='1'>",
            *_instance(),
            "<orx:meta><orx:instanceID/></orx:meta></data></instance>",
            "<instance id='yn'><root><item><name>yes</name><label>是</label></item>",
            "<item><name>no</name><label>否</label></item></root></instance>",
            *_binds(),
            "<bind nodeset='/data/orx:meta/orx:instanceID' type='string' jr:preload='uid'/>",
            "</model></h:head><h:body>",
            *_body(),
            "</h:body></h:html>",
        )
    ).encode()


def _names(group: int) -> list[str]:
    return [f"q{group * QUESTIONS + number:03d}" for number in range(QUESTIONS)]


def _instance() -> Iterator[str]:
    for group in range(GROUPS):
        inner = "".join(f"<{name}/>" for name in _names(group))
        yield f"<g{group:02d}>{inner}<sum/><weight/><total/></g{group:02d}>"
    yield "".join(f"<c{number}/>" for number in range(28)) + "<mean/><verdict/>"


def _binds() -> Iterator[str]:
    for group in range(GROUPS):
        base, names = f"/data/g{group:02d}", _names(group)
        for number, name in enumerate(names):
            kind = "string" if number in (3, 6, 9) else "decimal"
            extra = ""
            if group % 3 == 0 and number in (4, 5):
                extra = f" relevant=\"{base}/{names[3]} = 'yes'\""
            elif number == 7:
                extra = ' constraint=". &gt;= 0 and . &lt;= 1000"'
            yield f'<bind nodeset="{base}/{name}" type="{kind}"{extra}/>'
        parts = " + ".join(f"coalesce({base}/{names[number]}, 0)" for number in (0, 1, 2, 7, 8))
        yield f'<bind nodeset="{base}/sum" type="string" calculate="{parts}"/>'
        yes = f"{base}/{names[3]} = 'yes'"
        weight = f"if({yes}, {base}/sum * 2, {base}/sum)"
        yield f'<bind nodeset="{base}/weight" type="string" calculate="{weight}"/>'
        before = f"/data/g{group - 1:02d}/total + " if group else ""
        yield f'<bind nodeset="{base}/total" type="string" calculate="{before}{base}/weight"/>'
    last = f"/data/g{GROUPS - 1:02d}/total"
    for number in range(28):
        share = f"round({last} div {number + 1}, 2)"
        yield f'<bind nodeset="/data/c{number}" type="string" calculate="{share}"/>'
    yield f'<bind nodeset="/data/mean" type="string" calculate="{last} div {GROUPS}"/>'
    verdict = "if(/data/mean &gt; 10, 'high', 'low')"
    yield f'<bind nodeset="/data/verdict" type="string" calculate="{verdict}"/>'


def _body() -> Iterator[str]:
    for group in range(GROUPS):
        base = f"/data/g{group:02d}"
        yield f'<group ref="{base}"><label>第{group + 1}部分</label>'
        for number, name in enumerate(_names(group)):
            label = f"<label>{group * QUESTIONS + number + 1}. 检查内容</label>"
            if number in (3, 6):
                columns = "<value ref='name'/><label ref='label'/>"
                nodes = f"<itemset nodeset=\"instance('yn')/root/item\">{columns}</itemset>"
                yield f'<select1 ref="{base}/{name}">{label}{nodes}</select1>'
            else:
                yield f'<input ref="{base}/{name}">{label}</input>'
        yield "</group>"
