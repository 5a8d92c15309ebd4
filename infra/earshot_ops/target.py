"""Which deployment the operator means, and everything of it that a command needs.

Clients are built here from the operator's own access: those of ``earshot.aws.clients`` belong to
Lambda.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from earshot.aws.account_store import AccountStore
from earshot.aws.alias_store import AliasStore
from earshot.aws.config_store import ConfigStore
from earshot.aws.connection_store import ConnectionStore
from earshot.aws.heartbeat_store import HeartbeatStore
from earshot.aws.import_manifests import ImportManifests
from earshot.aws.journal import Journal
from earshot.aws.learned_store import LearnedStore
from earshot.aws.mail_health import MailHealth
from earshot.aws.outbox import Outbox
from earshot.aws.play_store import PlayStore
from earshot.aws.post_store import PostStore
from earshot.aws.preference_store import PreferenceStore
from earshot.aws.raw_archive import RawArchive
from earshot.aws.receipt_store import ReceiptStore
from earshot.aws.scan_store import ScanStore
from earshot.aws.secret_store import SecretStore
from earshot.aws.seller_store import SellerStore
from earshot.aws.signal_store import SignalStore
from earshot.aws.story_store import StoryStore
from earshot.aws.tombstone_store import TombstoneStore, read_secret
from earshot.aws.watchlist_artifact import WatchlistArtifact
from earshot.aws.weights_store import WeightsStore
from earshot.flows.compare_replay import Comparing
from earshot.flows.disambiguate import Disambiguation
from earshot.flows.erase import Eraser
from earshot.flows.explain_post import Explaining
from earshot.flows.reconcile import reconciling_on
from earshot.flows.show_account import Showing
from earshot.flows.tell_why import Explainer, explainer_on
from earshot.meanings import cascade
from earshot_ops import deployment, local_endpoint, stacks
from earshot_ops.aws_access import AwsAccess
from earshot_ops.deployment import Deployed

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sqs import SQSClient

LOCAL = "local"


@dataclass(frozen=True)
class Target:
    """One stage in one account or embedded AWS. Nothing is asked before it is needed; what is asked
    for first raises ``StackError`` when the stage is not deployed. ``known`` spares the asking."""

    stage: str
    access: AwsAccess
    known: Deployed | None = None

    def require(self) -> None:
        """``StackError`` when AWS does not answer, or knows nothing of the stage."""
        stacks.outputs(self.access, deployment.stack_name(self.stage, "data"))

    @cached_property
    def deployed(self) -> Deployed:
        return self.known or deployment.read(self.stage, self.access)

    @cached_property
    def table(self) -> "Table":
        found: Table = self.access.resource("dynamodb").Table(self.deployed.outputs["TableName"])
        return found

    @cached_property
    def s3(self) -> "S3Client":
        client: S3Client = self.access.client("s3")
        return client

    @cached_property
    def sqs(self) -> "SQSClient":
        client: SQSClient = self.access.client("sqs")
        return client

    @property
    def bucket(self) -> str:
        return self.deployed.outputs["BucketName"]

    @property
    def queues(self) -> dict[str, str]:
        """Queue URLs by the name of the queue."""
        outputs = self.deployed.outputs
        return {
            "deliveries": outputs["DeliveriesQueueUrl"],
            "deliveries-dlq": outputs["DeliveriesDlqUrl"],
            "mentions.fifo": outputs["MentionsQueueUrl"],
            "mentions-dlq.fifo": outputs["MentionsDlqUrl"],
            "inbox": outputs["InboxQueueUrl"],
            "inbox-dlq": outputs["InboxDlqUrl"],
        }

    @property
    def accounts(self) -> AccountStore:
        return AccountStore(self.table)

    @property
    def sellers(self) -> SellerStore:
        return SellerStore(self.table)

    @property
    def posts(self) -> PostStore:
        return PostStore(self.table)

    @property
    def signals(self) -> SignalStore:
        return SignalStore(self.table)

    @property
    def outbox(self) -> Outbox:
        return Outbox(self.table)

    @property
    def receipts(self) -> ReceiptStore:
        return ReceiptStore(self.access.client("dynamodb"), self.table.name)

    @property
    def config(self) -> ConfigStore:
        return ConfigStore(self.table)

    @property
    def plays(self) -> PlayStore:
        return PlayStore(self.table)

    @property
    def preferences(self) -> PreferenceStore:
        return PreferenceStore(self.table)

    @property
    def weights(self) -> WeightsStore:
        return WeightsStore(self.table)

    @property
    def learned(self) -> LearnedStore:
        return LearnedStore(self.table)

    @property
    def mail_health(self) -> MailHealth:
        return MailHealth(self.table)

    @property
    def heartbeats(self) -> HeartbeatStore:
        return HeartbeatStore(self.table)

    @property
    def connections(self) -> ConnectionStore:
        return ConnectionStore(self.table)

    @property
    def secrets(self) -> SecretStore:
        prefix = self.deployed.settings["EARSHOT_SECRET_PREFIX"]
        return SecretStore(self.access.client("secretsmanager"), prefix)

    @property
    def journal(self) -> Journal:
        return Journal(self.s3, self.bucket)

    @property
    def scans(self) -> ScanStore:
        return ScanStore(self.table, self.s3, self.bucket)

    @property
    def manifests(self) -> ImportManifests:
        return ImportManifests(self.s3, self.bucket)

    @property
    def watchlist(self) -> WatchlistArtifact:
        return WatchlistArtifact(self.s3, self.bucket)

    @property
    def explainer(self) -> Explainer:
        return explainer_on(self.table)

    @property
    def explaining(self) -> Explaining:
        return Explaining(
            explainer=self.explainer,
            accounts=self.accounts,
            archive=RawArchive(self.s3, self.bucket),
            watchlist=self.watchlist,
            judging=self._judging,
        )

    @property
    def _judging(self) -> Disambiguation:
        return Disambiguation(cascade(), self.accounts, AliasStore(self.table))

    @property
    def comparing(self) -> Comparing:
        return Comparing(
            archive=RawArchive(self.s3, self.bucket),
            posts=self.posts,
            stories=StoryStore(self.table),
            signals=self.signals,
            tombstones=self.tombstones,
            deciding=self.eraser.reconciling.deciding,
            judging=self._judging,
            index=self.watchlist.current(),
        )

    @property
    def showing(self) -> Showing:
        return Showing(
            accounts=self.accounts,
            sellers=self.sellers,
            signals=self.signals,
            stories=StoryStore(self.table),
            watchlist=self.watchlist,
        )

    @cached_property
    def _tombstone_secret(self) -> bytes:
        name = self.deployed.outputs["TombstoneSecretArn"]
        return read_secret(self.access.client("secretsmanager"), name)

    @property
    def tombstones(self) -> TombstoneStore:
        return TombstoneStore(self.table, self._tombstone_secret)

    @cached_property
    def eraser(self) -> Eraser:
        return Eraser(
            archive=RawArchive(self.s3, self.bucket),
            posts=self.posts,
            reconciling=reconciling_on(self.table, self._tombstone_secret),
            journal=self.journal,
        )


def open_target(
    stage: str, *, profile: str | None, region: str | None, endpoint_url: str | None
) -> Target:
    """The stage in the user's AWS account; ``local`` and anything with an ``endpoint_url`` in an
    embedded AWS. ``OperationError`` when no embedded AWS is running."""
    if stage == LOCAL or endpoint_url:
        return Target(stage, local_endpoint.find(endpoint_url).access)
    return Target(stage, AwsAccess(profile=profile, region=region))
