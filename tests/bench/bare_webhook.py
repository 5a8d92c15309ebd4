"""The least that could take a delivery safely: one HMAC, and the same three calls."""

import hashlib
import hmac
import json
from datetime import UTC, datetime
from typing import cast

import boto3
from chalice.app import Chalice, Request, Response

from tests.fakes_ingest import ENVIRONMENT


def make_app(secret: str) -> Chalice:
    """Names come from the environment of the tests, as ingest's do."""
    app = Chalice(app_name="bare", configure_logs=False)
    s3 = boto3.client("s3")
    dynamodb = boto3.client("dynamodb")
    sqs = boto3.client("sqs")

    @app.route("/hooks/{source}/{connection_id}", methods=["POST"])
    def receive(source: str, connection_id: str) -> Response:
        request = cast("Request", app.current_request)
        body = cast("bytes", request.raw_body)
        identity = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(request.headers["x-hub-signature-256"], f"sha256={identity}"):
            return Response({"error": "bad signature"}, status_code=401)
        key = f"bare/{source}/{connection_id}/{identity}"
        row = {
            "pk": key,
            "sk": identity,
            "source": source,
            "connection_id": connection_id,
            "delivery_id": identity,
            "raw_key": key,
            "received_at": datetime.now(UTC).isoformat(),
        }
        s3.put_object(Bucket=ENVIRONMENT["EARSHOT_BUCKET"], Key=key, Body=body, IfNoneMatch="*")
        dynamodb.put_item(
            TableName=ENVIRONMENT["EARSHOT_TABLE"],
            Item={name: {"S": value} for name, value in row.items()},
            ConditionExpression="attribute_not_exists(pk)",
        )
        sqs.send_message(
            QueueUrl=ENVIRONMENT["EARSHOT_DELIVERIES_QUEUE_URL"], MessageBody=json.dumps(row)
        )
        return Response({"delivery_id": identity}, status_code=202)

    return app
