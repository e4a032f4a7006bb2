"""Functions, methods and layers of torch whose result is one tensor, whatever their arguments are."""

from __future__ import annotations

import ast
import re

from neuron_config_server.catalog.outputs.classes import ancestry_of
from neuron_config_server.catalog.outputs.values import TENSOR, TENSORS, UNKNOWN, Value
from neuron_config_server.catalog.source import ClassSource, Sources

TENSOR_FUNCTIONS = re.compile(
    r"abs|adaptive_avg_pool1d|adaptive_avg_pool2d|add|addmm|amax|amin|arange|argmax|argmin|as_tensor|atan2|"
    r"avg_pool1d|avg_pool2d|avg_pool3d|baddbmm|batch_norm|bitwise_and|bitwise_or|bmm|cat|cdist|ceil|clamp|"
    r"clone|complex|concat|conv1d|conv2d|conv3d|conv_transpose1d|cos|cumprod|cumsum|diff|div|dropout|"
    r"einsum|elu|embedding|empty|empty_like|eq|erf|exp|eye|flatten|flip|fliplr|floor|floor_divide|"
    r"from_numpy|full|full_like|gather|ge|gelu|glu|grid_sample|group_norm|gt|hardswish|hstack|index_select|"
    r"interpolate|isin|layer_norm|le|leaky_relu|linear|linspace|log|log2|log_softmax|logical_and|"
    r"logical_not|logical_or|logsigmoid|logsumexp|lt|masked_fill|matmul|maximum|mean|minimum|mish|mm|"
    r"movedim|mul|multinomial|nan_to_num|ne|normal|normalize|one_hot|ones|ones_like|outer|pad|permute|"
    r"pixel_shuffle|polar|pow|prod|rand|rand_like|randint|randn|randn_like|relu|relu6|repeat_interleave|"
    r"reshape|rms_norm|roll|rsqrt|scaled_dot_product_attention|scatter|sigmoid|sign|silu|sin|softmax|"
    r"softplus|sqrt|square|squeeze|stack|sub|sum|swapaxes|tanh|tensor|tile|transpose|tril|triu|unfold|"
    r"unsqueeze|view_as_complex|view_as_real|vstack|zeros|zeros_like"
)
TENSOR_METHODS = re.compile(
    rf"{TENSOR_FUNCTIONS.pattern}|"
    r"add_|all|any|argsort|bfloat16|bool|byte|clamp_max|clamp_min|contiguous|copy_|cpu|cuda|detach|"
    r"diagonal|div_|double|expand|expand_as|fill_|float|float_power|half|index_add|index_copy|index_put|"
    r"int|logical_xor|long|masked_fill_|masked_scatter|masked_select|mul_|narrow|neg|new_empty|new_full|"
    r"new_ones|new_tensor|new_zeros|norm|pin_memory|reciprocal|relu_|repeat|requires_grad_|round|scatter_|"
    r"scatter_add|sigmoid_|squeeze_|std|sub_|swapdims|t|to|type_as|unflatten|unsqueeze_|var|view|view_as|"
    r"where|zero_"
)
_TENSORS_FUNCTIONS = re.compile(r"split|chunk|unbind|tensor_split|meshgrid")
PARAMETERS = {"weight", "bias", "requires_grad", "data"}
"""Attributes of a layer that don't change what kind of value it returns."""
TENSOR_ATTRIBUTES = frozenset({"T", "mT", "H", "data", "real", "imag"})
TENSOR_LAYERS = re.compile(
    r"(Linear|Bilinear|Embedding|LayerNorm|RMSNorm|GroupNorm|InstanceNorm\dd|BatchNorm\dd|SyncBatchNorm|Dropout"
    r"(\dd)?|Conv(Transpose)?\dd|(Adaptive)?(Avg|Max)Pool\dd|Tanh|ReLU6?|GELU|SiLU|Sigmoid|Softmax|LogSoftmax|ELU"
    r"|LeakyReLU|GLU|Hardswish|Mish|Softplus|PReLU|Upsample|PixelShuffle|Flatten|Unfold|ZeroPad2d|ReflectionPad\dd"
    r"|ConstantPad\dd|ReplicationPad\dd|EmbeddingBag|Unflatten|Threshold|Hardtanh|Softsign|CELU|SELU)"
)


def torch_result(name: str, one_tensor: re.Pattern[str]) -> Value:
    """What torch's function or method of that name returns."""
    if one_tensor.fullmatch(name):
        return TENSOR
    return TENSORS if _TENSORS_FUNCTIONS.fullmatch(name) else UNKNOWN


def is_torch_layer(class_: ClassSource, sources: Sources) -> bool:
    """Whether the class inherits its ``forward`` from a layer of torch that returns a tensor."""
    bases = [ast.unparse(base) for each in ancestry_of(class_, sources) for base in each.node.bases]
    return any(
        base.startswith("nn.") and TENSOR_LAYERS.fullmatch(base.removeprefix("nn.")) is not None
        for base in bases
    )
