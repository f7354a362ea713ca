"""The plan alone: whatever the server answers, all that can be sent is sent, in order, and it ends."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fieldapp.errors import EnvironmentProblem, UserError
from fieldapp.sync.hello import _numbers
from fieldapp.sync.offer import offers
from fieldapp.sync.outgoing import OutgoingFile, OutgoingSubmission, Refusal
from fieldapp.sync.plan import AskOffset, BlobStep, Patience, Plan, SendFiles, SendPart, Step, Submit
from fieldapp.sync.protocol import (
    AUDIT_ORIGIN,
    BLOB_PART_BYTES,
    MOST_FILES,
    AuditExtension,
    AuditHead,
    BlobState,
    SubmissionManifest,
    audit_link,
    extends,
    sha256_of,
    signed,
)
from fieldapp.sync.transport import PARALLEL_BLOBS
from tests.server.laptop import BUILDING, Draft, Laptop

LAPTOP = Laptop()
Planned = tuple[OutgoingSubmission, SubmissionManifest]


def planned(draft: Draft, sizes: dict[str, int] | None = None) -> Planned:
    """A submission; ``sizes`` by hash replaces those of its photographs."""
    manifest = LAPTOP.manifest(draft)
    files = tuple(
        OutgoingFile(file.name, file.sha256, (sizes or {}).get(file.sha256, file.size), file.media_type)
        for file in manifest.attachments
    )
    statement = signed(manifest, LAPTOP.key)
    return OutgoingSubmission(draft.instance_id, manifest.sha256, statement, files), manifest


def begun(plan: Plan) -> list[Step]:
    """All steps that can be begun without an answer."""
    steps: list[Step] = []
    while (step := plan.next()) is not None:
        steps.append(step)
    return steps


@dataclass
class Model:
    """A server as the protocol says, failing by chance; it checks what it is sent."""

    chance: random.Random
    failing: float
    sizes: dict[str, int] = field(default_factory=dict)
    offsets: dict[str, int] = field(default_factory=dict)
    stored: set[str] = field(default_factory=set)
    submitted: list[UUID] = field(default_factory=list)

    def files(self, plan: Plan, step: SendFiles) -> None:
        """Several files in one request: cut in the middle of one, or answered one by one."""
        assert 2 <= len(step.parts) <= MOST_FILES
        assert sum(part.size for part in step.parts) <= BLOB_PART_BYTES
        for part in step.parts:
            assert (part.offset, part.end) == (0, part.size)
        if self.chance.random() < self.failing:
            come = self.chance.randrange(len(step.parts))
            for part in step.parts[:come]:
                self.take(part)
            plan.files_failed(step, EnvironmentProblem("SYNC_008", host="h"))
            return
        for part in step.parts:
            self.take(part)
            plan.answered(part, self.state(part.sha256))

    def take(self, part: SendPart) -> None:
        if self.offsets.get(part.sha256, 0) == 0:
            self.offsets[part.sha256] = part.size
            self.stored.add(part.sha256)

    def part(self, plan: Plan, step: SendPart) -> None:
        at = self.offsets.get(step.sha256, 0)
        assert 0 <= step.offset <= step.end <= step.size == self.sizes[step.sha256]
        assert step.end - step.offset <= BLOB_PART_BYTES
        if self.chance.random() < self.failing:
            if step.offset == at:  # some of it arrived before the cut
                self.offsets[step.sha256] = at + self.chance.randint(0, step.end - step.offset)
            plan.part_failed(step, EnvironmentProblem("SYNC_008", host="h"))
        elif step.offset != at:
            plan.answered(step, BlobState(sha256=step.sha256, offset=at, stored=False))
        else:
            self.offsets[step.sha256] = step.end
            if step.end == step.size:
                self.stored.add(step.sha256)
            plan.answered(step, self.state(step.sha256))

    def state(self, sha256: str) -> BlobState:
        return BlobState(sha256=sha256, offset=self.offsets.get(sha256, 0), stored=sha256 in self.stored)

    def ask(self, plan: Plan, step: AskOffset) -> None:
        if self.chance.random() < self.failing:
            plan.part_failed(step, EnvironmentProblem("SYNC_009", host="h", seconds=1))
        else:
            plan.answered(step, self.state(step.sha256))

    def submit(self, plan: Plan, step: Submit, files: dict[UUID, set[str]]) -> None:
        if self.chance.random() < self.failing:
            plan.submit_failed(step, EnvironmentProblem("SYNC_008", host="h"))
        else:
            for instance_id in step.ids:
                assert files[instance_id] <= self.stored
                assert instance_id not in self.submitted
                self.submitted.append(instance_id)
                plan.sent(instance_id)


def names_of(step: BlobStep) -> list[str]:
    return [part.sha256 for part in step.parts] if isinstance(step, SendFiles) else [step.sha256]


def complete(plan: Plan, model: Model, items: list[Planned]) -> None:
    """Take steps, up to five under way, answered in any order, until there are none."""
    files = {item.instance_id: {file.sha256 for file in item.files} for item, _ in items}
    under_way: list[Step] = []
    for _ in range(100_000):
        under_way += begun(plan)
        blobs: list[BlobStep] = [step for step in under_way if not isinstance(step, Submit)]
        assert len(blobs) <= PARALLEL_BLOBS
        names = [sha256 for step in blobs for sha256 in names_of(step)]
        assert len(set(names)) == len(names)
        assert len(under_way) - len(blobs) <= 1
        assert 0 <= plan.arrived <= plan.total
        if not under_way:
            return
        step = under_way.pop(model.chance.randrange(len(under_way)))
        plan.over(step)
        if isinstance(step, SendFiles):
            model.files(plan, step)
        elif isinstance(step, SendPart):
            model.part(plan, step)
        elif isinstance(step, AskOffset):
            model.ask(plan, step)
        else:
            model.submit(plan, step, files)
    raise AssertionError("no end")


def some_items(chance: random.Random, sizes: dict[str, int]) -> list[Planned]:
    items: list[Planned] = []
    drafts: list[Draft] = []
    for _ in range(chance.randint(1, 8)):
        # of 256 files, so that some are in common
        photos = tuple(dict.fromkeys(chance.randbytes(1) for _ in range(chance.randint(0, 5))))
        draft = Draft(photos=photos, building=chance.choice((None, BUILDING, UUID(int=5))))
        if drafts and chance.random() < 0.3:
            draft = chance.choice(drafts).correction(photos=photos)
        for name in (sha256_of(photo) for photo in photos):
            sizes.setdefault(name, chance.choice((0, 1, 100, BLOB_PART_BYTES, 3 * BLOB_PART_BYTES + 7)))
        drafts.append(draft)
        items.append(planned(draft, sizes))
    return items


@settings(max_examples=150, deadline=None)
@given(seed=st.integers(0, 2**32), failing=st.sampled_from((0.0, 0.2, 0.6)))
def test_everything_is_sent_once_and_in_order(seed: int, failing: float) -> None:
    chance = random.Random(seed)
    model = Model(chance, failing)
    items = some_items(chance, model.sizes)
    plan = Plan(items, tries=6)
    for name, size in model.sizes.items():
        if chance.random() < 0.3:
            model.offsets[name] = chance.randint(0, size)
    plan.blobs_at([model.state(name) for name in model.sizes if chance.random() < 0.8])
    complete(plan, model, items)
    assert plan.unsettled == ()
    assert plan.take_failed() == []
    assert sorted(model.submitted) == sorted(item.instance_id for item, _ in items)
    assert plan.arrived == plan.total
    place = {instance_id: number for number, instance_id in enumerate(model.submitted)}
    buildings: dict[UUID, int] = {}
    for item, manifest in items:
        here = place[item.instance_id]
        if manifest.deprecated_id is not None:
            assert place[manifest.deprecated_id] < here
        if manifest.visit.building_id is not None:
            assert buildings.get(manifest.visit.building_id, -1) < here
            buildings[manifest.visit.building_id] = here


def test_same_answers_same_steps() -> None:
    def steps() -> list[Step]:
        chance = random.Random(7)
        plan = Plan(some_items(chance, {}), tries=6)
        return [step for step in begun(plan) if not isinstance(step, Submit)]

    assert steps() == steps()
    assert steps()


def fresh(drafts: list[Draft], size: int) -> tuple[Plan, list[str]]:
    """A plan of which nothing has arrived, each file ``size`` bytes long, and the names of the files."""
    names = [sha256_of(photo) for draft in drafts for photo in draft.photos]
    plan = Plan([planned(draft, dict.fromkeys(names, size)) for draft in drafts], tries=6)
    plan.blobs_at([BlobState(sha256=name, offset=0, stored=False) for name in names])
    return plan, names


def test_oldest_first() -> None:
    plan, names = fresh([Draft(photos=(bytes([number]),), building=None) for number in range(8)], 5_000_000)
    steps = [step for step in begun(plan) if isinstance(step, SendPart)]
    assert [step.sha256 for step in steps] == names[:PARALLEL_BLOBS]


def test_small_files_share_requests_in_their_order() -> None:
    """Ten of 400 kB fit into a request; of tiny ones at most as many as the server takes."""
    plan, names = fresh([Draft(photos=tuple(bytes([number]) for number in range(25)))], 400_000)
    steps = [step for step in begun(plan) if isinstance(step, SendFiles)]
    assert [names_of(step) for step in steps] == [names[:10], names[10:20], names[20:]]
    plan, names = fresh([Draft(photos=tuple(bytes([number]) for number in range(MOST_FILES + 1)))], 10)
    first, last = (step for step in begun(plan) if not isinstance(step, Submit))
    assert (names_of(first), names_of(last)) == (names[:MOST_FILES], names[MOST_FILES:])


def test_files_of_a_request_that_was_answered_wrongly_go_alone() -> None:
    """One of them may be the reason: each is asked for, then sent by itself, and none is given up."""
    plan, names = fresh([Draft(photos=(b"1", b"2", b"3"))], 100)
    step = plan.next()
    assert isinstance(step, SendFiles)
    plan.over(step)
    assert plan.files_failed(step, EnvironmentProblem("SYNC_013", host="h", problem="files"))
    for asked in begun(plan):
        assert isinstance(asked, AskOffset)
        plan.over(asked)
        plan.answered(asked, BlobState(sha256=asked.sha256, offset=0, stored=False))
    assert [step.sha256 for step in begun(plan) if isinstance(step, SendPart)] == names
    assert plan.take_failed() == []


def test_less_at_once_where_something_on_the_way_refuses_the_size() -> None:
    plan, names = fresh([Draft(photos=tuple(bytes([number]) for number in range(8)))], 400_000)
    step = plan.next()
    assert isinstance(step, SendFiles)
    plan.over(step)
    assert plan.files_failed(step, EnvironmentProblem("SYNC_025", host="h"))
    for asked in begun(plan):
        assert isinstance(asked, AskOffset)
        plan.over(asked)
        plan.answered(asked, BlobState(sha256=asked.sha256, offset=0, stored=False))
    steps = begun(plan)
    assert [(part.sha256, part.end) for part in steps if isinstance(part, SendPart)] == [
        (name, 400_000) for name in names[:PARALLEL_BLOBS]
    ]
    assert len(steps) == PARALLEL_BLOBS


def test_nothing_is_sent_for_what_was_given_up() -> None:
    plan, _ = fresh([Draft(photos=(b"1", b"2", b"3", b"4", b"5", b"6"), building=None)], 5_000_000)
    step = plan.next()
    assert isinstance(step, SendPart)
    plan.over(step)
    assert plan.part_failed(step, UserError("STORE_031", sha256=step.sha256))
    assert [cause.code for _, cause in plan.take_failed()] == ["STORE_031"]
    assert plan.next() is None


def test_building_waits_only_for_what_is_under_way() -> None:
    first, second = (Draft(photos=(), building=BUILDING) for _ in range(2))
    plan = Plan([planned(first), planned(second)], tries=6)
    assert plan.next() == Submit((first.instance_id,))
    assert plan.next() is None
    plan.refused(first.instance_id, Refusal("form_unknown", "", True))
    plan.over(Submit((first.instance_id,)))
    assert plan.next() == Submit((second.instance_id,))


def test_end_gives_up_what_is_left() -> None:
    plan = Plan([planned(Draft(building=None)), planned(Draft(building=None))], tries=6)
    plan.end(UserError("SYNC_020"))
    assert [cause.code for _, cause in plan.take_failed()] == ["SYNC_020", "SYNC_020"]
    assert plan.next() is None
    assert plan.unsettled == ()


def test_one_cut_counts_once_and_progress_counts_anew() -> None:
    patience = Patience(3)
    assert [patience.failed(0) for _ in range(5)] == [0.5, 0, 0, 0, 0]
    assert patience.failed(patience.epoch) == 1
    patience.progress()
    assert [patience.failed(patience.epoch) for _ in range(3)] == [0.5, 1, None]
    assert max(filter(None, (Patience(99).failed(0), *_pauses(20)))) == 30


def _pauses(count: int) -> list[float | None]:
    patience = Patience(99)
    return [patience.failed(patience.epoch) for _ in range(count)]


@settings(max_examples=60, deadline=None)
@given(
    links=st.integers(0, 40), submissions=st.integers(0, 12), files=st.integers(0, 3), most=st.integers(1, 15)
)
def test_large_offers_are_split_without_loss(links: int, submissions: int, files: int, most: int) -> None:
    contents = [sha256_of(bytes([number])) for number in range(links)]
    head = AUDIT_ORIGIN.head
    for content in contents:
        head = audit_link(head, content)
    audit = AuditExtension(since=AUDIT_ORIGIN, links=tuple(contents), head=AuditHead(seq=links, head=head))
    drafts = [
        Draft(photos=tuple(bytes([number, name]) for name in range(files))) for number in range(submissions)
    ]
    items = [planned(draft)[0] for draft in drafts]
    batch_id = uuid4()
    made = offers(batch_id, audit, items, most)
    assert made
    since = AUDIT_ORIGIN
    for one in made:
        assert one.batch_id == batch_id
        assert one.audit.since == since
        assert extends(one.audit)
        assert len(one.audit.links) + len(one.submissions) + len(one.blobs) <= most
        since = one.audit.head
    assert since == audit.head
    assert [s.instance_id for one in made for s in one.submissions] == [item.instance_id for item in items]
    assert [b.sha256 for one in made for b in one.blobs] == [
        file.sha256 for item in items for file in item.files
    ]


@pytest.mark.parametrize(
    ("version", "numbers"),
    [("1", (1, 0, 0)), ("0.10.2", (0, 10, 2)), ("0.2.0rc1", (0, 2, 0)), ("newest", None), ("", None)],
)
def test_versions(version: str, numbers: tuple[int, int, int] | None) -> None:
    assert _numbers(version) == numbers
