"""What can go wrong for the operator; the message is one plain sentence."""


class OperationError(Exception):
    """Anything that build, deployment and the embedded AWS raise on purpose."""


class ConfigurationFileError(OperationError):
    """`chalice.json` says something it must not; the message names where."""


class LayerError(OperationError):
    """The layer cannot be built."""


class BuildError(OperationError):
    """An app cannot be packaged."""


class StackError(OperationError):
    """A stack could not be made, changed, found or removed."""


class EmbeddedAwsError(OperationError):
    """The embedded AWS cannot start."""


class MailTemplateError(OperationError):
    """A mail's template cannot be compiled."""


class AuditError(OperationError):
    """A program of the audit did not come to a result."""
