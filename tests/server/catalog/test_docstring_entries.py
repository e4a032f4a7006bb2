from __future__ import annotations

import textwrap

import pytest

from neuron_config_server.catalog.docs.docstring_entries import docstring_entries


def entries(docstring: str) -> dict[str, str]:
    return dict(docstring_entries(textwrap.dedent(docstring)))


def test_the_entries_of_a_section() -> None:
    docstring = """
        A config.

        Args:
            size (`int`, *optional*, defaults to 8):
                The size.

                In two parts:
                - one
                    and what belongs to it
            heads (`int`): How many.
            bare:
                Without a type.

        Example: none (yet)
        """
    assert entries(docstring) == {
        "size": "The size.\n\nIn two parts:\n- one\n    and what belongs to it",
        "heads": "How many.",
        "bare": "Without a type.",
    }


@pytest.mark.parametrize("heading", ["Arg", "Args", "Arguments", "Parameters", "Inputs", "Attributes"])
def test_headings(heading: str) -> None:
    assert entries(f"It.\n\n{heading}:\n    one: the first\n        of all\n    two: the second\n") == {
        "one": "the first\nof all",
        "two": "the second",
    }


def test_every_section_counts_and_what_stands_between_them_does_not() -> None:
    docstring = """
        Args:
            one (`int`): The first.

        between (`int`): no

            Parameters:
                two (`int`): The second.
        """
    assert entries(docstring) == {"one": "The first.", "two": "The second."}


def test_entries_may_make_up_the_docstring_as_auto_docstring_allows() -> None:
    assert entries("\n    one (`int`):\n        The first.\n\nReturns:\n    two (`int`): no\n") == {
        "one": "The first."
    }


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("size (`int`, *optional*):", "Its text."),
        ("size (`int`, *optional*)", "Its text."),
        ("size (`int`, *optional*),", "Its text."),
        ("size (`int`, *optional*),:", "Its text."),
        ("size(`int`):", "Its text."),
        ("size: (`int`, *optional*):", "Its text."),
        ("size: (`int`, *optional*)", "Its text."),
        ("`size (`int`)`:", None),
        ("size (`int` of shape `(1, 2)`: Here.", "Here.\nIts text."),
        ("size (`int` or (a, b)): Here (not there): see.", "Here (not there): see.\nIts text."),
        ("size (`int`,\n    *optional*):", "Its text."),
        ("size (`tuple`, defaults to `((1, 2),\n    (3, 4),\n    (5, 6))`):", "Its text."),
        ("size (`int`, *optional*, where\n`flag=True`):", "Its text."),
    ],
)
def test_how_an_entry_begins(line: str, text: str | None) -> None:
    found = docstring_entries(f"before (`int`): Before.\n{line}\n    Its text.\nafter (`int`): After.\n")
    assert found.get("size") == text
    assert found["after"] == "After."


def test_a_type_whose_bracket_is_left_open_ends_at_its_line() -> None:
    text = "codes (`Tensor` of shape `(batch_size, codes)`: Codes.\nbroken (`int`: Broken.\nsize (`int`):\n    Size."
    assert docstring_entries(text) == {"codes": "Codes.", "size": "Size."}


def test_a_text_goes_on_at_the_wrong_indentation_only_in_mid_sentence() -> None:
    docstring = """
        one (`int`):
            Queries that are added
        in the attention layer.
        two (`int`):
            The second.
        Another sentence.
        three (`int`):
            The third.

        and so on
        """
    assert entries(docstring) == {
        "one": "Queries that are added\nin the attention layer.",
        "two": "The second.",
        "three": "The third.",
    }


def test_of_several_entries_for_a_name_the_first_with_a_type_is_meant() -> None:
    docstring = """
        Args:
            size: Without a type.
            size (`int`): The first.
            size (`int`): The second.
        """
    assert entries(docstring) == {"size": "The first."}


def test_a_code_block_in_an_entry_is_part_of_it_and_one_beside_the_entries_is_not() -> None:
    text = "one (`int`):\n    As in\n\n    ```\n    1\n    ```\n\n```python\n>>> two (`int`): no\n```"
    assert docstring_entries(text) == {"one": "As in\n\n```\n1\n```"}


def test_an_example_in_an_entry_ends_the_section() -> None:
    docstring = """
        Args:
            one (`int`):
                The first. As an
                Example: it is a word here.

                Example:

                ```python
                >>> 1
                ```
        """
    assert entries(docstring) == {"one": "The first. As an\nExample: it is a word here."}


@pytest.mark.parametrize(
    "docstring",
    [
        "",
        "Args:",
        "Just a sentence (with brackets): and more.\n\nExample:\n    x (`int`):\n        No.",
        "A note.\n\nname: not below a heading",
        "Args:\n    empty (`int`):\n    also:\n",
    ],
)
def test_a_docstring_without_entries_describes_nothing(docstring: str) -> None:
    assert docstring_entries(docstring) == {}
