"""From XForm XML to a ``FormDefinition``; every expression is compiled and checked here, never while
filling.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from lxml import etree

from fieldapp.errors import Phrase, UserError
from fieldapp.forms import graph
from fieldapp.forms.body import read_body
from fieldapp.forms.definition import Bind, FormDefinition, NodeDefinition, SetValue, Text
from fieldapp.forms.lists import FormFunction, ListSource, NoLists
from fieldapp.forms.reading import elements_of, local, read_xml
from fieldapp.forms.reads import targets
from fieldapp.forms.views import engine_function
from fieldapp.forms.wording import Wording
from fieldapp.forms.xpath import FixedInstance

JR = "http://openrosa.org/javarosa"
ENTITIES = "http://www.opendatakit.org/xforms/entities"
LAST_SAVED = "jr://instance/last-saved"
KNOWN_PREFIXES = {
    "jr": JR,
    "orx": "http://openrosa.org/xforms",
    "odk": "http://www.opendatakit.org/xforms",
    "h": "http://www.w3.org/1999/xhtml",
}
_LIST_NAME = re.compile(r"jr://[^/]+/(?:.*/)?([^/]+?)(?:\.[A-Za-z0-9]+)?$")


def load_form(
    xml: bytes,
    lists: ListSource | None = None,
    functions: Mapping[str, FormFunction] | None = None,
    clock: Callable[[], datetime] | None = None,
) -> FormDefinition:
    """Read and check a form.

    ``xml`` is an ODK XForm; ``lists`` answers for lists outside it; ``functions`` are further functions by
    name; ``clock`` gives an aware time (UTC now by default). Raises UserError FORM_001 to FORM_013 naming
    the place, what is wrong and what to do.
    """
    root = read_xml(xml)
    model, body, title = _parts(root)
    functions = dict(functions or {})
    namespaces = KNOWN_PREFIXES | {prefix: uri for prefix, uri in root.nsmap.items() if prefix}
    wording = Wording(namespaces, {name: engine_function(f) for name, f in functions.items()})
    wording.bind_ids = {
        element.get("id") or "": element.get("nodeset") or "" for element in model if _is(element, "bind")
    }
    primary = _primary(model)
    if body is not None:
        wording.repeats = _repeats(body, wording)
    nodes: dict[str, NodeDefinition] = {}
    top = _node(primary, None, nodes)
    instances, external = _secondary(model)
    itext, languages, default_language = _itext(model, wording)
    _add_deprecated_id(top, nodes)
    if body is not None:
        read_body(body, nodes, wording, set(itext.get(default_language, {})) if itext else None)
    for element in model:
        if _is(element, "bind"):
            _bind(element, nodes, wording)
    _name_by_session(nodes)
    actions = _actions(model, nodes, wording)
    _check_references(nodes, wording)
    _check_instances(wording, nodes, instances, external)
    return FormDefinition(
        form_id=primary.get("id") or primary.get("xmlns") or str(primary.tag),
        version=primary.get("version") or primary.get(f"{{{KNOWN_PREFIXES['orx']}}}version") or "",
        title=title,
        sha256=hashlib.sha256(xml).hexdigest(),
        root=top,
        nodes=nodes,
        languages=languages,
        default_language=default_language,
        itext=itext,
        instances=instances,
        external=external,
        actions=actions,
        namespaces=namespaces,
        graph=graph.build(nodes, wording.standing),
        lists=lists or NoLists(),
        functions=functions,
        clock=clock or _utc_now,
    )


def _utc_now() -> datetime:
    from datetime import UTC

    return datetime.now(UTC)


def _is(element: etree._Element, name: str) -> bool:
    return isinstance(element.tag, str) and local(element) == name


def _parts(root: etree._Element) -> tuple[etree._Element, etree._Element | None, str]:
    """Model, body and title; questions may have these names too, so their place counts."""
    model = next(root.iter("{*}model"), None)
    if model is None:
        raise UserError("FORM_004", missing="model")
    body = next((element for element in root if _is(element, "body")), None)
    head = model.getparent()
    titles = [] if head is None else [element for element in head if _is(element, "title")]
    title = "".join(str(part) for part in titles[0].itertext()).strip() if titles else ""
    return model, body, title


def _repeats(body: etree._Element, wording: Wording) -> set[tuple[str, ...]]:
    """The steps of every repeat: within its instances absolute paths mean the same instance."""
    written = (element.get("nodeset") or "" for element in body.iter() if _is(element, "repeat"))
    return {tuple(wording.path(nodeset).split("/")[1:]) for nodeset in written}


def _primary(model: etree._Element) -> etree._Element:
    for element in model:
        if _is(element, "instance"):
            children = elements_of(element)
            if not children or element.get("src"):
                break
            return children[0]
    raise UserError("FORM_004", missing="instance")


def _node(
    element: etree._Element,
    parent: NodeDefinition | None,
    nodes: dict[str, NodeDefinition],
    twin: etree._Element | None = None,
) -> NodeDefinition:
    """The definition of an element. ``twin``: its live instance if ``element`` is a template."""
    name = local(element)
    path = f"{parent.path if parent else ''}/{name}"
    children = elements_of(element)
    prefix = element.prefix or ""
    node = NodeDefinition(
        name=name,
        path=path,
        kind="group" if children or parent is None else "leaf",
        index=len(nodes),
        parent=parent,
        prefix=prefix,
        namespace=etree.QName(element).namespace or "" if prefix else "",
        default="" if children else (element.text or "").strip(),
        live_repeats=1,
    )
    nodes[path] = node
    for key, text in element.attrib.items():
        qualified = etree.QName(str(key))
        if qualified.namespace == JR and qualified.localname == "template":
            continue
        uri = qualified.namespace or ""
        prefix = next((p for p, known in element.nsmap.items() if p and known == uri), "") if uri else ""
        _attribute(node, qualified, str(text), nodes, prefix)
    _children(node, children, nodes, element if twin is None else twin)
    return node


def _attribute(
    node: NodeDefinition, name: etree.QName, text: str, nodes: dict[str, NodeDefinition], prefix: str
) -> None:
    attribute = NodeDefinition(
        name=name.localname,
        path=f"{node.path}/@{name.localname}",
        kind="leaf",
        index=len(nodes),
        parent=node,
        prefix=prefix,
        namespace=name.namespace or "",
        default=text,
    )
    nodes[attribute.path] = attribute
    node.attributes.append(attribute)


def _children(
    node: NodeDefinition,
    children: list[etree._Element],
    nodes: dict[str, NodeDefinition],
    twin: etree._Element,
) -> None:
    template = f"{{{JR}}}template"
    equals: dict[str, list[etree._Element]] = {}
    for child in children:
        equals.setdefault(local(child), []).append(child)
    living = [child for child in elements_of(twin) if template not in child.attrib]
    for name, same in equals.items():
        prototype = next((child for child in same if template in child.attrib), same[0])
        lives = [child for child in living if local(child) == name]
        made = _node(prototype, node, nodes, lives[0] if lives else None)
        made.live_repeats = len(lives)
        node.children.append(made)


def _secondary(model: etree._Element) -> tuple[dict[str, FixedInstance], dict[str, str]]:
    instances: dict[str, FixedInstance] = {}
    external: dict[str, str] = {}
    seen_primary = False
    for element in model:
        if not _is(element, "instance"):
            continue
        if not seen_primary:
            seen_primary = True
            continue
        name = element.get("id") or ""
        children = elements_of(element)
        source = element.get("src")
        if name in instances or name in external:
            raise UserError("FORM_013", place=f"instance {name}", problem="the id is used twice")
        if source == LAST_SAVED and not children:
            # Nothing is carried over from one record to the next here: every path into it finds nothing.
            instances[name] = FixedInstance.from_element(etree.Element("none"))
        elif source and not children:
            match = _LIST_NAME.match(source)
            external[name] = match[1] if match else name
        elif children:
            instances[name] = FixedInstance.from_element(children[0])
    return instances, external


def _itext(
    model: etree._Element, wording: Wording
) -> tuple[dict[str, dict[str, Text]], tuple[str, ...], str]:
    texts: dict[str, dict[str, Text]] = {}
    default = ""
    for translation in (t for element in model if _is(element, "itext") for t in elements_of(element)):
        language = translation.get("lang") or ""
        if translation.get("default") is not None:
            default = language
        found = texts.setdefault(language, {})
        for text in elements_of(translation):
            for value in elements_of(text):
                if value.get("form") in (None, "long") or text.get("id") not in found:
                    place = f"itext {text.get('id')}"
                    found.setdefault(text.get("id") or "", wording.text(value, place, ""))
    return texts, tuple(texts), default or next(iter(texts), "")


def _actions(
    model: etree._Element, nodes: Mapping[str, NodeDefinition], wording: Wording
) -> tuple[SetValue, ...]:
    """The actions of the model and of all controls; each sets a node that exists."""
    actions = [wording.setvalue(element, "") for element in model if _is(element, "setvalue")]
    actions += [action for node in nodes.values() if node.control for action in node.control.actions]
    for action in actions:
        if action.target not in nodes:
            raise UserError("FORM_012", place="setvalue", missing=action.target)
    return tuple(actions)


def _name_by_session(nodes: Mapping[str, NodeDefinition]) -> None:
    """meta/instanceID is given from outside: a calculate of it would make it another one at every opening."""
    for node in nodes.values():
        if node.is_meta("instanceID"):
            node.bind = replace(node.bind, calculate=None)


def _add_deprecated_id(top: NodeDefinition, nodes: dict[str, NodeDefinition]) -> None:
    """Room for meta/deprecatedID beside instanceID: forms seldom declare what a correction needs."""
    own = nodes.get(f"{top.path}/meta/instanceID")
    path = f"{top.path}/meta/deprecatedID"
    if own is None or own.parent is None or path in nodes:
        return
    added = NodeDefinition(
        name="deprecatedID",
        path=path,
        kind="leaf",
        index=len(nodes),
        parent=own.parent,
        prefix=own.prefix,
        namespace=own.namespace,
        optional=True,
    )
    nodes[path] = added
    own.parent.children.insert(own.parent.children.index(own) + 1, added)


def _bind(element: etree._Element, nodes: dict[str, NodeDefinition], wording: Wording) -> None:
    path = wording.path(element.get("nodeset") or element.get("ref") or "", next(iter(nodes)))
    node = nodes.get(path)
    if node is None:
        raise UserError("FORM_013", place=f"bind {path}", problem="there is no such question")

    def compiled(attribute: str) -> object:
        text = element.get(attribute)
        return wording.compile(text, f"{path} {attribute}", path) if text else None

    old = node.bind
    changes = {
        name: compiled(name)
        for name in ("relevant", "required", "constraint", "readonly", "calculate")
        if element.get(name)
    }
    messages = {
        name: wording.message(element.get(f"{{{JR}}}{attribute}") or "", f"{path} {attribute}", path)
        for name, attribute in (("required_message", "requiredMsg"), ("constraint_message", "constraintMsg"))
        if element.get(f"{{{JR}}}{attribute}")
    }
    type_name = (element.get("type") or "").rsplit(":", 1)[-1]
    node.bind = _with(
        old,
        changes
        | messages
        | {
            "type": type_name or old.type,
            "preload": element.get(f"{{{JR}}}preload") or old.preload,
            "preload_params": element.get(f"{{{JR}}}preloadParams") or old.preload_params,
            "save_to": element.get(f"{{{ENTITIES}}}saveto") or old.save_to,
        },
    )


def _with(bind: Bind, changes: Mapping[str, object]) -> Bind:
    return replace(bind, **changes)  # type: ignore[arg-type]  # names and types are those of Bind's fields


def _check_references(nodes: Mapping[str, NodeDefinition], wording: Wording) -> None:
    """Paths must lead somewhere: a question renamed in one place only is found here."""
    root = next(iter(nodes.values()))
    for expression, place, path in wording.compiled:
        node = nodes.get(path)
        for reference in expression.references:
            if reference.base == "instance" or (reference.base == "context" and node is None):
                continue
            if not targets(reference, node or root, nodes):
                missing = "/" + "/".join(reference.resolve((node or root).steps) or reference.steps)
                raise UserError("FORM_012", place=place, missing=missing)


def _check_instances(
    wording: Wording,
    nodes: Mapping[str, NodeDefinition],
    instances: Mapping[str, FixedInstance],
    external: Mapping[str, str],
) -> None:
    """Lists must exist; those outside the form, of any size, are asked for the value of one column."""
    for name, place in wording.instances.items():
        if name not in instances and name not in external:
            raise UserError("FORM_012", place=place, missing=f"instance('{name}')")
    itemsets = [node.control.itemset for node in nodes.values() if node.control is not None]
    whole = {itemset.nodes for itemset in itemsets if itemset is not None and not itemset.filtered}
    for expression, place, _ in wording.compiled:
        for name in sorted(expression.walked & external.keys()):
            if expression not in whole:
                problem = Phrase("the list {name} can only be asked for the value of one column", name=name)
                raise UserError("FORM_013", place=place, problem=problem)
