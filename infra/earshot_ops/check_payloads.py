"""`make check-payloads`: real payloads through verify and normalise, as ingest would put them.

Every file of a folder, which has a folder for each platform, is signed as its platform would, and
told what it became. No exception escapes; the exit code is 1 when anything was raised, or refused,
or accepted against the rules.
"""

import argparse
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from earshot_ops.payloads import report
from earshot_ops.payloads.files import File, files_in
from earshot_ops.payloads.proving import ACCEPTED, FailedError, Verdicts, failing, proven
from earshot_ops.payloads.signing import SCHEMES
from earshot_ops.payloads.trial import Outcome, tried
from earshot_ops.payloads.vectors import verdicts_of
from earshot_ops.payloads.wrapping import Sent, sent_of


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="make check-payloads", description=__doc__)
    parser.add_argument("--payloads", type=Path, required=True, help="a folder for each platform")
    parser.add_argument("--vectors", type=Path, help="published signatures")
    options = parser.parse_args(arguments)
    totals, verdicts = report.Totals(), Verdicts()
    for file, outcomes in checked(options.payloads, now=datetime.now(UTC), verdicts=verdicts):
        totals.add(file, outcomes)
        _say(report.lines_of_file(file, outcomes))
    failures = list(_unproven(datetime.now(UTC), verdicts))
    vectors = list(verdicts_of(options.vectors)) if options.vectors else []
    _say(["", *report.lines_of_verdicts(verdicts), *failures])
    _say(["", *report.lines_of_vectors(vectors)])
    _say(["", *totals.lines()])
    if not totals.counts["files"]:
        failures.append(f"No payloads are in {options.payloads}.")
        _say(failures[-1:])
    has_failed = totals.counts["failed"] or any(verdict.failure for verdict in vectors)
    return 1 if has_failed or failures else 0


def checked(
    folder: Path, *, now: datetime, verdicts: Verdicts
) -> Iterator[tuple[File, list[Outcome]]]:
    """Each file, and what became of each delivery that it stands for."""
    for file in files_in(folder):
        yield file, list(_outcomes(file, now, verdicts))


def _outcomes(file: File, now: datetime, verdicts: Verdicts) -> Iterator[Outcome]:
    if file.skipped or file.source is None:
        return
    try:
        with failing("wrapping"):
            waiting = list(sent_of(file, file.source, now=now))
    except FailedError as error:
        yield Outcome("", failure=str(error))
        return
    told: list[Outcome] = []
    for sent in waiting:
        outcome = tried(sent, now=now, verdicts=verdicts)
        if sent.is_again and told and outcome.is_like(told[-1]):
            told[-1] = replace(told[-1], note=f"{told[-1].note}, {outcome.note}")
        else:
            told.append(outcome)
    yield from told


def _unproven(now: datetime, verdicts: Verdicts) -> Iterator[str]:
    """Schemes that no file was signed by are tried with a body of no meaning; the failures."""
    for scheme in SCHEMES:
        if not verdicts[scheme.name, ACCEPTED]:
            for source in scheme.sources:
                try:
                    proven(Sent(source, b"{}"), scheme, now=now, verdicts=verdicts)
                except FailedError as error:
                    yield f"  {scheme.name:<22} FAILED {error}"


def _say(lines: Iterable[str]) -> None:
    print("\n".join(lines))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
