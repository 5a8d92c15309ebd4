"""Requests that the contracts of DynamoDB have in common."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

KEY = {"pk": "a", "sk": "1"}


def code_of(act: Callable[[], object]) -> str:
    with pytest.raises(ClientError) as caught:
        act()
    return str(caught.value.response["Error"]["Code"])


def item(table: Any, **key: str) -> Any:
    return table.get_item(Key={**KEY, **key}, ConsistentRead=True).get("Item")


def changed(table: Any, update: str, **values: Any) -> Any:
    given = {f":{name}": value for name, value in values.items()}
    answer = table.update_item(
        Key=KEY,
        UpdateExpression=update,
        ReturnValues="ALL_NEW",
        **({"ExpressionAttributeValues": given} if given else {}),
    )
    return answer["Attributes"]


def fill(table: Any, *keys: str, **more: Any) -> None:
    with table.batch_writer() as batch:
        for sk in keys:
            batch.put_item(Item={"pk": "a", "sk": sk, **more})
