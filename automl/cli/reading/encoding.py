"""Bytes as text: by a byte order mark, as UTF-8, or as a guess that is said."""

import codecs

import charset_normalizer

from automl.cli.reading.content import Content
from automl.errors import FileError

# UTF-32 stands first, because its mark starts with that of UTF-16.
MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
WESTERN = "cp1252"  # latin-1 with the signs of Windows, such as the euro
# Few bytes tell only families of encodings apart, so each family has its most common member.
FAMILIES = [WESTERN, "cp1251", "cp1253", "cp932", "gb18030", "big5", "euc_kr"]
SAMPLE = 100_000  # bytes, of which a guess takes a tenth of a second
FEW = 4  # different bytes beyond ASCII: fewer are signs or accents, and no other alphabet
TOLERANCE = 0.5  # of odd characters: few rows with many numbers look odder than running text


def decode(content: Content, encoding: str | None = None) -> tuple[str, str]:
    """Return the text of a file and the name of its encoding.

    Parameters
    ----------
    content : Content
    encoding : str, optional
        By default it is found in the bytes.

    Raises
    ------
    FileError
        If the bytes are no text in that encoding, or no text at all.
    """
    encoding = encoding or _encoding(content)
    try:
        text = content.data.decode(encoding)
    except LookupError as error:
        raise FileError(
            f"expected --encoding to be one that Python has, such as cp1252, got {encoding!r}"
        ) from error
    except UnicodeError as error:
        raise FileError(
            f"{content.source} is not a text in {encoding}: {error}; give its --encoding"
        ) from error
    if "\0" in text:
        raise FileError(
            f"{content.source} is not a table of text: it holds NUL characters; expected CSV, "
            "Excel, Parquet, Feather or JSON lines"
        )
    # pandas reads over the mark of UTF-8 by itself.
    return text.removeprefix("\ufeff"), "utf-8" if encoding == "utf-8-sig" else encoding


def _encoding(content: Content) -> str:
    data = content.data
    for mark, encoding in MARKS.items():
        if data.startswith(mark):
            return encoding
    if b"\0" in data[:SAMPLE]:
        return _wide_encoding(data[:SAMPLE])
    try:
        data.decode("utf-8")
        return "utf-8"
    except UnicodeDecodeError as error:
        # Characters of several bytes are seldom UTF-8 by chance.
        text = data.decode("utf-8", errors="replace")
        n_wrong = text.count("\ufffd")
        if sum(character > "\x7f" for character in text) > 2 * n_wrong:
            line = data.count(b"\n", 0, error.start) + 1
            raise FileError(
                f"{content.source} is a text in UTF-8 but for {n_wrong} places, the first in line "
                f"{line}; correct them, or give --encoding"
            ) from error
        return _guess(data)


def _wide_encoding(sample: bytes) -> str:
    """Return UTF-16 where every other byte is 0, as in texts that are mostly ASCII."""
    zeros = [sample[start::2].count(0) for start in (0, 1)]
    if max(zeros) > len(sample) / 4 and min(zeros) == 0:
        return "utf-16-be" if zeros[0] else "utf-16-le"
    return "utf-8"  # the NUL characters are an error


def _guess(data: bytes) -> str:
    candidates = [WESTERN, "latin-1"]
    if len({byte for byte in data if byte > 127}) >= FEW:
        # A cut at the end of a line splits no character.
        sample = data[: data.rfind(b"\n", 0, SAMPLE) + 1] or data
        best = charset_normalizer.from_bytes(
            sample, cp_isolation=FAMILIES, threshold=TOLERANCE
        ).best()
        candidates = [best.encoding, *candidates] if best else candidates
    for encoding in candidates:
        try:
            data.decode(encoding)
            return encoding
        except UnicodeDecodeError:
            continue
    return candidates[-1]
