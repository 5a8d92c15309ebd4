"""Style sheets written into the templates of mails, and Jinja left as it was."""

import pytest

from earshot_ops import compile_mail
from earshot_ops.compile_mail import compile_all, compile_template
from earshot_ops.errors import MailTemplateError
from earshot_ops.layer import PACKAGE, package_members

STYLES = ".a { color: #123456; }"


def test_what_is_committed_is_what_the_sources_make() -> None:
    """`make mails` writes them anew."""
    for name, compiled in compile_all().items():
        assert (compile_mail.COMPILED / name).read_text(encoding="utf-8") == compiled, name


def test_styles_are_written_into_rows_and_jinja_stays() -> None:
    source = (
        '{% macro row(rows) %}\n{% for one in rows %}\n<tr><td class="a">{{ one }}'
        '<a href="{{ one.url }}">x</a></td></tr>\n{% endfor %}\n{% endmacro %}\n'
    )
    styled = source.replace('class="a"', 'class="a" style="color: #123456;"')
    assert compile_template(source, STYLES) == styled


def test_a_page_keeps_its_own_sheet_for_what_cannot_be_inlined() -> None:
    source = (
        "<!DOCTYPE html>\n<html><head><title>{{ title }}</title><style>.a { color: red; }</style>"
        '</head><body><p class="a">{% if x %}y{% endif %}</p></body></html>\n'
    )
    compiled = compile_template(source, STYLES)
    assert "<title>{{ title }}</title><style>.a { color: red; }</style>" in compiled
    assert '<p class="a" style="color: #123456;">{% if x %}y{% endif %}</p>' in compiled


@pytest.mark.parametrize(
    "source",
    [
        "<tr><td>{{ one }}</td></tr> text between rows",
        "<tr><td>{{ one }}</td></tr><p>{% if moved %}</p>",
        '<tr><td a="{{ one }}" a="{{ twice }}">x</td></tr>',
        "<tr><td>jinja</td></tr>",
    ],
)
def test_jinja_that_html_would_lose_or_move_is_refused(source: str) -> None:
    with pytest.raises(MailTemplateError):
        compile_template(source, STYLES)


def test_the_sources_are_no_part_of_the_layer() -> None:
    names = {name for name, _ in package_members(PACKAGE)}
    assert "python/earshot/mail/signal.html" in names
    assert not [name for name in names if "/mail/source/" in name]
