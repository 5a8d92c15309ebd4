"""The options of `earshot connect`."""

from pathlib import Path
from typing import Annotated

import typer

from earshot.domain.models import DataClass, Purpose
from earshot.sources import catalog

Source = Annotated[
    str,
    typer.Argument(
        help=f"{', '.join(sorted(catalog.SOURCES))}.", show_default=False, metavar="SOURCE"
    ),
]
Name = Annotated[
    str | None,
    typer.Option(
        "--connection",
        help="Its name, a part of its URL; else main, or after what is asked for.",
    ),
]
Url = Annotated[
    str | None,
    typer.Option(help="The address of a feed, a channel, or of another server of the source."),
]
Query = Annotated[str | None, typer.Option(help="What a source that is searched is asked for.")]
Push = Annotated[
    bool, typer.Option("--push", help="Let the feed's hub push it, beside fetching it (WebSub).")
]
Hub = Annotated[str | None, typer.Option(help="The hub that pushes, if the feed does not name it.")]
SecretFile = Annotated[
    Path | None,
    typer.Option(exists=True, dir_okay=False, readable=True, help="A file with the secret."),
]
Generate = Annotated[bool, typer.Option("--generate", help="Make the secret, and print it once.")]
Replace = Annotated[
    bool,
    typer.Option("--replace", help="Refuse the former secret at once; else both are taken."),
]
Retire = Annotated[
    bool,
    typer.Option("--retire", help="Refuse the former secret from now on; change nothing else."),
]
WhatFor = Annotated[
    Purpose | None,
    typer.Option(
        "--purpose",
        help="analytic: what sellers click on its posts may be learned from.",
        show_default=False,
    ),
]
Class = Annotated[
    DataClass | None,
    typer.Option("--data-class", help="What may be kept of it; else the source's default."),
]
KeepHours = Annotated[
    int | None, typer.Option(help="How long words are kept; 48 at most of what is borrowed.")
]
Wait = Annotated[
    int | None,
    typer.Option(
        help="Seconds to wait for the handshake or the first delivery; 600 on a terminal, else 0."
    ),
]
