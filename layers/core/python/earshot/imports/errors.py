"""Why a file as a whole cannot be imported."""

from earshot.errors import PermanentError


class ImportFileError(PermanentError):
    """There is no table in the file; nothing of it is imported. The message is for its sender."""


class OversizedFileError(PermanentError):
    """A dropped file that is larger than any import."""
