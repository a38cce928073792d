"""The PyTorch side of unet.rs: the same names, the best of some repetitions in milliseconds, two threads."""

import time

import torch
from torch import nn
from torch.nn import functional as F

torch.set_num_threads(2)
torch.manual_seed(0)

# name, size of the picture, batch, channels of the taps, channels after each block
CASES = [
    ("paper", 320, 2, [64, 128, 256, 728, 2048], [256, 128, 64, 32, 16]),
    ("laptop", 128, 24, [16, 32, 64, 184, 512], [64, 32, 16, 8, 8]),
]


def best(name, step, repetitions=9):
    step()
    times = []
    for _ in range(repetitions):
        start = time.perf_counter()
        step()
        times.append(time.perf_counter() - start)
    print(f"{name:32} {1000 * min(times):9.2f} ms", flush=True)


def conv(channels_in, channels_out):
    return nn.Conv2d(channels_in, channels_out, 3, padding=1, bias=False)


def step_of(channels_in, channels_out):
    norm = nn.BatchNorm2d(channels_out)
    return nn.Sequential(conv(channels_in, channels_out), norm, nn.ReLU(inplace=True))


class Decoder(nn.Module):
    """As segmentation_models.pytorch has it."""

    def __init__(self, taps, channels):
        super().__init__()
        blocks, inputs = [], taps[-1]
        for outputs, skip in zip(channels, [*taps[-2::-1], 0]):
            blocks.append(nn.Sequential(step_of(inputs + skip, outputs), step_of(outputs, outputs)))
            inputs = outputs
        self.blocks = nn.ModuleList(blocks)
        self.head = nn.Conv2d(inputs, 3, 3, padding=1)

    def forward(self, taps):
        *skips, x = taps
        for block, skip in zip(self.blocks, [*skips[::-1], None]):
            x = F.interpolate(x, scale_factor=2.0, mode="nearest")
            x = block(x if skip is None else torch.cat([x, skip], 1))
        return self.head(x).tanh()


def decoder_bench(name, size, batch, taps, channels):
    decoder = Decoder(taps, channels)
    inputs = [
        torch.rand(batch, count, size >> at, size >> at) for at, count in enumerate(taps, start=1)
    ]

    def training():
        for x in inputs:
            x.requires_grad_()
            x.grad = None
        decoder.zero_grad(set_to_none=True)
        decoder(inputs).sum().backward()

    best(f"{name} decoder training", training)
    inputs = [x.detach() for x in inputs]
    decoder.eval()
    with torch.no_grad():
        best(f"{name} decoder inference", lambda: decoder(inputs))


def convs_of(size, taps, channels):
    inputs = taps[-1]
    for at, (outputs, skip) in enumerate(zip(channels, [*taps[-2::-1], 0])):
        side = size >> (len(channels) - 1 - at)
        yield inputs + skip, outputs, side
        yield outputs, outputs, side
        inputs = outputs
    yield inputs, 3, size


def conv_bench(name, batch, channels_in, channels_out, side):
    x = torch.rand(batch, channels_in, side, side)
    layer = conv(channels_in, channels_out)
    label = f"{name} {channels_in}-{channels_out} at {side}"
    with torch.no_grad():
        best(f"{label} forward", lambda: layer(x))
        ones = torch.ones_like(layer(x))
    x.requires_grad_()

    def training():
        x.grad = None
        layer.zero_grad(set_to_none=True)
        layer(x).backward(ones)

    best(f"{label} training", training)


for name, size, batch, taps, channels in CASES:
    decoder_bench(name, size, batch, taps, channels)
for name, size, batch, taps, channels in CASES:
    for sizes in convs_of(size, taps, channels):
        conv_bench(name, batch, *sizes)
