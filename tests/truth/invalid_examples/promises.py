"""What each rule promises of its invalid examples, as a fault that executing them must show.

``{at}`` in a pattern stands for the text that the finding underlines, without its quotes.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Promise:
    """A pattern for a fault of each exporter."""

    optimum_neuron: str
    neuron_core: str
    """As of ``optimum_neuron``, where both say the same; empty where the engine is known to be more lenient."""
    until: str
    """The last stage that has to be reached."""
    effect: str = ""
    """What is measured where no exception tells."""


def raised(optimum_neuron: str, neuron_core: str | None = None, until: str = "VALIDATION") -> Promise:
    """An export ends with an exception, or its validation fails."""
    return Promise(optimum_neuron, optimum_neuron if neuron_core is None else neuron_core, until)


def measured(
    effect: str, optimum_neuron: str, neuron_core: str | None = None, until: str = "IMPORT"
) -> Promise:
    """It works, but not as the author thinks."""
    same = optimum_neuron if neuron_core is None else neuron_core
    return Promise(optimum_neuron, same, until, effect)


IMPORT, MODEL, CONFIG, DUMMY_INPUTS = "IMPORT", "MODEL", "CONFIG", "DUMMY_INPUTS"

PROMISES = {
    "NC001": raised("import: SyntaxError", until=IMPORT),
    "NC101": measured(
        "dead_inputs",
        "effect: {at} changes nothing|trace: TypeError: .*'{at}'",
        "effect: {at} changes nothing|InputMatchError: .*'{at}'",
        until="VALIDATION",
    ),
    "NC102": raised("trace: TypeError: .* missing 1 required", "trace: TraceError: .* missing 1 required"),
    "NC103": raised("dummy inputs: RuntimeError: .*{at}", "DummyInputError: .*'{at}'", DUMMY_INPUTS),
    "NC104": measured("inputs_made_by_prefix", "DummyTimestepInputGenerator makes timesteps as"),
    "NC105": measured(
        "fewer_tensors", "effect: 3 names, 2 inputs", "names '{at}' more than once", until=DUMMY_INPUTS
    ),
    "NC106": measured("read_at_another_place", "outputs differ when the runtime"),
    "NC107": measured("dead_inputs", "effect: {at} changes nothing"),
    "NC108": raised("inputs: TypeError", "InputMatchError: `inputs` of", DUMMY_INPUTS),
    "NC201": raised("validation: OutputMatchError: .*{at}", "OutputMatchError: .* does not return '{at}'"),
    "NC202": raised("validation: ", ""),
    "NC203-0": raised("validation: OutputMatchError: .*{at}", "OutputMatchError: .* does not return '{at}'"),
    "NC203-1": raised(
        "validation: OutputMatchError: .*hidden_states",
        "OutputMatchError: .* does not return 'hidden_states'",
    ),
    "NC203-2": raised(
        "validation: OutputMatchError: .*hidden_states",
        "OutputMatchError: .* does not return 'hidden_states'",
    ),
    "NC204": raised("validation: OutputMatchError: .*2 outputs while 1", ""),
    "NC205": measured("outputs_of_others", "effect: another config's outputs", ""),
    "NC206": raised(
        "trace: RuntimeError: Tracer cannot", "OutputMatchError: The output '{at}' .* not a tensor"
    ),
    "NC207": raised("outputs: KeyError", "UnsupportedTaskError: .* does not say", DUMMY_INPUTS),
    "NC301": raised("import: ValueError: .*{at}", "import: RegistrationError: .*{at}", IMPORT),
    "NC302": raised("{at}: model: UnsupportedTaskError", "{at}: build: UnsupportedTaskError", MODEL),
    "NC303": raised("ModelLoadError: transformers has no model type '{at}'", until=MODEL),
    "NC304": raised("registration: .* isn't what {at} of bert gets", until=IMPORT),
    "NC305": measured("never_found", "effect: nothing finds {at}"),
    "NC306": measured("branches_never_taken", "effect: self.task == .* never holds"),
    "NC307-0": raised("import: AttributeError: 'list'", "import: RegistrationError", IMPORT),
    "NC307-1": raised("import: AttributeError: 'list'", "import: RegistrationError", IMPORT),
    "NC307-2": raised("registration: .* for no task", "import: RegistrationError: No task", IMPORT),
    "NC307-3": raised("import: TypeError: .* must be an iterable", until=IMPORT),
    "NC307-4": raised('import: ValueError: .*"f"', "import: RegistrationError: Unknown task 'f'", IMPORT),
    "NC307-5": raised("registration: .* for no task", "import: RegistrationError: No task", IMPORT),
    "NC308": measured("further_tasks", "effect: it can be exported too"),
    "NC309": raised("import: KeyError: '{at}'", "import: RegistrationError: .*'{at}'", IMPORT),
    "NC310": measured("inferred_as_another", "{at}: effect: its models are taken for image-segmentation"),
    "NC401": raised("import: KeyError: '{at} ", until=IMPORT),
    "NC402": raised("dummy inputs: AttributeError", "build: AttributeError", DUMMY_INPUTS),
    "NC403": raised("config: TypeError: 'NoneType'", "TypeError: .* sets no NORMALIZED_CONFIG_CLASS", CONFIG),
    "NC404": raised("config: AttributeError: .* has not attribute {at}", until=CONFIG),
    "NC405": measured("inert_axes", "effect: {at} changes nothing"),
    "NC502": raised("dummy inputs: RuntimeError", "build: DummyInputError", DUMMY_INPUTS),
    "NC503": measured("attributes_never_read", "effect: nothing reads {at}"),
    "NC504-0": measured("wrong_models_pass", "effect: a model that is off by .* passes"),
    "NC504-1": raised(
        "text-classification: validation: KeyError", "text-classification: build: ToleranceError"
    ),
    "NC504-2": raised("validation: TypeError", "build: ToleranceError"),
    "NC504-3": raised("validation: TypeError", "build: ToleranceError"),
    "NC504-4": raised("validation: TypeError", "build: ToleranceError"),
    "NC505": measured("loaded_as_another", "effect: it is saved as {at} and loaded as BertNeuronConfig|None"),
    "NC506": raised(
        "axes: AttributeError: {at}", "MissingMandatoryAxisDimension: The axis {at}", DUMMY_INPUTS
    ),
    "NC507": raised(
        "dummy inputs: TypeError: .*'sequence_length'", "TypeError: .*'sequence_length'", DUMMY_INPUTS
    ),
    "NC508": raised("inputs: AttributeError: inputs", "AttributeError: .*'config'", DUMMY_INPUTS),
    "NC509-0": raised("TypeError: .*{at}", until=DUMMY_INPUTS),
    "NC509-1": raised("trace: TypeError: .*{at}", ""),
    "NC509-2": raised("trace: TypeError", "build: AttributeError: .*'items'"),
    "NC601-0": measured("compiler_arguments", "the compiler is given --auto-cast matmul$", ""),
    "NC601-1": measured("compiler_arguments", "the compiler is given --auto_cast=none$", ""),
    "NC602-0": measured("compiler_arguments", "the compiler is given --target trn1 --lnc 2$", ""),
    "NC602-1": measured("compiler_arguments", "the compiler is given --enable-(.*) --disable-\\1$", ""),
    "NC603": measured("compiler_arguments", "the compiler is given --model-type transformer-inference$", ""),
}
"""By a rule's code, or by the example's where its examples fail in different ways."""

MORE_LENIENT = {
    "NC202": "neuron_core takes each output by its name, in whatever order they are declared",
    "NC204": "neuron_core exports the declared outputs alone",
    "NC205": "neuron_core hands out a copy of its table",
    "NC509-1": "neuron_core has no compiler on a CPU, and asks for no arguments of one",
    "NC601": "neuron_core has no compiler on a CPU",
    "NC602": "neuron_core has no compiler on a CPU",
    "NC603": "neuron_core has no compiler on a CPU",
}
"""Where neuron_core exports what optimum-neuron doesn't -> why."""

NOT_RUN = {
    "NC002-0": "a comment; nothing is executed",
    "NC002-1": "a comment; nothing is executed",
    "NC002-2": "a comment; nothing is executed",
    "NC003-0": "what the reader can't follow is no fault",
    "NC501-0": "a name that people read; an export works with any",
    "NC501-1": "a name that people read; an export works with any",
}
"""Invalid examples that execution has nothing to say about -> why."""

PARTLY = {
    "NC601": "neuronx-cc can't be installed here: executed as far as the compiler's command line",
    "NC602": "neuronx-cc can't be installed here: executed as far as the compiler's command line",
    "NC603": "neuronx-cc can't be installed here: executed as far as the compiler's command line",
}
"""Rules whose fault is executed up to the place where something that isn't here would fail -> what that is."""

VALID_FOR_OTHER_REASONS = {
    "NC303-1": "a half of an encoder-decoder model, which optimum-neuron looks up as bert-encoder",
    "NC303-3": "a model type of diffusers",
    "NC305-3": "the file's own table holds the class",
    "NC305-2": "a base, as its name says",
    "NC308-0": "MORE_TASKS may hold them",
    "NC308-2": "a wrapper decides what its model takes and returns",
    "NC310-2": "MORE_TASKS may hold image-segmentation",
    "NC503-1": "nothing reads it, but its name resembles none that the exporter reads",
    "NC503-2": "nothing reads it, but its name resembles none that the exporter reads",
}
"""Valid examples that show the fault when they are executed alone -> why the rule is right to be silent."""

FROM_TRANSFORMERS_5_ON = frozenset({"NC308-2"})
"""Those of them that show it only there: with 4.57.6, no further task of it exports."""
