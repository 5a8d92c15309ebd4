"""What can go wrong, as one tree.

``PermanentError``: a retry gives the same answer, so the record goes to the dead-letter queue with
its reason and is done. Every other exception escapes and is retried.
"""


class EarshotError(Exception):
    """Anything this package raises on purpose."""


class PermanentError(EarshotError):
    """A retry gives the same answer."""


class MalformedPayloadError(PermanentError):
    """A body, message or row that does not have the promised shape."""


class UnknownSchemaError(PermanentError):
    """A message written by a newer version than this one can read."""


class GoneError(PermanentError):
    """What a message points to was erased or has expired."""


class SuppressedError(PermanentError):
    """Mail to this address bounced for good, or its owner complained."""


class UnknownSourceError(EarshotError):
    """No source of that name exists."""


class UnknownConnectionError(EarshotError):
    """The source exists, the connection is not configured."""


class OversizedBodyError(EarshotError):
    """A delivery larger than any platform sends."""


class SignatureError(EarshotError):
    """A delivery that its platform did not sign, or signed too long ago."""


class ReplayedError(EarshotError):
    """A token that another delivery was accepted with."""


class SecretMissingError(EarshotError):
    """The connection has no secret stored."""


class ConfigurationError(EarshotError):
    """The environment lacks a setting, or holds one that cannot be."""


class BusyError(EarshotError):
    """Optimistic locking lost every try; the record is worth a retry."""


class UnreadableWatchlistError(EarshotError):
    """A compiled watchlist in a format that this version does not know, or a damaged one."""


class MailRefusedError(EarshotError):
    """The mail service answered that it did not accept the message; nothing was sent."""

    def __init__(self, code: str, *, permanent: bool) -> None:
        super().__init__(code)
        self.code = code
        self.permanent = permanent


class MailOutcomeUnknownError(EarshotError):
    """The mail service may or may not have accepted the message."""
