"""The HTML templates of mails, their style sheet written into the elements: `make mails`.

Mail clients drop or rewrite style sheets, so each element carries its own style. That is done here,
once, on the templates themselves, and the outcome is committed; what sends a mail does no more than
fill it in. The parser knows nothing of Jinja: each piece of it is a comment meanwhile, or a word
where no comment can be.
"""

import re

import css_inline

from earshot_ops.chalice_configuration import ROOT
from earshot_ops.errors import MailTemplateError

COMPILED = ROOT / "layers/core/python/earshot/mail"
SOURCE = COMPILED / "source"

_JINJA = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}", re.DOTALL)
_WORD = re.compile(r"<!--jinja(\d+)x-->|jinja(\d+)x")
# Where a comment would be taken for text: inside a tag, and in a title.
_NO_COMMENT = re.compile(r"<title>.*?</title>|<(?!!)[^>]*>", re.DOTALL)
# What is no whole page is rows of a table; elsewhere, the parser would throw them out.
_START = "<!DOCTYPE html><html><head></head><body><table><tbody>"
_END = "</tbody></table></body></html>"


def main() -> None:
    for name, compiled in compile_all().items():
        (COMPILED / name).write_text(compiled, encoding="utf-8")
        print(f"{name}: {len(compiled.encode()):,} bytes")


def compile_all() -> dict[str, str]:
    """Each template by the name of its file."""
    styles = (SOURCE / "mail.css").read_text(encoding="utf-8")
    return {
        file.name: compile_template(file.read_text(encoding="utf-8"), styles)
        for file in sorted(SOURCE.glob("*.html"))
    }


def compile_template(source: str, styles: str) -> str:
    """``MailTemplateError`` when a piece of Jinja did not come through as it was."""
    pieces = _JINJA.findall(source)
    numbers = iter(range(len(pieces)))
    words = _JINJA.sub(lambda _: f"jinja{next(numbers)}x", source)
    if "jinja" in _JINJA.sub("", source):
        raise MailTemplateError("the word jinja is taken")
    inlined = _inline(_with_comments(words), styles)
    found = [int(first or second) for first, second in _WORD.findall(inlined)]
    if found != list(range(len(pieces))):
        raise MailTemplateError("a tag or an expression is where HTML does not let it be")
    return _WORD.sub(lambda match: pieces[int(match[1] or match[2])], inlined)


def _with_comments(words: str) -> str:
    parts, at = [], 0
    for kept in _NO_COMMENT.finditer(words):
        parts += [_as_comments(words[at : kept.start()]), kept.group()]
        at = kept.end()
    return "".join([*parts, _as_comments(words[at:])])


def _as_comments(words: str) -> str:
    return re.sub(r"jinja\d+x", lambda match: f"<!--{match.group()}-->", words)


def _inline(template: str, styles: str) -> str:
    is_page = template.lstrip().startswith("<!DOCTYPE")
    inliner = css_inline.CSSInliner(
        inline_style_tags=False,
        keep_style_tags=True,
        load_remote_stylesheets=False,
        extra_css=styles,
    )
    if is_page:
        return inliner.inline(template).rstrip() + "\n"
    page = inliner.inline(f"{_START}{template}{_END}")
    if not page.startswith(_START) or not page.endswith(_END):
        raise MailTemplateError("something stands between the rows")
    return page.removeprefix(_START).removesuffix(_END).strip() + "\n"


if __name__ == "__main__":
    main()
