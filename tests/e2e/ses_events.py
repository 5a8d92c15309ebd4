"""What SES publishes of a mail.

https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html
"""

from datetime import UTC, datetime
from typing import Any


def send(alert_id: str, message_id: str, *, sender: str, to: str) -> dict[str, Any]:
    return {
        "eventType": "Send",
        "mail": {
            "timestamp": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z"),
            "source": sender,
            "sendingAccountId": "000000000000",
            "messageId": message_id,
            "destination": [to],
            "headersTruncated": False,
            "headers": [{"name": "From", "value": sender}, {"name": "To", "value": to}],
            "commonHeaders": {"from": [sender], "to": [to], "messageId": message_id},
            "tags": {
                "ses:configuration-set": ["earshot-local"],
                "ses:source-ip": ["192.0.2.0"],
                "ses:from-domain": [sender.rpartition("@")[2]],
                "alert_id": [alert_id],
            },
        },
        "send": {},
    }
