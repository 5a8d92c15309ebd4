"""Posts and people as the operator names them: source:id."""

import typer

from earshot.sources import catalog


def identity_of(reference: str, option: str) -> tuple[str, str]:
    """Source and id; wrong usage when it is not both."""
    source, _, identity = reference.partition(":")
    if source not in catalog.SOURCES or not identity:
        known = ", ".join(sorted(catalog.SOURCES))
        raise typer.BadParameter(f"{option} wants source:id, with one of the sources {known}")
    return source, identity
