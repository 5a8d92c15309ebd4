"""The words of a mail, a table for each question it answers."""

from earshot.domain.models import Intent, Role, Urgency

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

ANSWER_TIME = {
    Urgency.NOW: "within the hour",
    Urgency.SOON: "today",
    Urgency.NONE: "this week",
}

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
}

CONTRIBUTION = {
    "competitor_involved": "A competitor is involved",
    "conversation": "Several people talk",
    "open_stage": "The account is in an open stage",
    "large_account": "The account is large",
    "owned_by_another": "Somebody else owns the account",
}

# The names of these end in a value: intent_switching, urgency_now, role_owner.
CONTRIBUTION_PREFIX = {"intent_": "Intent", "urgency_": "Urgency", "role_": "Your role"}


def contribution_label(name: str) -> str:
    for prefix, label in CONTRIBUTION_PREFIX.items():
        if name.startswith(prefix):
            return f"{label}: {name.removeprefix(prefix)}"
    return CONTRIBUTION.get(name, name.replace("_", " ").capitalize())


def label(score: int, urgency: Urgency) -> str:
    """How soon to look, at a glance: by the score, and never less than the urgency asks for."""
    if score >= HOT_FROM or urgency is Urgency.NOW:
        return "Hot"
    return "Warm" if score >= WARM_FROM or urgency is Urgency.SOON else "Note"
