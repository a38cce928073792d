"""The PyTorch side of `cargo bench --bench training_steps`: the same networks, losses, sizes, batches and threads.

Needs torch, and timm for two of DID's networks. Prints a line for each method and preset: the training step in milliseconds (median), and the process's
peak memory so far. Random numbers as weights and pictures: only the time counts.
"""

import resource
import statistics
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F

torch.set_num_threads(2)
torch.manual_seed(1)


def scaled(width):
    return lambda channels: 8 * max(1, round(channels * width / 8))


class Separable(nn.Sequential):
    def __init__(self, channels_in, channels_out):
        super().__init__(
            nn.Conv2d(channels_in, channels_in, 3, padding=1, groups=channels_in, bias=False),
            nn.Conv2d(channels_in, channels_out, 1, bias=False),
        )


class Block(nn.Module):
    def __init__(self, channels, stride=1, starts_with_relu=True):
        super().__init__()
        layers = []
        for place, (before, after) in enumerate(zip(channels, channels[1:])):
            if place or starts_with_relu:
                layers.append(nn.ReLU(inplace=place > 0))
            layers += [Separable(before, after), nn.BatchNorm2d(after)]
        if stride > 1:
            layers.append(nn.MaxPool2d(3, stride, 1))
        self.body = nn.Sequential(*layers)
        self.skip = None
        if stride > 1:
            self.skip = nn.Sequential(
                nn.Conv2d(channels[0], channels[-1], 1, stride=stride, bias=False), nn.BatchNorm2d(channels[-1])
            )

    def forward(self, x):
        return self.body(x) + (x if self.skip is None else self.skip(x))


class Xception(nn.Module):
    """With the aligned sizes of METHODS 1.3; gives the five sizes and the features."""

    def __init__(self, width, middle):
        super().__init__()
        c = scaled(width)
        self.stem = nn.Sequential(
            nn.Conv2d(3, c(32), 3, 2, 1, bias=False), nn.BatchNorm2d(c(32)), nn.ReLU(inplace=True),
            nn.Conv2d(c(32), c(64), 3, 1, 1, bias=False), nn.BatchNorm2d(c(64)), nn.ReLU(inplace=True),
        )
        self.block1 = Block([c(64), c(128), c(128)], 2, starts_with_relu=False)
        self.block2 = Block([c(128), c(256), c(256)], 2)
        self.block3 = Block([c(256), c(728), c(728)], 2)
        self.middle = nn.Sequential(*[Block([c(728)] * 4) for _ in range(middle)])
        self.last = Block([c(728), c(728), c(1024)], 2)
        self.exit = nn.Sequential(
            Separable(c(1024), c(1536)), nn.BatchNorm2d(c(1536)), nn.ReLU(inplace=True),
            Separable(c(1536), c(2048)), nn.BatchNorm2d(c(2048)),
        )
        self.taps = [c(n) for n in (64, 128, 256, 728, 2048)]

    def forward(self, x):
        taps = [self.stem(x)]
        taps.append(self.block1(taps[0]))
        taps.append(self.block2(taps[1]))
        taps.append(self.middle(self.block3(taps[2])))
        taps.append(self.exit(self.last(taps[3])))
        return taps, F.relu(taps[4])


class Unet(nn.Module):
    def __init__(self, taps, width):
        super().__init__()
        channels = [max(8, round(n * width)) for n in (256, 128, 64, 32, 16)]
        before, self.blocks = taps[-1], nn.ModuleList()
        for after, skip in zip(channels, [*reversed(taps[:-1]), 0]):
            layers = []
            for source in (before + skip, after):
                layers += [nn.Conv2d(source, after, 3, padding=1, bias=False), nn.BatchNorm2d(after), nn.ReLU(inplace=True)]
            self.blocks.append(nn.Sequential(*layers))
            before = after
        self.head = nn.Conv2d(before, 3, 3, padding=1)

    def forward(self, taps):
        x = taps[-1]
        for block, skip in zip(self.blocks, [*reversed(taps[:-1]), None]):
            x = F.interpolate(x, scale_factor=2, mode="nearest")
            x = block(x if skip is None else torch.cat([x, skip], 1))
        return torch.tanh(self.head(x))


class Meso4(nn.Module):
    def __init__(self):
        super().__init__()
        layers, before = [], 3
        for after, side, pool in ((8, 3, 2), (8, 5, 2), (16, 5, 2), (16, 5, 4)):
            layers += [nn.Conv2d(before, after, side, padding=side // 2), nn.ReLU(), nn.BatchNorm2d(after, eps=1e-3),
                       nn.MaxPool2d(pool)]
            before = after
        self.body = nn.Sequential(*layers, nn.AdaptiveAvgPool2d(8), nn.Flatten(), nn.Dropout(0.5), nn.Linear(1024, 16),
                                  nn.LeakyReLU(0.1), nn.Dropout(0.5), nn.Linear(16, 1))

    def forward(self, x):
        return self.body(x).flatten()


class Intele(nn.Module):
    def __init__(self, width, middle, decoder_width):
        super().__init__()
        self.encoder = Xception(width, middle)
        self.f0, self.f1 = Unet(self.encoder.taps, decoder_width), Unet(self.encoder.taps, decoder_width)
        self.semantic = Meso4()
        self.classifier = nn.Linear(self.encoder.taps[-1], 1)

    def loss(self, x, y):
        taps, features = self.encoder(x)
        r0, r1 = self.f0(taps), self.f1(taps)
        own = torch.where(y[:, None, None, None] > 0, r1, r0)
        three = self.semantic(0.5 * torch.cat([r0, r1, x]) + 0.5)
        s0, s1, sx = three.chunk(3)
        zeros = torch.zeros_like(s0)
        bce = F.binary_cross_entropy_with_logits
        semantic = bce(s0, zeros) + bce(s1, zeros + 1) + 4 * bce(sx, y)
        return F.mse_loss(own, x) + 2 * semantic + 0.25 * bce(self.classifier(features.mean((2, 3))).flatten(), y)


class Classifier(nn.Module):
    def __init__(self, width, middle):
        super().__init__()
        self.encoder = Xception(width, middle)
        self.classifier = nn.Linear(self.encoder.taps[-1], 1)

    def loss(self, x, y):
        _, features = self.encoder(x)
        return F.binary_cross_entropy_with_logits(self.classifier(features.mean((2, 3))).flatten(), y)


class Attention(nn.Module):
    """METHODS 2.2."""

    def __init__(self, channels):
        super().__init__()
        reduced = channels // 16
        self.depthwise = nn.Sequential(nn.Conv2d(channels, channels, 3, padding=1, groups=channels), nn.PReLU())
        self.channels = nn.Sequential(nn.Conv2d(3 * channels, reduced, 1), nn.PReLU(), nn.Conv2d(reduced, channels, 1), nn.PReLU())
        self.squeeze = nn.Sequential(nn.Conv2d(channels, 1, 1), nn.PReLU())
        self.places = nn.Sequential(nn.Conv2d(3, 1, 7, padding=3), nn.PReLU())

    def forward(self, x):
        u = [x.mean((2, 3), True), x.amax((2, 3), True), self.depthwise(x).sum((2, 3), True)]
        v = [x.mean(1, True), x.amax(1, True), self.squeeze(x)]
        return torch.sigmoid(self.channels(torch.cat(u, 1)) * self.places(torch.cat(v, 1)))


class Reversed(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, strength):
        ctx.strength = strength
        return x.view_as(x)

    @staticmethod
    def backward(ctx, gradient):
        return -ctx.strength * gradient, None


class Did(nn.Module):
    """`backbone` gives features of `channels` at a 32nd of the size."""

    def __init__(self, backbone, channels, side, hidden, estimator):
        super().__init__()
        mlp = lambda outputs: nn.Sequential(nn.Linear(channels, hidden), nn.ReLU(), nn.Linear(hidden, outputs))
        self.backbone, self.df, self.dom = backbone, Attention(channels), Attention(channels)
        self.classifier, self.domains = mlp(1), mlp(5)
        first, second, third = estimator
        end = -(-side // 32)
        end = -(-(-(-end // 2)) // 2)
        self.estimator = nn.Sequential(
            nn.Conv2d(2 * channels, first, 1), nn.ReLU(), nn.Conv2d(first, second, 3, 2, 1), nn.ReLU(),
            nn.Conv2d(second, third, 3, 2, 1), nn.ReLU(), nn.Flatten(), nn.Linear(third * end * end, 1),
        )

    def loss(self, x, y):
        features = self.backbone(x)
        forged = self.df(features) * features
        rest = features - forged
        logits = self.classifier(forged.mean((2, 3))).flatten()
        domain = self.domains((self.dom(rest) * rest).mean((2, 3)))
        a, b = Reversed.apply(forged, 0.005), Reversed.apply(rest, 0.005)
        both = torch.cat([torch.cat([a, a]), torch.cat([b, b.roll(1, 0)])], 1)
        joint, marginal = self.estimator(both).flatten().chunk(2)
        short = F.relu(0.15 - (logits[y > 0][:, None] - logits[y == 0][None])) ** 2
        classes = 0.5 * F.binary_cross_entropy_with_logits(logits, y) + 0.5 * short.mean()
        kinds = torch.arange(len(y)) % 5
        return classes + F.cross_entropy(domain, kinds) + F.softplus(-joint).mean() + F.softplus(marginal).mean()


class Features(nn.Module):
    def __init__(self, width, middle):
        super().__init__()
        self.encoder = Xception(width, middle)

    def forward(self, x):
        return self.encoder(x)[1]


def did_laptop():
    backbone = Features(0.25, 4)
    return Did(backbone, backbone.encoder.taps[-1], 128, 128, (128, 64, 32))


def did_paper():
    import timm

    model = timm.create_model("tf_efficientnetv2_l", drop_path_rate=0.2)
    model.forward = model.forward_features
    return Did(model, 1280, 224, 512, (512, 256, 128))


def did_resnet50():
    import timm

    model = timm.create_model("resnet50")
    model.forward = model.forward_features
    return Did(model, 2048, 224, 512, (512, 256, 128))


# Name: network, optimizer, pictures of a step, their side.
CASES = {
    "intele/laptop": (lambda: Intele(0.25, 4, 0.25), "sgd", 24, 128),
    "intele/paper": (lambda: Intele(1.0, 8, 1.0), "sgd", 4, 320),
    "did/laptop": (did_laptop, "adam", 25, 128),
    "did/paper": (did_paper, "adam", 15, 224),
    "did/paper-resnet50": (did_resnet50, "adam", 15, 224),
    "ce-xception/laptop": (lambda: Classifier(0.25, 4), "adam", 24, 128),
}


def optimizer(model, kind):
    if kind == "sgd":
        return torch.optim.SGD(model.parameters(), lr=1e-3, momentum=0.9, weight_decay=1e-4)
    return torch.optim.Adam(model.parameters(), lr=1e-3)


for name in sys.argv[1:] or CASES:
    make, kind, batch, side = CASES[name]
    model = make().train()
    update = optimizer(model, kind)
    pictures = torch.sin(torch.arange(batch * 3 * side * side) * 0.618).reshape(batch, 3, side, side)
    labels = (torch.arange(batch) % 2).float()
    times = []
    for _ in range(4 if side > 200 else 8):
        begun = time.perf_counter()
        update.zero_grad(set_to_none=True)
        model.loss(pictures, labels).backward()
        update.step()
        times.append(1e3 * (time.perf_counter() - begun))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{name:24} step of {batch:3} {statistics.median(times[1:]):8.0f} ms   peak {peak:6.0f} MB", flush=True)
