"""The PyTorch side of convolutions.rs: fastest of at least 20 runs, in ms, on as many threads as given (2)."""

import sys
import time

import torch

BATCH = 8
# name, channels in and out, size, kernel, stride, padding
CASES = [
    ("3x3 128-128 at 64", 128, 128, 64, 3, 1, 1),
    ("3x3 64-64 at 56", 64, 64, 56, 3, 1, 1),
    ("3x3 256-256 at 28", 256, 256, 28, 3, 1, 1),
    ("3x3 512-512 at 14", 512, 512, 14, 3, 1, 1),
    ("3x3/2 32-64 at 149", 32, 64, 149, 3, 2, 1),
    ("3x3/2 3-32 at 299", 3, 32, 299, 3, 2, 0),
    ("7x7/2 3-64 at 224", 3, 64, 224, 7, 2, 3),
    ("1x1 728-728 at 19", 728, 728, 19, 1, 1, 0),
    ("1x1 64-128 at 147", 64, 128, 147, 1, 1, 0),
    ("1x1/2 256-728 at 37", 256, 728, 37, 1, 2, 0),
]


def fastest(run):
    run()
    times = []
    for _ in range(20):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return 1e3 * min(times)


torch.set_num_threads(int(sys.argv[1]) if len(sys.argv) > 1 else 2)
print(f"{'':22}{'forward':>10}{'training':>10}")
for name, channels_in, channels_out, size, kernel, stride, padding in CASES:
    x = torch.rand(BATCH, channels_in, size, size) - 0.5
    w = torch.rand(channels_out, channels_in, kernel, kernel) - 0.5

    def conv(x, w):
        return torch.conv2d(x, w, None, stride, padding)

    with torch.no_grad():
        forward = fastest(lambda: conv(x, w))
    ones = torch.ones_like(conv(x, w))
    x.requires_grad_()
    w.requires_grad_()

    def training():
        x.grad = w.grad = None
        conv(x, w).backward(ones)

    print(f"{name:22}{forward:10.2f}{fastest(training):10.2f}")
