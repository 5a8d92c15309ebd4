"""Answer a platform: verify, archive, queue, then 2xx."""

from chalice.app import Request, Response


def handle(request: Request, source: str, connection_id: str) -> Response:
    raise NotImplementedError
