"""Backbones of torchvision and timm with random weights, and what they say of random pictures.

    backbones.py --out DIR NAME...   weights, inputs, features and logits of these networks (all by default)
    backbones.py --list              their names
    backbones.py --keys              rewrites backbone_keys.json: digests of all tensors' names and shapes
    backbones.py --files             rewrites tiny.pth and tiny_legacy.pth, for tests of the reader

The last two are run by hand and their results kept (torch 2.15.0, torchvision 0.29.2, timm 1.0.31); the first
is run by backbones.sh, and nothing of it is kept. Nothing is downloaded: weights are drawn from a seed.
"""

import argparse
import hashlib
import json
from collections import OrderedDict
from pathlib import Path

import timm
import torch
import torchvision
from safetensors.torch import save_file
from torch import nn

HERE = Path(__file__).parent


class Case:
    """One network in one style and one kind of file."""

    def __init__(self, architecture, style, make, size, save):
        self.name = f"{architecture}-{style}"
        self.architecture, self.style = architecture, style
        self.make, self.size, self.save = make, size, save


def save_safetensors(tensors, path):
    save_file({key: value.contiguous() for key, value in tensors.items()}, path.with_suffix(".safetensors"))
    return path.with_suffix(".safetensors")


def save_zip(tensors, path):
    torch.save(tensors, path.with_suffix(".pth"))
    return path.with_suffix(".pth")


def save_checkpoint(tensors, path):
    """As a training of several devices leaves it, with its optimizer's state."""
    tensors = OrderedDict((f"module.{key}", value) for key, value in tensors.items())
    state = {0: {"exp_avg": torch.zeros(3)}}
    torch.save({"epoch": 7, "state_dict": tensors, "optimizer": {"state": state}}, path.with_suffix(".pt"))
    return path.with_suffix(".pt")


def save_legacy(tensors, path):
    """As before PyTorch 1.6."""
    torch.save(tensors, path.with_suffix(".pth"), _use_new_zipfile_serialization=False)
    return path.with_suffix(".pth")


def save_legacy_xception(tensors, path):
    """As xception-b5690688.pth: 1x1 convolutions as matrices [out, in], no counters."""
    tensors = OrderedDict(
        (key, value[:, :, 0, 0].clone() if "pointwise" in key else value)
        for key, value in tensors.items()
        if not key.endswith("num_batches_tracked")
    )
    return save_legacy(tensors, path)


def of_timm(name):
    return lambda: timm.create_model(name)


def of_torchvision(name):
    return lambda: getattr(torchvision.models, name)()


def cases():
    yield Case("xception", "cadene", of_timm("legacy_xception"), 140, save_legacy_xception)
    yield Case("xception", "timm", of_timm("legacy_xception"), 101, save_safetensors)
    saves = [save_safetensors, save_zip, save_checkpoint]
    for at in range(8):
        yield Case(f"efficientnet-b{at}", "timm", of_timm(f"tf_efficientnet_b{at}"), 100, saves[at % 3])
    for at, size in enumerate("sml"):
        yield Case(f"efficientnet-v2-{size}", "timm", of_timm(f"tf_efficientnetv2_{size}"), 100, saves[at])
    # At 32 n + 1 torchvision's even padding and TensorFlow's are the same.
    for at in range(8):
        make = of_torchvision(f"efficientnet_b{at}")
        yield Case(f"efficientnet-b{at}", "torchvision", make, 97, saves[(at + 1) % 3])
    for at, size in enumerate("sml"):
        make = of_torchvision(f"efficientnet_v2_{size}")
        yield Case(f"efficientnet-v2-{size}", "torchvision", make, 97, saves[(at + 1) % 3])
    yield Case("resnet18", "torchvision", of_torchvision("resnet18"), 100, save_legacy)
    yield Case("resnet18", "timm", of_timm("resnet18"), 100, save_safetensors)
    yield Case("resnet50", "torchvision", of_torchvision("resnet50"), 100, save_checkpoint)
    yield Case("resnet50", "timm", of_timm("resnet50"), 100, save_zip)
    yield Case("vgg16", "torchvision", of_torchvision("vgg16"), 224, save_zip)
    yield Case("vgg16", "timm", of_timm("vgg16"), 224, save_safetensors)


def calm(block):
    """A block adds little to its input, as in trained networks. A hundred random blocks at full strength are
    chaotic instead: PyTorch in single and in double precision then differ by half."""
    norms = [module for module in block.modules() if isinstance(module, nn.BatchNorm2d)]
    norms[-1].weight.mul_(0.25)


@torch.no_grad()
def randomize(model, size, random):
    """Draws all weights; running statistics are those of random pictures, so that numbers stay of order one."""
    norms = []
    for module in model.modules():
        if isinstance(module, (nn.Conv2d, nn.Linear)):
            fan_in = module.weight[0].numel()
            module.weight.normal_(0, (2 / fan_in) ** 0.5, generator=random)
            if module.bias is not None:
                module.bias.normal_(0, 0.2, generator=random)
        elif isinstance(module, nn.BatchNorm2d):
            module.weight.uniform_(0.7, 1.3, generator=random)
            module.bias.normal_(0, 0.2, generator=random)
            norms.append((module, module.momentum))
            module.momentum = None
            module.reset_running_stats()
        elif type(module).__name__ in ("StochasticDepth", "DropPath", "Dropout"):
            module.p = 0.0
    for module in model.modules():
        if getattr(module, "has_skip", False) or getattr(module, "use_res_connect", False):
            calm(module)
        elif type(module).__name__ in ("BasicBlock", "Bottleneck"):
            calm(nn.ModuleList([getattr(module, "bn3", None) or module.bn2]))
    if norms:
        model.train()
        model(torch.randn(8, 3, size, size, generator=random))
    for module, momentum in norms:
        module.momentum = momentum
        spread = torch.rand(module.running_var.shape, generator=random)
        module.running_var.mul_(0.8 + 0.4 * spread)
        module.running_mean.add_(0.1 * module.running_var.sqrt() * (spread - 0.5))
    model.eval()


def features_of(model, images):
    if isinstance(model, torchvision.models.ResNet):
        for name, part in model.named_children():
            images = images if name in ("avgpool", "fc") else part(images)
        return images
    if isinstance(model, (torchvision.models.VGG, timm.models.VGG)):
        # Before the last pool.
        return model.features[:-1](images)
    if isinstance(model, torchvision.models.EfficientNet):
        return model.features(images)
    return model.forward_features(images)


@torch.no_grad()
def write_case(case, out):
    model = case.make()
    seed = int.from_bytes(hashlib.sha256(case.name.encode()).digest()[:4], "little")
    random = torch.Generator().manual_seed(seed)
    randomize(model, case.size, random)
    images = torch.randn(1 if case.architecture == "vgg16" else 2, 3, case.size, case.size, generator=random)
    features, logits = features_of(model, images), model(images)
    # In double precision too: how much of a difference is rounding.
    exact = model.double()(images.double())
    rounding = ((logits - exact).abs().max() / exact.abs().max()).item()
    weights = case.save(model.float().state_dict(), out / case.name)
    reference = {"images": images, "features": features, "logits": logits}
    save_file({key: value.contiguous() for key, value in reference.items()}, out / f"{case.name}.reference")
    return {
        "name": case.name,
        "architecture": case.architecture,
        "style": case.style,
        "weights": weights.name,
        "reference": f"{case.name}.reference",
        "rounding": rounding,
    }


def write_keys():
    """Digests of "key [shape]" lines, sorted, without counters and classifiers."""
    digests = []
    for case in cases():
        lines = sorted(
            f"{key} {list(value.shape)}\n"
            for key, value in case.make().state_dict().items()
            if not key.endswith("num_batches_tracked")
            and not key.startswith(("fc.", "classifier.", "pre_logits.", "head."))
        )
        digest = hashlib.sha256("".join(lines).encode()).hexdigest()
        digests.append(
            {"architecture": case.architecture, "style": case.style, "keys": len(lines), "sha256": digest}
        )
    text = ",\n".join(json.dumps(digest) for digest in digests)
    (HERE / "backbone_keys.json").write_text(f"[\n{text}\n]\n")


def write_files():
    """All kinds of numbers, a turned tensor, a counter, two levels, and things that are no tensors."""
    tensors = OrderedDict(
        [
            ("module.conv.weight", (torch.arange(8).reshape(2, 4).float() / 4).t()),
            ("module.half", torch.tensor([1.5, -2.0], dtype=torch.float16)),
            ("module.brain", torch.tensor([1.5, -2.0], dtype=torch.bfloat16)),
            ("module.double", torch.tensor([0.1, 1e-3], dtype=torch.float64)),
            ("module.bn.num_batches_tracked", torch.tensor(7)),
        ]
    )
    checkpoint = {"epoch": 3, "arch": "tiny", "state_dict": tensors}
    torch.save(checkpoint, HERE / "tiny.pth")
    torch.save(checkpoint, HERE / "tiny_legacy.pth", _use_new_zipfile_serialization=False)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", type=Path)
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--keys", action="store_true")
    parser.add_argument("--files", action="store_true")
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    if options.list:
        print("\n".join(case.name for case in cases()))
    if options.keys:
        write_keys()
    if options.files:
        write_files()
    if options.out:
        chosen = [case for case in cases() if not options.names or case.name in options.names]
        written = [write_case(case, options.out) for case in chosen]
        (options.out / "cases.json").write_text(json.dumps(written, indent=1))


if __name__ == "__main__":
    main()
