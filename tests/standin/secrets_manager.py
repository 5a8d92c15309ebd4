"""Secrets Manager: one version of each secret."""

from typing import Any

from tests.standin.wire import Call, Reply, ServiceError, json_refusal, json_reply

_ARN = "arn:aws:secretsmanager:us-east-1:000000000000:secret:"


class SecretsManager:
    def __init__(self) -> None:
        self._values: dict[str, str] = {}
        self.refuse = json_refusal

    def create_secret(self, call: Call) -> Reply:
        request = call.json()
        if request["Name"] in self._values:
            raise ServiceError("ResourceExistsException", "the secret already exists")
        self._values[request["Name"]] = request["SecretString"]
        return json_reply(_identity(request["Name"]))

    def put_secret_value(self, call: Call) -> Reply:
        request = call.json()
        name = self._name(request)
        self._values[name] = request["SecretString"]
        return json_reply(_identity(name))

    def get_secret_value(self, call: Call) -> Reply:
        name = self._name(call.json())
        return json_reply({**_identity(name), "SecretString": self._values[name]})

    def delete_secret(self, call: Call) -> Reply:
        """At once: nobody here waits for a recovery window."""
        name = self._name(call.json())
        del self._values[name]
        return json_reply(_identity(name))

    def _name(self, request: dict[str, Any]) -> str:
        name = str(request["SecretId"]).removeprefix(_ARN)
        if name not in self._values:
            raise ServiceError(
                "ResourceNotFoundException", "Secrets Manager can't find the specified secret."
            )
        return name


def _identity(name: str) -> dict[str, str]:
    return {"ARN": f"{_ARN}{name}", "Name": name}
