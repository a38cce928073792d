"""The PyTorch side of `cargo bench --bench backbones`: the same networks, batch and threads.

Needs torch, torchvision and timm. Prints a line for each network: forward and training step in milliseconds (medians).
"""

import statistics
import sys
import time

import timm
import torch
import torchvision

torch.set_num_threads(2)
BATCH, SIZE = 4, 224
TIMM = {
    "xception": "legacy_xception",
    "efficientnet-b0": "tf_efficientnet_b0",
    "efficientnet-b4": "tf_efficientnet_b4",
    "efficientnet-b5": "tf_efficientnet_b5",
    "efficientnet-v2-l": "tf_efficientnetv2_l",
}
NAMES = ["xception", "resnet18", "resnet50", "efficientnet-b0", "efficientnet-b4", "efficientnet-b5", "efficientnet-v2-l"]


def network(name):
    if name in TIMM:
        depth = {} if name == "xception" else {"drop_path_rate": 0.0}
        return timm.create_model(TIMM[name], num_classes=2, drop_rate=0.0, **depth)
    return getattr(torchvision.models, name)(num_classes=2)


def milliseconds(work, count):
    work()
    times = []
    for _ in range(count):
        begun = time.perf_counter()
        work()
        times.append(1e3 * (time.perf_counter() - begun))
    return statistics.median(times)


for name in sys.argv[1:] or NAMES:
    model = network(name)
    pictures = torch.sin(torch.arange(BATCH * 3 * SIZE * SIZE) * 0.618).reshape(BATCH, 3, SIZE, SIZE)
    model.eval()
    with torch.inference_mode():
        forward = milliseconds(lambda: model(pictures), 5)
    model.train()
    adam = torch.optim.Adam(model.parameters(), lr=1e-4)

    def step():
        adam.zero_grad(set_to_none=True)
        model(pictures).square().mean().backward()
        adam.step()

    print(f"{name:20} forward {forward:8.0f} ms   training step {milliseconds(step, 3):8.0f} ms", flush=True)
