"""Which encoding a file is in; CRMs and spreadsheets write several and name none."""

import codecs
import re
from collections.abc import Iterator
from contextlib import suppress
from io import TextIOWrapper
from typing import Any, BinaryIO, cast

from earshot.imports.errors import ImportFileError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_BLOCK = 1 << 20
_ZIP = b"PK\x03\x04"
_OLD_WORKBOOK = b"\xd0\xcf\x11\xe0"
_STRAY = re.compile("[\udc80-\udcff]")
_LETTER = re.compile("[^\x00-\x7f\udc80-\udcff]")
_UNDEFINED_IN_CP1252 = bytes((0x81, 0x8D, 0x8F, 0x90, 0x9D))


# Of UTF-16 with Latin letters half the bytes are zero; a zero byte here and there is dirt.
_LEAST_ZEROS = 0.2


def lines_of(file: BinaryIO) -> Iterator[str]:
    """With their ends. The file stays open: it is the caller's. Bytes that are not UTF-8 become
    lone surrogates. ``ImportFileError`` for a workbook."""
    encoding = encoding_of(file)
    errors = "surrogateescape" if encoding.startswith("utf-8") else "replace"
    text = TextIOWrapper(cast("Any", file), encoding=encoding, errors=errors, newline="")
    try:
        yield from text
    finally:
        with suppress(ValueError):
            text.detach()


def encoding_of(file: BinaryIO) -> str:
    """By its mark, its zero bytes, or else by which one it can be; the file is left at its start.

    A file that is UTF-8 but for some bytes stays UTF-8: the rows with those bytes are refused.
    """
    start = file.read(4096)
    file.seek(0)
    if start.startswith((_ZIP, _OLD_WORKBOOK)):
        raise ImportFileError("the file is a workbook; save it as CSV UTF-8 in the spreadsheet")
    for mark, name in _MARKS:
        if start.startswith(mark):
            return name
    if start and start.count(0) >= _LEAST_ZEROS * len(start):
        return "utf-16-le" if start[1::2].count(0) >= start[::2].count(0) else "utf-16-be"
    return _of_bytes(file)


def _of_bytes(file: BinaryIO) -> str:
    """Of a file without zero bytes, by counting the letters that are whole in UTF-8 and the bytes
    that belong to none."""
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    whole = broken = 0
    undefined = False
    while block := file.read(_BLOCK):
        text = decoder.decode(block)
        if text.isascii():
            continue
        broken += len(_STRAY.findall(text))
        whole += len(_LETTER.findall(text))
        undefined = undefined or any(byte in block for byte in _UNDEFINED_IN_CP1252)
    file.seek(0)
    return "utf-8" if whole >= broken or undefined else "cp1252"
