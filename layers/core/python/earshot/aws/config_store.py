"""What the operator decided for the whole deployment."""

from typing import TYPE_CHECKING

from earshot.aws import keys
from earshot.aws.items import item_of, model_of
from earshot.domain.models import EmailAddress, Model

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table


class Config(Model):
    """A new deployment is not ``live``: it observes, and its mails go to the operator only."""

    live: bool = False
    operator_email: EmailAddress | None = None


class ConfigStore:
    def __init__(self, table: "Table") -> None:
        self._table = table

    def get(self) -> Config:
        """What was put last; a deployment that nobody configured observes without an operator."""
        found = self._table.get_item(Key=keys.config(), ConsistentRead=True).get("Item")
        return model_of(Config, found) if found else Config()

    def put(self, config: Config) -> None:
        self._table.put_item(Item=item_of(keys.config(), config))

    def go_live(self) -> Config:
        """From now on mails go to the sellers."""
        config = self.get().model_copy(update={"live": True})
        self.put(config)
        return config
