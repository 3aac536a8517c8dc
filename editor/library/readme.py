"""A readme, written in Markdown by somebody, as HTML that is safe to show.

markdown-it writes no HTML of its author's (`html: False`), and refuses addresses such as javascript:. Besides, pictures
are left out (they would tell another server who reads this), links go to the web or to mail only, and headings begin
below those of our pages.
"""

from collections.abc import Sequence
from urllib.parse import urlsplit

from django.utils.safestring import SafeString
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

LONGEST = 20_000
SCHEMES = ("https", "http", "mailto")


def html(text: str) -> SafeString:
    """The text as HTML; whatever is in it, nothing runs and nothing is fetched."""
    return SafeString(_markdown.render(text[:LONGEST]))  # the renderer escapes all of it


def _may_link(url: str) -> bool:
    try:
        return urlsplit(url).scheme.lower() in SCHEMES
    except ValueError:
        return False


def _heading(
    self: RendererHTML, tokens: Sequence[Token], index: int, options: object, env: object
) -> str:
    level = min(6, int(tokens[index].tag[1]) + 2)
    return f"</h{level}>" if tokens[index].nesting < 0 else f"<h{level}>"


def _link(
    self: RendererHTML, tokens: Sequence[Token], index: int, options: object, env: object
) -> str:
    tokens[index].attrSet("rel", "nofollow noopener noreferrer")
    return self.renderToken(tokens, index, options, env)  # type: ignore[arg-type]


def _cell(
    self: RendererHTML, tokens: Sequence[Token], index: int, options: object, env: object
) -> str:
    return f"<{tokens[index].tag}>"  # how it is aligned would be an inline style


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "maxNesting": 20})
    parser.enable(["table", "strikethrough"]).disable("image")
    parser.validateLink = _may_link  # type: ignore[method-assign]
    for name in ("heading_open", "heading_close"):
        parser.add_render_rule(name, _heading)
    for name in ("th_open", "td_open"):
        parser.add_render_rule(name, _cell)
    parser.add_render_rule("link_open", _link)
    return parser


_markdown = _parser()
