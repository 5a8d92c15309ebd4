"""Every key of the table and of the raw bucket. `docs/access-patterns.md` names the question
each of them answers.

Keys are made of identity and sort as text; a time in a key is UTC. ``pk`` and ``sk`` are the
table's, ``due_shard`` and ``due_at`` those of its only index.
"""

import hashlib
import hmac
import re
from datetime import UTC, datetime

Key = dict[str, str]

ACCOUNT_SHARDS = 16
DUE_SHARDS = 8
EXPIRY_SHARDS = 16
DUE_INDEX = "due"

_UNSAFE = re.compile(r"[^A-Za-z0-9._-]")


def digest(*parts: str) -> str:
    """32 hex digits that stand for the parts, in their order."""
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:32]


def timestamp(moment: datetime) -> str:
    """UTC, microseconds, sorts as text."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _shard(identity: str, shards: int) -> int:
    return int(hashlib.sha256(identity.encode()).hexdigest()[:8], 16) % shards


# What the operator sets up


def connections() -> str:
    return "CONNECTIONS"


def connection(source: str, connection_id: str) -> Key:
    return {"pk": connections(), "sk": f"{source}#{connection_id}"}


def searches(source: str, connection_id: str) -> str:
    return f"SEARCHES#{source}#{connection_id}"


def search(source: str, connection_id: str, words: str) -> Key:
    """How far the connection got with what it asks for the watchlist."""
    return {"pk": searches(source, connection_id), "sk": digest(words)}


def config() -> Key:
    return {"pk": "CONFIG", "sk": "CONFIG"}


def heartbeat() -> Key:
    """The last heartbeat that came through."""
    return {"pk": "CONFIG", "sk": "HEARTBEAT"}


def sellers() -> str:
    return "SELLERS"


def seller(seller_id: str) -> Key:
    return {"pk": sellers(), "sk": seller_id}


def preferences(seller_id: str) -> Key:
    """Beside the seller's row, and no import writes it."""
    return {"pk": f"SELLER#{seller_id}", "sk": "PREFERENCES"}


def learned(seller_id: str) -> Key:
    """What the seller's feedback taught their relevance."""
    return {"pk": f"SELLER#{seller_id}", "sk": "LEARNED"}


def taught(seller_id: str, signal_id: str = "") -> Key:
    """What the seller's feedback on a signal could be learned from, and taught already."""
    return {"pk": f"SELLER#{seller_id}", "sk": f"TAUGHT#{signal_id}"}


def learners() -> str:
    return "LEARN"


def to_learn(seller_id: str) -> Key:
    """Stands for new feedback of the seller; ``mark`` beside it is another one each time."""
    return {"pk": learners(), "sk": seller_id}


def weights() -> Key:
    return {"pk": "CONFIG", "sk": "WEIGHTS"}


def play(play_id: str) -> Key:
    return {"pk": plays(), "sk": play_id}


def plays() -> str:
    return "PLAYS"


def play_uses(play_id: str) -> str:
    return f"PLAY#{play_id}"


def play_use(play_id: str, alert_id: str) -> Key:
    """A play that was told with an alert, and what came of it."""
    return {"pk": play_uses(play_id), "sk": f"USE#{alert_id}"}


def watchlist() -> str:
    return "WATCHLIST"


def watchlist_entry(entry_id: str) -> Key:
    return {"pk": watchlist(), "sk": entry_id}


# Business data


def account_shards() -> tuple[str, ...]:
    return tuple(f"ACCOUNTS#{shard:02d}" for shard in range(ACCOUNT_SHARDS))


def account(account_id: str) -> Key:
    return {
        "pk": f"ACCOUNTS#{_shard(account_id, ACCOUNT_SHARDS):02d}",
        "sk": f"ACCOUNT#{account_id}",
    }


def contact(contact_id: str) -> Key:
    return {
        "pk": f"ACCOUNTS#{_shard(contact_id, ACCOUNT_SHARDS):02d}",
        "sk": f"CONTACT#{contact_id}",
    }


def refresh(account_id: str) -> Key:
    """When providers were asked about the account; it lies beside it."""
    return {"pk": account(account_id)["pk"], "sk": f"REFRESH#{account_id}"}


def refresh_round() -> Key:
    return {"pk": "REFRESH", "sk": "ROUND"}


def merges() -> str:
    return "MERGES"


def merge(gone_id: str) -> Key:
    return {"pk": merges(), "sk": gone_id}


def route(kind: str, value: str) -> str:
    """The inverted index of candidates: ``kind`` is account, territory or desk."""
    return f"ROUTE#{kind}#{value}"


def candidate(kind: str, value: str, *, role: str, seller_id: str) -> Key:
    return {"pk": route(kind, value), "sk": f"{role}#{seller_id}"}


def alias_shards() -> tuple[str, ...]:
    return tuple(f"ALIASES#{shard:02d}" for shard in range(ACCOUNT_SHARDS))


def alias(entry_id: str, name: str) -> Key:
    """What is known of a name that an entry shares with other things."""
    return {"pk": f"ALIASES#{_shard(entry_id, ACCOUNT_SHARDS):02d}", "sk": f"{entry_id}#{name}"}


# Deliveries


def spent_token(source: str, connection_id: str, token: str) -> Key:
    """A token that one delivery of the connection was accepted with."""
    return {"pk": f"SPENT#{source}#{connection_id}#{digest(token)}", "sk": "SPENT"}


def receipts(source: str, connection_id: str, hour: datetime) -> str:
    return f"RECEIPT#{source}#{connection_id}#{hour.astimezone(UTC):%Y-%m-%dT%H}"


def receipt(source: str, connection_id: str, hour: datetime, *, delivery_id: str) -> Key:
    return {"pk": receipts(source, connection_id, hour), "sk": delivery_id}


# Posts: all that concerns one post lies in one partition


def post(source: str, native_id: str) -> str:
    return f"POST#{source}#{native_id}"


def post_head(source: str, native_id: str) -> Key:
    return {"pk": post(source, native_id), "sk": "HEAD"}


def post_raw(source: str, native_id: str, raw_key: str) -> Key:
    return {"pk": post(source, native_id), "sk": f"RAW#{raw_key}"}


JOURNALLED = "JOURNAL#"


def post_journalled(source: str, native_id: str, journal_key: str) -> Key:
    """An entry of the journal that tells of the post."""
    return {"pk": post(source, native_id), "sk": f"{JOURNALLED}{journal_key}"}


def guard(source: str, native_id: str, *, seller_id: str) -> Key:
    """One seller hears of one post once; lies with the post, so that the post's alerts are found
    (and erased) by it."""
    return {"pk": post(source, native_id), "sk": f"GUARD#{seller_id}"}


def permalink(url: str) -> Key:
    return {"pk": f"LINK#{digest(url)}", "sk": "LINK"}


def author(source: str, author_id: str) -> str:
    return f"AUTHOR#{source}#{author_id}"


def author_post(source: str, author_id: str, native_id: str) -> Key:
    return {"pk": author(source, author_id), "sk": f"POST#{native_id}"}


TOMBSTONE = "TOMBSTONE"


def tombstone(secret: bytes, *identity: str) -> Key:
    """Refuses what was deleted without telling what it was: HMAC-SHA-256 of the identity."""
    mac = hmac.new(secret, "\x1f".join(identity).encode(), hashlib.sha256).hexdigest()
    return {"pk": f"TOMBSTONE#{mac}", "sk": TOMBSTONE}


# Stories: posts that surely belong together hang on one strand

STRAND = "-STRAND"  # sorts before the posts: the version is read first


def strand(strand_id: str) -> Key:
    return {"pk": f"STRAND#{strand_id}", "sk": STRAND}


def strand_post(strand_id: str, source: str, native_id: str) -> Key:
    return {"pk": f"STRAND#{strand_id}", "sk": f"POST#{source}#{native_id}"}


def strand_words(strand_id: str, source: str, native_id: str) -> Key:
    """The words of a post that may be kept for a time only; the row of the post stays."""
    return {"pk": f"STRAND#{strand_id}", "sk": f"WORDS#{source}#{native_id}"}


def anchor(anchor_hash: str, strand_id: str) -> Key:
    """Strands whose words may repeat each other share an anchor."""
    return {"pk": f"ANCHOR#{anchor_hash}", "sk": strand_id}


# Signals, decisions, alerts


def subject(subject_id: str) -> str:
    return f"SUBJECT#{subject_id}"


def signal(subject_id: str, signal_id: str) -> Key:
    return {"pk": subject(subject_id), "sk": f"SIGNAL#{signal_id}"}


def signal_rows(signal_id: str) -> str:
    return f"SIGNAL#{signal_id}"


def merged(signal_id: str) -> Key:
    """Where a signal went that proved to be part of another."""
    return {"pk": signal_rows(signal_id), "sk": "MERGED"}


def decisions(signal_id: str, revision: int, chunk: int = 0) -> Key:
    return {"pk": signal_rows(signal_id), "sk": f"DECISIONS#{revision:08d}#{chunk:03d}"}


def outbox(alert_id: str) -> Key:
    return {"pk": f"OUTBOX#{alert_id}", "sk": "OUTBOX"}


def thread(seller_id: str, subject_id: str) -> Key:
    """The mails about one subject to one seller, so that a burst becomes one thread."""
    return {"pk": f"THREAD#{seller_id}", "sk": subject_id}


TOLD = "TOLD#"


def told(signal_id: str, seller_id: str) -> Key:
    """That the seller was told of the signal."""
    return {"pk": signal_rows(signal_id), "sk": f"{TOLD}{seller_id}"}


def day(seller_id: str, local_date: str) -> Key:
    """The interruptions of one local day."""
    return {"pk": f"DAY#{seller_id}", "sk": local_date}


def waiting(seller_id: str) -> str:
    return f"WAITING#{seller_id}"


def waiting_post(seller_id: str, signal_id: str, source: str, *, native_id: str) -> Key:
    return {"pk": waiting(seller_id), "sk": f"POST#{signal_id}#{source}#{native_id}"}


def waiting_alert(seller_id: str, alert_id: str) -> Key:
    return {"pk": waiting(seller_id), "sk": f"ALERT#{alert_id}"}


def last_digest(seller_id: str) -> Key:
    return {"pk": f"SELLER#{seller_id}", "sk": "DIGEST"}


def opened(seller_id: str) -> str:
    """The signals that a seller was told of."""
    return f"OPEN#{seller_id}"


def open_signal(seller_id: str, signal_id: str) -> Key:
    return {"pk": opened(seller_id), "sk": signal_id}


def claim(signal_id: str) -> Key:
    return {"pk": signal_rows(signal_id), "sk": "CLAIM"}


def feedbacks(seller_id: str) -> str:
    return f"FEEDBACK#{seller_id}"


def feedback(seller_id: str, signal_id: str) -> Key:
    return {"pk": feedbacks(seller_id), "sk": signal_id}


def used_link(link_id: str) -> Key:
    """A link that acts once."""
    return {"pk": f"LINKUSED#{link_id}", "sk": "LINKUSED"}


def suppressed(address: str) -> Key:
    """An address that must not be written to, without saying which."""
    hashed = hashlib.sha256(address.strip().casefold().encode()).hexdigest()
    return {"pk": f"SUPPRESSED#{hashed}", "sk": "SUPPRESSED"}


def mail_figures(day: str) -> Key:
    """How many mails of a UTC day were sent, bounced and complained about."""
    return {"pk": "MAILFIGURES", "sk": day}


def mail_rate() -> Key:
    return {"pk": "MAILRATE", "sk": "MAILRATE"}


def due_shards() -> tuple[str, ...]:
    return tuple(f"DUE#{shard}" for shard in range(DUE_SHARDS))


def due_shard(alert_id: str) -> str:
    return f"DUE#{_shard(alert_id, DUE_SHARDS)}"


# What has to go again


def expiries(shard: int) -> str:
    return f"EXPIRY#{shard:02d}"


def expiry(delivery_id: str, begins: datetime, raw_key: str) -> Key:
    """A raw object whose words may not stay, by when they may begin to go."""
    shard = _shard(delivery_id, EXPIRY_SHARDS)
    return {"pk": expiries(shard), "sk": f"{timestamp(begins)}#{raw_key}"}


def scan_round() -> Key:
    """How far the scan of all stores is."""
    return {"pk": "SCAN", "sk": "ROUND"}


def scan_report() -> Key:
    """What its last round found."""
    return {"pk": "SCAN", "sk": "REPORT"}


# The bucket


def raw_object(
    source: str, connection_id: str, delivery_id: str, *, is_borrowed: bool = False
) -> str:
    """What is only borrowed lies apart: the bucket itself removes what was forgotten there."""
    folder = "borrowed" if is_borrowed else "raw"
    return f"{folder}/{source}/{connection_id}/{delivery_id}"


def raw_folders(source: str, connection_id: str) -> tuple[str, str]:
    """What the raw objects of a connection begin with."""
    return f"raw/{source}/{connection_id}/", f"borrowed/{source}/{connection_id}/"


def brought_by(raw_key: str) -> tuple[str, str]:
    """Source and connection of a raw object."""
    _, source, connection_id, _ = raw_key.split("/", 3)
    return source, connection_id


def journal_object(kind: str, moment: datetime, identity: str) -> str:
    day = moment.astimezone(UTC)
    return f"journal/{day:%Y/%m/%d}/{kind}/{_UNSAFE.sub('_', identity)}.json"


def watchlist_object() -> str:
    return "watchlist/current.bin"


def poller_queries_object() -> str:
    return "watchlist/queries.json"


def import_manifest(kind: str) -> str:
    """The ids of the last import of this kind."""
    return f"imports/{kind}.json"


def inbox() -> str:
    """Below it, ``{kind}/{name}``: files dropped for import."""
    return "inbox/"


def inbox_report(dropped: str) -> str:
    return f"inbox-reports/{dropped.removeprefix(inbox())}.json"
