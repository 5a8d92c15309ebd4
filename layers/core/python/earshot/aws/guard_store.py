"""Guards: that one seller hears of one post once, and by what. They lie with the post, so that
whatever tells of it is found, and erased, by it."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from earshot.aws import keys
from earshot.aws.queries import batch, partition
from earshot.aws.transactions import Action, Refusal, puts
from earshot.domain.posts import PostId
from earshot.domain.values import Identifier, Model, Slug, Utc

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table


class Guard(Model):
    """The seller hears of the post, as part of the signal, by the alert, or by what waits for the
    digest under this sort key. ``since`` tells which digest."""

    seller_id: Slug
    subject_id: Identifier
    signal_id: Identifier
    alert_id: str = ""
    waiting: str = ""
    since: Utc | None = None


class GuardStore:
    def __init__(self, table: "Table") -> None:
        self._table = table

    def of_post(self, source: str, native_id: str) -> tuple[Guard, ...]:
        """Of every seller who hears of it."""
        rows = partition(self._table, keys.post(source, native_id), _PREFIX)
        return tuple(map(_guard_of, rows))

    def of(self, seller_id: str, posts: Sequence[PostId]) -> dict[PostId, Guard]:
        """By post, for those that the seller hears of."""
        names = {_key(seller_id, post)["pk"]: post for post in posts}
        wanted = [_key(seller_id, post) for post in names.values()]
        rows = batch(self._table, wanted)
        return {names[str(row["pk"])]: _guard_of(row) for row in rows}

    def puts(self, guard: Guard, post: PostId, *, instead_of: Guard | None = None) -> Action:
        """For a transaction: a new guard, or one in the place of that of something void."""
        fields = guard.model_dump(mode="json", exclude={"seller_id"}, exclude_none=True)
        item = {**_key(guard.seller_id, post), **fields}
        old = instead_of.model_dump(include={"alert_id", "waiting"}) if instead_of else None
        return puts(self._table, item, instead_of=old, refusal=Refusal.HEARD)

    def told_by(self, alert_id: str, seller_id: str, posts: Iterable[PostId]) -> frozenset[PostId]:
        """Those of the posts that this alert tells of."""
        found = self.of(seller_id, list(posts))
        return frozenset(post for post, guard in found.items() if guard.alert_id == alert_id)


_PREFIX = "GUARD#"


def _key(seller_id: str, post: PostId) -> keys.Key:
    return keys.guard(*post, seller_id=seller_id)


def _guard_of(row: dict[str, Any]) -> Guard:
    fields = {name: row[name] for name in Guard.model_fields if name in row}
    return Guard.model_validate({**fields, "seller_id": str(row["sk"]).removeprefix(_PREFIX)})
