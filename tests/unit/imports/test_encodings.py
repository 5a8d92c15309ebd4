"""Files come in whatever encoding and dialect somebody's spreadsheet has."""

from io import BytesIO

import pytest

from earshot.imports.columns import ImportKind
from earshot.imports.encodings import encoding_of
from earshot.imports.reading import open_sheet
from earshot.imports.records import NEVER_CLOSED, records

TEXT = "id;name\r\n1;Müller & Söhne\r\n"


@pytest.mark.parametrize(
    "content",
    [
        TEXT.encode(),
        TEXT.encode("utf-8-sig"),
        TEXT.encode("utf-16"),
        b"\xfe\xff" + TEXT.encode("utf-16-be"),
        TEXT.encode("utf-16-le"),
        TEXT.encode("utf-16-be"),
        TEXT.encode("cp1252"),
        b"sep=;\r\n" + TEXT.encode("cp1252"),
    ],
)
def test_the_encoding_is_found_by_itself(content: bytes) -> None:
    (row,) = open_sheet(ImportKind.ACCOUNTS, BytesIO(content)).rows()
    assert getattr(row.made, "name", "") == "Müller & Söhne"


def test_some_broken_bytes_refuse_their_rows_and_no_other() -> None:
    content = "id,name\n1,Café\n2,Größe\n3,x\n".encode() + b"4,\xff\n"
    rows = list(open_sheet(ImportKind.ACCOUNTS, BytesIO(content)).rows())
    assert [getattr(row.made, "name", "") for row in rows] == ["Café", "Größe", "x", ""]
    assert rows[-1].problems[0].reason == "holds bytes that are not UTF-8"


def test_a_letter_on_the_edge_of_a_block_is_still_one_letter() -> None:
    assert encoding_of(BytesIO(b"x" * ((1 << 20) - 1) + "é".encode())) == "utf-8"


def cells(*lines: str) -> list[tuple[int, list[str], str]]:
    return [(one.line, list(one.cells), one.flaw) for one in records(lines)]


def test_line_breaks_within_quotes_belong_to_the_cell() -> None:
    assert cells("a,b\n", '1,"x\n', "\n", 'y ""z"""\n', "2,c\n") == [
        (1, ["a", "b"], ""),
        (2, ["1", 'x\n\ny "z"'], ""),
        (5, ["2", "c"], ""),
    ]


def test_a_stray_quotation_mark_harms_its_own_row_only() -> None:
    found = cells("a,b\n", '1,"torn\n', "2,c\n", '3,5" pipe\n', '4,"fine"\n', '5,"torn too\n')
    assert found == [
        (1, ["a", "b"], ""),
        (2, [], NEVER_CLOSED),
        (3, ["2", "c"], ""),
        (4, ["3", '5" pipe'], ""),
        (5, ["4", "fine"], ""),
        (6, [], NEVER_CLOSED),
    ]


def test_a_quotation_mark_that_nobody_closes_takes_no_more_than_its_line() -> None:
    lines = ["a,b\n", '0,"open\n', *(f"{n},x\n" for n in range(1, 2_000))]
    found = cells(*lines)
    assert len(found) == 2_001
    assert [one[0] for one in found if one[2]] == [2]


def test_separators_in_quoted_headers_do_not_count() -> None:
    assert cells('"a,b,c";d\n', "1;2\n")[1][1] == ["1", "2"]
