"""The words of a mail, a table for each question it answers."""

from earshot.domain.models import AlertKind, Event, EvidenceKind, Intent, Role, Urgency

HOT_FROM, WARM_FROM = 80, 70


HEADLINE = {
    Intent.PURCHASE: "wants to buy",
    Intent.RECOMMENDATION: "asks for a recommendation",
    Intent.SWITCHING: "talks of switching",
    Intent.COMPLAINT: "complains",
    Intent.SUPPORT: "needs help",
    Intent.PRAISE: "is pleased",
    Intent.NEWS: "is in the news",
    Intent.PROMOTION: "promotes something",
    Intent.OTHER: "was talked about",
}

NEXT_STEP = {
    Intent.PURCHASE: "Answer the question in the thread in a sentence or two, then offer a call.",
    Intent.RECOMMENDATION: "Say whom you work for, answer what was asked, and offer a comparison.",
    Intent.SWITCHING: "Ask what made them look around, and offer help with moving over.",
    Intent.COMPLAINT: "Listen first: acknowledge it, ask for details in private, sell nothing yet.",
    Intent.SUPPORT: "Bring in support and answer with a solution, not with a pitch.",
    Intent.PRAISE: "Thank them, and ask whether they would say so in a reference.",
    Intent.NEWS: "Congratulate them, and ask what it changes in their plans.",
    Intent.PROMOTION: "There is nothing to answer. Note it for the next talk.",
    Intent.OTHER: "Read the whole thread before you answer.",
}

# What a thread is called that began with something else than the story itself.
KIND_LABEL = {AlertKind.HANDOVER: "Hand-over", AlertKind.ESCALATION: "Unanswered"}

WHY_ME = {
    Role.OWNER: "You own {subject} in the CRM.",
    Role.DEPUTY: "You are a deputy for {subject} in the CRM.",
    Role.SERVICE: "You are on the desk for support, and this asks for help.",
    Role.DESK: "You are on the desk for {objects}.",
    Role.TERRITORY: "{subject} lies in your territory.",
}

PRESSING = {
    Urgency.NOW: "It is urgent",
    Urgency.SOON: "It should not wait long",
    Urgency.NONE: "Nothing presses",
}

WHY_NOW = {
    "within_hours": "it is within your hours",
    "urgent_by_own_rule": "your own rule lets that through at any hour",
    "quiet_hours": "it waits for your hours to begin",
    "holiday": "it waits for you to be back",
}

CLAIM = {
    "claimed": "{who} took it on",
    "offered": "{giver} handed it over to {who}",
    "done": "{who} closed it",
}

STANDS_IN = "You are a deputy for {subject}, and the owner is away."

NEWS = {
    Event.FUNDING: "has new funding",
    Event.ACQUISITION: "is in an acquisition",
    Event.LEADERSHIP: "has new leadership",
    Event.HIRING: "is hiring",
    Event.LAUNCH: "launches something",
    Event.EXPANSION: "expands",
    Event.PARTNERSHIP: "has a new partner",
    Event.LAYOFFS: "lays people off",
    Event.EARNINGS: "reports earnings",
}

EVIDENCE = {
    EvidenceKind.DOMAIN: "Domain",
    EvidenceKind.HANDLE: "Handle",
    EvidenceKind.ALIAS: "Name",
    EvidenceKind.AUTHOR: "Author",
    EvidenceKind.CUE: "Words",
}

# Why a story waited for the digest.
DIGEST_REASON = {
    "worth_an_alert": "your day's interruptions were used up",
    "over_budget": "your day's interruptions were used up",
    "claimed_by_another": "a colleague takes care of it",
    "same_story": "it tells a story that you were told of",
    "left_to_owner": "whoever owns the account was told at once",
    "left_to_service": "those who give support were told at once",
    "below_alert": "not pressing enough to interrupt you",
    "beyond_the_most_stories": "a mail told you of very many others at once",
    "beyond_the_most_alerts": "many others were told at once",
    "unsubscribed": "you chose to read of it here only",
    "muted": "you muted it",
    "stands_back": "you were away, and a deputy was told",
    "stands_in": "you stand in for the owner, who is away",
}

CONTRIBUTION = {
    "competitor_involved": "A competitor is involved",
    "conversation": "Several people talk",
    "young_story": "It began a short while ago",
    "open_stage": "The account is in an open stage",
    "large_account": "The account is large",
    "valuable_account": "The account is worth much",
    "favoured_industry": "An industry that we look for",
    "service_matter": "It is a matter for service",
    "owned_by_another": "Somebody else owns the account",
    "sells_the_product": "You sell what it is about",
    "learned": "Learned from your answers",
}

# The names of these end in a value: intent_switching, urgency_now, role_owner.
CONTRIBUTION_PREFIX = {
    "intent_": "Intent",
    "urgency_": "Urgency",
    "role_": "Your role",
    "degree_": "How they speak",
    "standing_": "Who says it",
    "event_": "News",
}


def contribution_label(name: str) -> str:
    for prefix, label in CONTRIBUTION_PREFIX.items():
        if name.startswith(prefix):
            return f"{label}: {name.removeprefix(prefix)}"
    return CONTRIBUTION.get(name, name.replace("_", " ").capitalize())


def label(score: int) -> str:
    """How soon to look, at a glance. Urgency is part of the score."""
    if score >= HOT_FROM:
        return "Hot"
    return "Warm" if score >= WARM_FROM else "Note"


def digest_reason(reason: str) -> str:
    return DIGEST_REASON.get(reason, reason.replace("_", " "))


def counted(number: int, one: str, many: str = "") -> str:
    """``1 post``, ``2 posts``; ``many`` where an s is not enough."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
