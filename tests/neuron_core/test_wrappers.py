from __future__ import annotations

from typing import Any

import pytest
import torch

from neuron_core.errors import InputMatchError, OutputMatchError
from neuron_core.wrappers import (
    KeywordModelWrapper,
    PositionalModelWrapper,
    call_by_name,
    select_outputs,
    wrap_model,
)

ONE, TWO, THREE = torch.tensor(1), torch.tensor(2), torch.tensor(3)


class Model(torch.nn.Module):
    """Returns its inputs by name."""

    def forward(self, first: Any = None, second: Any = None) -> dict[str, Any]:
        return {"a": first, "b": second}


class DictOnRequest(torch.nn.Module):
    def forward(self, first: Any, return_dict: bool = False) -> Any:
        return {"a": first} if return_dict else (first,)


class TakesAnything(torch.nn.Module):
    def forward(self, first: Any, **kwargs: Any) -> dict[str, Any]:
        return {"a": first, "names": kwargs}


def test_inputs_are_passed_by_name_whatever_their_order() -> None:
    module = KeywordModelWrapper(Model(), ["second", "first"], ["a", "b"])
    assert module(TWO, ONE) == (ONE, TWO)


def test_inputs_are_passed_by_position_where_asked() -> None:
    module = PositionalModelWrapper(Model(), ["second", "first"], ["a", "b"])
    assert module(TWO, ONE) == (TWO, ONE)


@pytest.mark.parametrize(
    ("by_position", "wrapper"), [(True, PositionalModelWrapper), (False, KeywordModelWrapper)]
)
def test_the_way_of_passing_chooses_the_wrapper(by_position: bool, wrapper: type) -> None:
    assert isinstance(wrap_model(Model(), ["first"], ["a"], {}, by_position=by_position), wrapper)


@pytest.mark.parametrize("wrapper", [KeywordModelWrapper, PositionalModelWrapper])
@pytest.mark.parametrize("given", [[ONE], [ONE, TWO, THREE]])
def test_too_few_or_too_many_inputs_are_counted(wrapper: Any, given: list[torch.Tensor]) -> None:
    module = wrapper(Model(), ["first", "second"], ["a"])
    with pytest.raises(InputMatchError, match=rf"takes 2 inputs \(first, second\); {len(given)} were given"):
        module(*given)


def test_an_input_that_forward_does_not_take_is_named_with_those_that_it_takes() -> None:
    with pytest.raises(InputMatchError, match=r"Model\.forward does not take 'third'.*first, second"):
        call_by_name(Model(), {"first": ONE, "third": THREE})


def test_forward_with_kwargs_is_given_whatever_is_declared() -> None:
    result = call_by_name(TakesAnything(), {"first": ONE, "third": THREE}, {"output_hidden_states": True})
    assert result["names"] == {"third": THREE, "return_dict": True, "output_hidden_states": True}


def test_a_model_is_asked_for_outputs_by_name() -> None:
    assert call_by_name(DictOnRequest(), {"first": ONE}) == {"a": ONE}


def test_outputs_are_returned_in_the_order_in_which_they_are_declared() -> None:
    assert select_outputs({"a": ONE, "b": TWO, "c": THREE}, ["c", "a"], "Model") == (THREE, ONE)


@pytest.mark.parametrize(
    ("result", "keys", "expected"),
    [
        ((ONE, TWO, THREE), ["x", "y"], (ONE, TWO)),
        ([ONE, TWO, THREE], [2, 0], (THREE, ONE)),
        (ONE, ["x"], (ONE,)),
    ],
)
def test_outputs_without_names_are_known_by_their_position(result: Any, keys: Any, expected: Any) -> None:
    assert select_outputs(result, keys, "Model") == expected


@pytest.mark.parametrize("key", ["logits", 0])
def test_an_output_that_is_not_there_is_answered_with_those_that_are(key: Any) -> None:
    with pytest.raises(
        OutputMatchError, match=rf"Model does not return {key!r}.*a \(tensor \(2, 3\)\), b \(None\)"
    ):
        select_outputs({"a": torch.zeros(2, 3), "b": None}, [key], "Model")


@pytest.mark.parametrize(("value", "kind"), [(None, "None"), ((ONE, TWO), "tuple"), (1.5, "float")])
def test_an_output_that_is_no_tensor_is_refused(value: Any, kind: str) -> None:
    with pytest.raises(OutputMatchError, match=rf"output 'b' of Model is {kind}, not a tensor"):
        select_outputs({"a": ONE, "b": value}, ["a", "b"], "Model")


@pytest.mark.parametrize(
    ("result", "said"),
    [(None, "Model does not return 'logits'"), (1.5, "The output 'logits' of Model is float")],
)
def test_a_model_that_returns_no_tensors_at_all_is_told_so(result: Any, said: str) -> None:
    with pytest.raises(OutputMatchError, match=said):
        select_outputs(result, ["logits"], "Model")
