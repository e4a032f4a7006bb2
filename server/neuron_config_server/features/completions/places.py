"""Which kind of place the cursor stands at, what belongs there, and which typed characters bring it up."""

from __future__ import annotations

from dataclasses import dataclass

from neuron_config_server.features.completions import classes, flags, names, normalized, tasks
from neuron_config_server.features.completions.lists import Offers, in_list, takes_a_string
from neuron_config_server.features.completions.members import members
from neuron_config_server.features.completions.request import Request
from neuron_config_server.features.completions.site import COMPARED, Bracket, Site, dotted_name_before
from neuron_config_server.features.completions.whole_class import SHORTEST, is_decorated, whole_classes

_IN_CODE = frozenset(" ")
_NAMES = frozenset("\"'-")
_TASK = "self.task"


@dataclass(frozen=True)
class Place:
    """What is offered at a kind of place."""

    offers: Offers
    triggers: frozenset[str]
    """The characters that bring it up when they are typed; it always comes when it is asked for."""
    is_incomplete: bool = False


def place_at(request: Request) -> Place | None:
    """The kind of place; None where nothing of ours belongs."""
    site = request.site
    triggers = _NAMES if site.quoted is not None else _IN_CODE
    for find in (_in_brackets, _of_task, _of_options, _of_attribute, _assigned, in_list, _of_statement):
        found = find(request)
        if found is not None:
            return found if isinstance(found, Place) else Place(found, triggers)
    return None


def _in_brackets(request: Request) -> Offers | Place | None:
    """Within the call of a registration or of a normalized config, or among a class's bases."""
    site = request.site
    for bracket in reversed(site.brackets):
        head = site.head(bracket)
        is_innermost = bracket is site.brackets[-1]
        if bracket.opening == "(" and site.starts_with("class") and bracket.index == 2:
            return _bases(request, bracket)
        if bracket.opening != "(" or not head:
            continue
        name = head.rpartition(".")[2]
        if site.starts_with("@") and bracket is site.brackets[0]:
            if request.is_register_function(head) and takes_a_string(site):
                return lambda: tasks.offered_in_registration(request, bracket)
            return None
        if name == "get_normalized_config_class" and is_innermost and site.last == "(":
            return Place(lambda: normalized.aliases(request), frozenset("\"'-("))
        if name == "with_args" and is_innermost:
            return _in_with_args(request, bracket)
        if name in ("getattr", "hasattr") and is_innermost and site.quoted is not None:
            return _named_attribute(request, bracket)
    return None


def _bases(request: Request, bracket: Bracket) -> Place | None:
    site = request.site
    if site.quoted is not None or site.last not in ("(", ","):
        return None
    return Place(lambda: classes.bases(request, site.names_in(bracket)), frozenset("( "))


def _in_with_args(request: Request, call: Bracket) -> Offers | None:
    site = request.site
    if site.last == "=":
        return lambda: normalized.attributes_of_hf_config(request, is_string=True)
    if site.quoted is None and site.last in ("(", ","):
        return lambda: normalized.keywords_of_with_args(request, call, site.keywords_in(call))
    return None


def _named_attribute(request: Request, call: Bracket) -> Offers | None:
    """``getattr(self._config, "…")``."""
    owner = dotted_name_before(request.site.before, len(request.site.before) - 1)
    if request.site.argument(call)[0] != 1 or request.site.last != ",":
        return None
    return _attributes_of(owner, request, is_string=True)


def _attributes_of(owner: str, request: Request, *, is_string: bool) -> Offers | None:
    if owner == "self._config":
        return lambda: normalized.attributes_of_hf_config(request, is_string=is_string)
    if owner == "self._normalized_config" and not is_string:
        return lambda: normalized.attributes_of_normalized_config(request)
    return None


def _of_task(request: Request) -> Offers | Place | None:
    """What a task is compared with, or looked up by."""
    site = request.site
    bracket = site.brackets[-1] if site.brackets else None
    is_element = bracket is not None and _is_searched_for_the_task(site, bracket)
    is_key = bracket is not None and site.head(bracket).endswith("_TASK_TO_COMMON_OUTPUTS")
    is_due = takes_a_string(site) and (is_element or is_key or _is_compared(site))
    if not is_due or not request.is_about_configs:  # asked last: that may take reading a broken class
        return None
    if bracket is None or not is_element:
        return lambda: tasks.registered_tasks(request)
    present = frozenset(each.value for each in site.strings_in(bracket))
    return Place(lambda: tasks.registered_tasks(request, present), frozenset("\"'-[ "))


def _is_searched_for_the_task(site: Site, bracket: Bracket) -> bool:
    """``self.task in […]``, ``self.task not in […]``."""
    words = [each.text for each in site.before[: bracket.index]]
    place = len(words) - 1
    if words[-1:] != ["in"]:
        return False
    return dotted_name_before(site.before, place - 1 if words[-2:] == ["not", "in"] else place) == _TASK


def _is_compared(site: Site) -> bool:
    """Whether the cursor stands on one side of ``self.task == …``."""
    if site.last in COMPARED:
        return dotted_name_before(site.before, len(site.before) - 1) == _TASK
    following = "".join(each.text for each in site.after[:4])
    return site.quoted is not None and following in [f"{each}{_TASK}" for each in COMPARED]


def _of_options(request: Request) -> Place | None:
    site = request.site
    if site.quoted is None or not flags.are_options(site, request.around.function):
        return None
    return Place(lambda: flags.options(site), frozenset("\"'- =,"))


def _of_attribute(request: Request) -> Place | None:
    """``self._config.…``"""
    site = request.site
    if site.quoted is not None or site.last != ".":
        return None
    owner = dotted_name_before(site.before, len(site.before) - 1)
    if owner == "NormalizedConfigManager":
        return Place(lambda: normalized.members_of_manager(request), frozenset("."))
    offers = _attributes_of(owner, request, is_string=False)
    return Place(offers, frozenset(".")) if offers is not None else None


def _assigned(request: Request) -> Offers | Place | None:
    """The value of an attribute of a config class."""
    site = request.site
    if len(site.before) < 2 or site.before[1].text != "=" or not request.around.is_class_body:
        return None
    name = site.before[0].text
    is_value = len(site.before) == 2
    if site.quoted is None and is_value:
        if name == "NORMALIZED_CONFIG_CLASS":
            return lambda: normalized.classes(request)
        if name == "CUSTOM_MODEL_WRAPPER":
            return lambda: classes.wrappers(request)
    if name == "MODEL_TYPE" and is_value:
        return lambda: tasks.own_model_types(request)
    if name == "LIBRARY_NAME" and is_value:
        return lambda: tasks.libraries(request)
    if name == "ATOL_FOR_VALIDATION" and site.brackets and site.last in ("{", ",") and takes_a_string(site):
        present = frozenset(each.value for each in site.strings_in(site.brackets[-1]))
        return lambda: tasks.registered_tasks(request, present)
    return _in_tuple(request, name)


def _in_tuple(request: Request, name: str) -> Offers | None:
    """In DUMMY_INPUT_GENERATOR_CLASSES and INPUT_ARGS."""
    site = request.site
    outer = next((each for each in site.brackets if each.opening in "([" and not site.head(each)), None)
    if outer is None:
        return None
    if name == "DUMMY_INPUT_GENERATOR_CLASSES" and site.quoted is None and len(site.brackets) == 1:
        is_due = site.last in ("(", "[", ",")
        return (lambda: classes.generators(request, site.names_in(outer))) if is_due else None
    if name != "INPUT_ARGS" or not takes_a_string(site):
        return None
    if len(site.brackets) > 1 and site.argument(site.brackets[1])[0] == 0:
        return lambda: tasks.registered_tasks(request)
    present = frozenset(each.value for each in site.strings_in(outer))
    return lambda: names.axes(request, present)


def _of_statement(request: Request) -> Offers | Place | None:
    """The start of a statement in a class body, or a class at the top of the file."""
    site = request.site
    if site.quoted is not None or site.after:
        return None
    if not site.indent and len(site.before) == 1 and site.last == "class":
        if is_decorated(request):
            return Place(lambda: whole_classes(request), _IN_CODE)
        is_told = len(site.word) >= SHORTEST
        return Place(lambda: whole_classes(request), frozenset(), is_incomplete=True) if is_told else None
    config = request.config if not site.before and request.around.is_class_body else None
    if config is None:
        return None
    return Place(lambda: members(request, config), frozenset())
