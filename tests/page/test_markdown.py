"""Texts as Markdown: shown as they are by a CommonMark reader, with few backslashes."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from automl.page.markdown import markdown

READER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
SIGNS = st.text("ab1 _*`~[]()<>&;:#|\\!.-+=/\"'w\n", max_size=12)


def shown(source):
    """Return the text that a reader shows, and the tags around it."""
    text, tags = "", []
    for token in READER.parse(source):
        tags.append(token.type)
        for part in token.children or []:
            tags.append(part.type)
            text += part.content
    return text, tags


@given(SIGNS)
@example("1. first")
@example("- item")
@example("---")
@example("# C #")
@example("__init__")
@example("a__b_ c")
@example("![x](http://y)")
@example("&amp; &#35;")
@example("*a* ~~b~~ `c`")
@example("> quoted")
@example("http://a.b www.a.b <https://c>")
def test_a_text_is_shown_as_it_is(text):
    plain = " ".join(text.split())
    if not plain:
        return
    allowed = {"text", "text_special", "inline"}
    paragraph, tags = shown(f"{markdown(text)}\n")
    assert paragraph == plain
    assert set(tags) <= allowed | {"paragraph_open", "paragraph_close"}
    heading, tags = shown(f"### {markdown(text)}\n")
    assert heading == plain
    assert set(tags) <= allowed | {"heading_open", "heading_close"}
    cells, tags = shown(f"| a | b |\n| --- | --- |\n| {markdown(text)} | end |\n")
    assert cells == f"ab{plain}end"
    assert not [tag for tag in tags if tag.startswith(("link", "em", "strong", "s_", "code"))]


@pytest.mark.parametrize(
    "text",
    [
        "ridge on standard_scaler, simple_imputer",
        "mean(0.5), from -1.5 to +2 (in % of all) - really!",
        "2024-01-31 is a date {of course}",
        "search.select(3, X, y)",
        "x > y & z",
    ],
)
def test_a_usual_text_needs_no_backslash(text):
    assert markdown(text) == text
