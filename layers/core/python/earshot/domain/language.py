"""Which language a text is in: by its script, by the letters of its words, by small words.

Letters tell the languages that the model was trained on. Other languages written in Latin letters
are recognised by their commonest words, and named when those outnumber the words of the language
that the letters suggest. Where there are no words, or nothing tells, it is ``unknown``.
"""

import re
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from struct import Struct
from zlib import crc32

from earshot.domain.text_features import READ_CHARACTERS

UNKNOWN = "unknown"
COVERED = frozenset(("en",))
WORD = re.compile(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)*")
_ASIDE = re.compile(r"https?\S*|www\.\S+|[@]\w+|#|<\w+>|`[^`]*`")
_MOST_WORDS = 120
_LONGEST_WORD = 24
_GRAM_SIZES = (1, 2, 3, 4)
_LATIN = re.compile(r"[A-Za-zÀ-\u024f\u1e00-\u1eff]")
# fmt: off
_SCRIPTS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (language, re.compile(pattern))
    for language, pattern in (
        ("ja", "[\u3040-\u30ff]"), ("ko", "[\uac00-\ud7af]"), ("zh", "[\u3400-\u9fff]"),
        ("th", "[\u0e00-\u0e7f]"), ("he", "[\u0590-\u05ff]"), ("el", "[\u0370-\u03ff]"),
        ("hi", "[\u0900-\u097f]"), ("bn", "[\u0980-\u09ff]"), ("ta", "[\u0b80-\u0bff]"),
        ("te", "[\u0c00-\u0c7f]"), ("ka", "[\u10a0-\u10ff]"), ("hy", "[\u0530-\u058f]"),
        ("uk", "[\u0454\u0456\u0457\u0491]"), ("ru", "[\u0400-\u04ff]"),
        ("fa", "[\u067e\u0686\u0698\u06af\u06cc]"), ("ar", "[\u0600-\u06ff]"),
    )
)
_SMALL_WORDS: Mapping[str, str] = {
    "en": "the and to of is it you that for on with this my are have not be at what was just we me "
        "but your so all they if do can from as about or an has will would our their there been "
        "how when who which any does did had more some than them its i'm don't",
    "de": "der die das und ich ist nicht du es mit den zu ein eine auf für wir so von auch wie was "
        "noch wenn aber mir im dem war hat sich sind nur schon bei oder kann zum am als mich",
    "fr": "le la les de et je un une est pas que en il pour tu qui à ce au des on dans c'est plus "
        "sur mais avec moi du ne j'ai si me mon se tout ça nous vous son sont ou comme",
    "es": "de que la el no en y a los me un se es por con lo una te mi las para si yo tu al más "
        "del como pero está ya todo qué muy esta cuando eso o hay son ser",
    "it": "di che e la il non è un per a in i mi le una si ho ma con sono del della lo da come ti "
        "se al anche più ci gli questo mio tutti nel perché poi solo",
    "pt": "de que o a e não eu um é do da em para com os no se na me por uma mais as mas você foi "
        "tem meu como ao muito já só quando ele ela isso tá vai minha",
    "nl": "de het een en van ik je niet dat die op te zijn met voor maar ook heb wat wel aan naar "
        "bij nog als dan om er zo geen uit kan mijn deze wordt",
    "sv": "och att det som på är av för med jag inte har till ett om var den kan så vi från men nu "
        "mig ska också efter bara när här eller",
    "da": "og det at jeg er ikke en på til af for med har der som den vi kan så et fra men hvad "
        "også efter kun når her eller mig blev",
    "no": "og det at jeg er ikke en på til av for med har som den vi kan så et fra men hva også "
        "etter bare når her eller meg ble",
    "fi": "ja on ei se että oli mutta niin kun hän minä olen tämä myös voi mitä jos kuin vain nyt "
        "ovat sitä mun sen",
    "pl": "nie się na jest to że do jak ale co tak mi za od po czy dla już tylko tym był przez "
        "gdzie może będzie jestem",
    "cs": "je se na že to jsem jak ale tak po by pro jako už si ve jsou když co nebo byl ještě "
        "kde toho",
    "hu": "nem hogy az egy és van ez de is meg csak már mint vagy volt mert most még kell ha azt "
        "minden lehet",
    "ro": "și nu în să este cu pe mai un ce din la care sunt dar am fi asta pentru sau dacă "
        "când foarte",
    "tr": "bir ve bu için çok ne da de mi var daha gibi ama değil olarak ben sen kadar sonra "
        "şey olan bana",
    "id": "yang dan di itu ini dengan untuk tidak dari saya ada aku kamu akan bisa sudah juga "
        "pada ke lagi aja gak nya karena kita",
    "vi": "là và của không có cho tôi này được một người với các đã những khi trong thì rất bạn",
    "tl": "ang ng sa na mga ko mo ako ka ay hindi naman lang yung kung pa ba po siya nang ito",
    "ca": "els amb per què és una són més però també aquest aquesta molt això hi ha seva dels",
    "hr": "je da se na nije za su od kao ali što sam bi to samo ima kako ili već ovo koji",
    "et": "ja on ei see et ma ta oli aga kui ka nii siis mis kes juba veel seda väga",
    "lt": "ir yra kad tai ne su iš bet kaip į dar jau labai tik už nuo buvo",
    "sq": "dhe të në një për me është nuk që nga si ka kjo por unë",
    "af": "die en nie het van ek is dit om te vir met wat sy ons maar hulle jou",
}
# fmt: on


class LanguageModel:
    """Hashed letters within words: a row of bytes per bucket, a byte per language. A language is
    told where it leads the next by ``least_lead``."""

    def __init__(self, languages: tuple[str, ...], rows: bytes, least_lead: int) -> None:
        self.languages = languages
        self._rows = rows
        self._least_lead = least_lead
        self._unpack = Struct(f"<{len(languages)}I").unpack
        self._scores_of = lru_cache(maxsize=1 << 15)(self._score)

    def language_of(self, plain: str) -> str:
        words = words_of(plain)
        if not words:
            return UNKNOWN
        return _by_script(words) or self._by_letters(words)

    def scores(self, words: Sequence[str]) -> list[int]:
        """How well the words fit each language."""
        total = sum(map(self._scores_of, words))
        return list(self._unpack(total.to_bytes(4 * len(self.languages), "little")))

    def _by_letters(self, words: Sequence[str]) -> str:
        scores = self.scores(words)
        best, second = sorted(scores, reverse=True)[:2]
        found = self.languages[scores.index(best)]
        other = _by_small_words(words, found, self.languages)
        if other:
            return other
        return found if best - second >= self._least_lead else UNKNOWN

    def _score(self, word: str) -> int:
        """A whole number with 32 bits for each language, so that adding adds them all."""
        width = len(self.languages)
        rows = (
            self._rows[bucket * width : (bucket + 1) * width]
            for bucket in buckets_of(word, len(self._rows) // width)
        )
        sums = map(sum, zip(*rows, strict=True))
        return int.from_bytes(b"".join(total.to_bytes(4, "little") for total in sums), "little")


def words_of(plain: str) -> list[str]:
    """The words that tell a language, without links, handles and code."""
    text = _ASIDE.sub(" ", plain[:READ_CHARACTERS])
    return [word[:_LONGEST_WORD].lower() for word in WORD.findall(text)[:_MOST_WORDS]]


def buckets_of(word: str, count: int) -> list[int]:
    """Of the word itself and the letters within it; ``count`` is a power of two."""
    framed = f"^{word}$"
    grams = [framed]
    for size in _GRAM_SIZES:
        grams.extend(framed[at : at + size] for at in range(len(framed) - size + 1))
    return [crc32(gram.encode("utf-8", "surrogatepass")) & (count - 1) for gram in grams]


def _by_script(words: Sequence[str]) -> str | None:
    """The language of a script that most of the words are in; none for Latin letters."""
    foreign = [word for word in words if not _LATIN.match(word)]
    if 2 * len(foreign) <= len(words):
        return None
    text = " ".join(foreign)
    return next((language for language, script in _SCRIPTS if script.search(text)), UNKNOWN)


@cache
def _small_words() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for language, text in _SMALL_WORDS.items():
        for word in text.split():
            found[word] = (*found.get(word, ()), language)
    return found


def _by_small_words(words: Sequence[str], suggested: str, trained: tuple[str, ...]) -> str | None:
    """A language without a model whose small words outnumber those of the suggested one."""
    counts: dict[str, int] = {}
    for word in words:
        for language in _small_words().get(word, ()):
            counts[language] = counts.get(language, 0) + 1
    others = [language for language in counts if language not in trained]
    best = max(others, key=lambda language: counts[language], default=suggested)
    enough = max(2, counts.get(suggested, 0) + 1, len(words) // 6)
    return best if best != suggested and counts[best] >= enough else None
