"""The PyTorch side of layers.rs: the same names, the best of some repetitions in milliseconds, two threads."""

import time

import timm
import torch
from torch import nn
from torch.nn import functional as F

torch.set_num_threads(2)
torch.manual_seed(0)


def best(name, step, repetitions=7):
    step()
    times = []
    for _ in range(repetitions):
        start = time.perf_counter()
        step()
        times.append(time.perf_counter() - start)
    print(f"{name:28} {1000 * min(times):9.1f} ms", flush=True)


def there_and_back(module, shape):
    """Forward, and backward to the input and to every weight."""
    module.train()
    x = torch.rand(shape).requires_grad_()

    def step():
        x.grad = None
        module.zero_grad(set_to_none=True)
        module(x).sum().backward()

    return step


def separable(channels):
    depthwise = nn.Conv2d(channels, channels, 3, padding=1, groups=channels, bias=False)
    return nn.Sequential(depthwise, nn.Conv2d(channels, channels, 1, bias=False))


def depthwise(channels, kernel, stride):
    return nn.Conv2d(
        channels, channels, kernel, stride, padding=kernel // 2, groups=channels, bias=False
    )


def norm(channels, activation):
    return nn.Sequential(nn.BatchNorm2d(channels), activation)


def xception_step():
    network = timm.create_model("legacy_xception", num_classes=1).train()
    adam = torch.optim.Adam(network.parameters(), 1e-4)
    images, labels = torch.rand(8, 3, 299, 299), torch.tensor([[0.0], [1.0]] * 4)

    def step():
        adam.zero_grad(set_to_none=True)
        F.binary_cross_entropy_with_logits(network(images), labels).backward()
        adam.step()

    return step


best("separable_stack", there_and_back(nn.Sequential(*[separable(728) for _ in range(8)]), (8, 728, 19, 19)))
best("depthwise_3x3_19", there_and_back(depthwise(728, 3, 1), (8, 728, 19, 19)))
best("depthwise_3x3_74", there_and_back(depthwise(128, 3, 1), (8, 128, 74, 74)))
best("depthwise_5x5_stride_2", there_and_back(depthwise(240, 5, 2), (8, 240, 28, 28)))
best("norm_relu", there_and_back(norm(728, nn.ReLU()), (8, 728, 19, 19)))
best("norm_silu", there_and_back(norm(728, nn.SiLU()), (8, 728, 19, 19)))
best("max_pool", there_and_back(nn.MaxPool2d(3, 2, 1), (8, 128, 147, 147)))
best("xception_step", xception_step(), 4)
