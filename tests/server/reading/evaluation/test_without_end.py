"""Code that would fill the memory, or never end, is given up, and says so."""

from __future__ import annotations

import pytest

from neuron_config_server.catalog.catalog import Catalog
from neuron_config_server.reading.config_reader import read_config_file

LISTS = "x = [1]\n" + "x = [x, x]\n" * 40
TUPLES = "x = (1,)\n" + "x = (x, x)\n" * 40


def unknown(body: str, catalog: Catalog, tasks: str = '"fill-mask"') -> str | None:
    """Why the inputs aren't known."""
    lines = "".join(f"        {line}\n" for line in body.splitlines())
    text = (
        "from neuron_core.configs import TextEncoderNeuronConfig, register_in_tasks_manager\n"
        f'@register_in_tasks_manager("esm", {tasks})\n'
        f"class ENeuronConfig(TextEncoderNeuronConfig):\n    @property\n    def inputs(self):\n{lines}"
    )
    return next(iter(read_config_file(text, catalog).effective)).inputs.unknown


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (LISTS + "return [str(x)]", "`str(x)` is not followed"),
        (LISTS + "return [f'{x}']", "`x` is not followed"),
        (LISTS + "return ['%s' % x]", "`%` of something that is not all known"),
        (LISTS + "return sorted([x, x])", "`sorted([x, x])` is not followed"),
        (TUPLES + "return [*{x: 1}]", "the key of a dictionary is not followed"),
        (TUPLES + "return [*{x}]", "the key of a dictionary is not followed"),
        ("return [b'a' * 10**9]", "a list is longer than is followed"),
        ("return 10**9 * ['a']", "a list is longer than is followed"),
        ("a = ['a']\na *= 10**9\nreturn a", "a list is longer than is followed"),
        ("return list(range(10**9))", "a list is longer than is followed"),
        ("return ['%*d' % (10**9, 1)]", "a text is wider than is followed"),
        ("return [f'{1:{10**9}}']", "a text is wider than is followed"),
        (
            "return ['{:>{w}}'.format('a', w='999999999')]",
            "`'{:>{w}}'.format('a', w='999999999')` makes a text longer than is followed",
        ),
        ("return ['a'.zfill(10**9)]", "`'a'.zfill((10 ** 9))` makes a text longer than is followed"),
        ("x = 'a'\nwhile True: x += x", "a text is longer than is followed"),
        ("x = ['a']\nfor y in x: x.append('b')\nreturn x", "more steps than are followed"),
        ("x = 2\nwhile True: x = x * x", "a loop goes on for longer than is followed"),
        ("x = list(range(9999))\nwhile True: sorted(x)", "more steps than are followed"),
        ("return [x for x in range(9999) for y in range(9999)]", "more steps than are followed"),
        ("def f(): return f()\nreturn f()", "calls are nested deeper than is followed"),
        (
            "def f(n): return f(n - 1) + f(n - 1) if n else ['a']\nreturn f(25)",
            "more steps than are followed",
        ),
        (
            "\n".join(f"if self._config.x{n}: pass" for n in range(80)),
            "it depends on more conditions than are followed",
        ),
    ],
)
def test_code_without_end_is_given_up(body: str, reason: str, real_catalog: Catalog) -> None:
    assert unknown(body, real_catalog) == reason


@pytest.mark.timeout(20)
def test_a_list_that_holds_itself_is_compared_with_itself(real_catalog: Catalog) -> None:
    assert (
        unknown(LISTS + "import copy\nreturn ['a'] if x == copy.deepcopy(x) else []", real_catalog)
        is not None
    )


@pytest.mark.timeout(20)
def test_thousands_of_tasks_cost_no_seconds(real_catalog: Catalog) -> None:
    assert unknown("return ['a']", real_catalog, ", ".join(f'"t{n}"' for n in range(3000))) is None
