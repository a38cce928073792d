"""Writes calibration.json: made-up logits of clips, and the temperature and Platt scaling that scipy finds.

Run once, by hand: python3 calibration.py. Every clip of a kind weighs the same, and both kinds do; targets are
Platt's, by the number of clips.
"""

import json
from pathlib import Path

import numpy as np
from scipy import optimize


def main():
    random = np.random.default_rng(1999)
    labels, logits, clips = [], [], []
    for clip in range(24):
        label = int(clip % 3 != 0)
        middle = random.normal(6 + 5 * label, 3)
        for _ in range(int(random.integers(2, 9))):
            labels.append(label)
            logits.append(round(float(random.normal(middle, 2)), 3))
            clips.append(f"clip-{clip:02}")
    y, x = np.array(labels), np.array(logits)
    names = np.array(clips)
    counts = [len(set(names[y == kind])) for kind in (0, 1)]
    weights = np.array([1 / (counts[k] * (names == n).sum()) for k, n in zip(y, names)])
    high = (counts[1] + 1) / (counts[1] + 2)
    low = 1 / (counts[0] + 2)
    targets = np.where(y == 1, high, low)

    def loss(a, b):
        z = a * x + b
        return float((weights * (np.logaddexp(0, z) - targets * z)).sum())

    tight = {"xatol": 1e-11, "fatol": 1e-16, "maxiter": 10000, "maxfev": 10000}
    temperature = optimize.minimize(lambda p: loss(p[0], 0), [0.1], method="Nelder-Mead", options=tight).x
    platt = optimize.minimize(lambda p: loss(*p), [0.1, 0], method="Nelder-Mead", options=tight).x
    text = json.dumps(
        {"labels": labels, "logits": logits, "clips": clips,
         "temperature": float(temperature[0]), "platt": [float(v) for v in platt]}
    )
    Path(__file__).with_name("calibration.json").write_text(text + "\n")


if __name__ == "__main__":
    main()
