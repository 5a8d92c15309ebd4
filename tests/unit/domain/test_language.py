import pytest

from earshot.domain.language import LanguageModel
from earshot.models.text import text_models


@pytest.mark.parametrize(
    ("language", "plain"),
    [
        ("en", "We are leaving RivalCRM after three years, any alternatives?"),
        ("en", "Acme raises $20M in Series B"),
        ("en", "RivalCRM down again"),
        ("de", "Wir suchen eine Alternative zu RivalCRM, kennt jemand etwas?"),
        ("fr", "Nous cherchons une alternative, avez-vous des idées ?"),
        ("es", "Estamos buscando una alternativa, ¿alguna idea?"),
        ("it", "Stiamo cercando un'alternativa, qualche idea?"),
        ("pt", "Estamos procurando uma alternativa, alguma ideia?"),
        ("ar", "نحن نبحث عن بديل"),
        ("nl", "Wij zoeken een alternatief voor het systeem, heeft er iemand een tip?"),
        ("sv", "Vi letar efter ett alternativ, och det är inte lätt för oss"),
        ("pl", "Szukamy alternatywy, ale nie wiem czy jest coś lepszego"),
        ("tr", "Bu ürün çok iyi değil ama daha ne var"),
        ("id", "Kami mencari yang lebih baik dan itu tidak mudah untuk kita"),
        ("ru", "Мы ищем замену, что посоветуете?"),
        ("ja", "代わりのツールを探しています"),
        ("ko", "대안을 찾고 있습니다"),
        ("zh", "我们正在寻找替代品"),
        ("unknown", "1234 https://a.example @jo :)"),
        ("unknown", "ᚠᚢᚦᚨᚱᚲ"),
        ("unknown", ""),
    ],
)
def test_a_language_is_told_or_called_unknown(language: str, plain: str) -> None:
    assert text_models().language.language_of(plain) == language


def test_where_two_languages_are_as_likely_it_is_unknown() -> None:
    even = LanguageModel(("en", "fr"), bytes([128, 128]) * 16, least_lead=1)
    assert even.language_of("paragon") == "unknown"
