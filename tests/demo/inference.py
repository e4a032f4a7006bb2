import torch

from neuron_core import NeuronModelForSequenceClassification

model = NeuronModelForSequenceClassification.from_pretrained("esm_neuron/")
batch = {
    "input_ids": torch.tensor([[0, 5, 8, 13, 21, 2]]),
    "attention_mask": torch.ones(1, 6, dtype=torch.int64),
}
print("logits:", model(**batch).logits.tolist())
