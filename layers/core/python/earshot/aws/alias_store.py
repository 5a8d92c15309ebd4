"""What is known of the aliases that are ambiguous: an account's name that is also a word.

Posts and labels are counted as they come; matching reads a snapshot that only the compilation of
the watchlist renews. So what a post is held to be about does not depend on what came just before.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from earshot.aws import keys
from earshot.aws.queries import partition
from earshot.aws.transactions import Action, Refusal
from earshot.domain.cascade import Priors
from earshot.domain.learned_prior import NOTHING_KNOWN, AliasPrior, prior_from, text_of

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

_MILLI = 1000
_KINDS = _POSTS, _KINSHIP, _LABELS = ("posts ", "kinship ", "labels ")


@dataclass(frozen=True)
class Counted:
    """The row of an alias, as it was read."""

    row: Mapping[str, Any]

    def priors(self, versions: Iterable[str]) -> Priors:
        return {version: _prior_of(self.row, version) for version in versions}


class AliasStore:
    """One row per alias holds what each version of a model counted, in attributes of its own: a
    new version begins to count anew."""

    def __init__(self, table: "Table") -> None:
        self._table = table

    def priors(self, entry_id: str, alias: str) -> Priors:
        """As of the latest compilation."""
        found = self._table.get_item(Key=keys.alias(entry_id, alias)).get("Item", {})
        known: dict[str, Any] = found.get("known", {})  # type: ignore[assignment]
        return {version: prior_from(str(text)) for version, text in known.items()}

    def observe(self, entry_id: str, alias: str, kinships: Mapping[str, float]) -> None:
        """One more post with this alias, read by these versions."""
        names: dict[str, str] = {}
        amounts: dict[str, Any] = {":one": 1}
        for place, (version, kinship) in enumerate(sorted(kinships.items())):
            names |= {f"#posts{place}": _POSTS + version, f"#kinship{place}": _KINSHIP + version}
            amounts[f":kinship{place}"] = round(kinship * _MILLI)
        added = (f"#posts{n} :one, #kinship{n} :kinship{n}" for n in range(len(kinships)))
        self._table.update_item(
            Key=keys.alias(entry_id, alias),
            UpdateExpression="ADD " + ", ".join(added),
            ExpressionAttributeNames=names,
            ExpressionAttributeValues=amounts,
        )

    def counted(self, entry_id: str, alias: str) -> Counted | None:
        """As of now. ``None`` for a name that was never doubted."""
        key = keys.alias(entry_id, alias)
        row = self._table.get_item(Key=key, ConsistentRead=True).get("Item")
        return Counted(row) if row else None

    def labels(self, counted: Counted, taught: Priors) -> Action:
        """Keeps what sellers taught, unless somebody else taught it something meanwhile."""
        names: dict[str, str] = {}
        values: dict[str, Any] = {}
        conditions = ["attribute_exists(pk)"]
        for place, (version, prior) in enumerate(sorted(taught.items())):
            names[f"#labels{place}"] = _LABELS + version
            values[f":labels{place}"] = text_of(prior)
            if read := counted.row.get(_LABELS + version):
                conditions.append(f"#labels{place} = :read{place}")
                values[f":read{place}"] = read
            else:
                conditions.append(f"attribute_not_exists(#labels{place})")
        update: Action = {
            "TableName": self._table.name,
            "Key": {"pk": counted.row["pk"], "sk": counted.row["sk"]},
            "UpdateExpression": "SET "
            + ", ".join(f"#labels{n} = :labels{n}" for n in range(len(taught))),
            "ConditionExpression": " AND ".join(conditions),
            "ExpressionAttributeNames": names,
            "ExpressionAttributeValues": values,
        }
        return {"Update": update, "refusal": Refusal.CONFLICT}

    def renew(self, versions: Collection[str]) -> int:
        """Makes what these versions counted the snapshot that matching reads, and forgets other
        versions; how many rows changed."""
        return sum(self._renewed(row, versions) for row in self._rows())

    def _renewed(self, row: dict[str, Any], versions: Collection[str]) -> bool:
        counted = {name.removeprefix(_POSTS) for name in row if name.startswith(_POSTS)}
        known = {version: text_of(_prior_of(row, version)) for version in counted & {*versions}}
        if row.get("known") == known:
            return False
        stale = (kind + old for old in sorted(counted - {*versions}) for kind in _KINDS)
        names = {f"#stale{place}": name for place, name in enumerate(stale)}
        removed = f" REMOVE {', '.join(names)}" if names else ""
        self._table.update_item(
            Key={"pk": row["pk"], "sk": row["sk"]},
            UpdateExpression=f"SET #known = :known{removed}",
            ConditionExpression="attribute_exists(pk)",
            ExpressionAttributeNames={"#known": "known", **names},
            ExpressionAttributeValues={":known": known},
        )
        return True

    def _rows(self) -> Iterator[dict[str, Any]]:
        for shard in keys.alias_shards():
            yield from partition(self._table, shard)


def _prior_of(row: Mapping[str, Any], version: str) -> AliasPrior:
    """``labels`` is what sellers taught, as ``text_of`` wrote it."""
    labels = row.get(_LABELS + version)
    return replace(
        prior_from(str(labels)) if labels else NOTHING_KNOWN,
        version=version,
        posts=int(row.get(_POSTS + version, 0)),
        kinship=int(row.get(_KINSHIP + version, 0)) / _MILLI,
    )
