"""Writes metrics.json: fixed vectors, and what scikit-learn and numpy say of them.

Run once, by hand: python3 metrics.py (scikit-learn 1.9.1, numpy 2). The numbers are kept, not made in tests.
"""

import json
from pathlib import Path

import numpy as np
from sklearn import metrics

FPRS = [0.01, 0.05, 0.1]
ECE_BINS = 15


def reference(name, labels, scores):
    labels, scores = np.asarray(labels), np.asarray(scores, dtype=np.float64)
    # Every point: a dropped one may be the one nearest to FNR = FPR.
    fpr, tpr, _ = metrics.roc_curve(labels, scores, drop_intermediate=False)
    fnr = 1 - tpr
    gap = fnr - fpr
    last = int(np.argmax(gap <= 0))
    share = gap[last - 1] / (gap[last - 1] - gap[last])
    # Bins with their upper ends, as scikit-learn's calibration_curve has them.
    bins = np.searchsorted(np.linspace(0, 1, ECE_BINS + 1)[1:-1], scores)
    ece = sum(
        (bins == at).mean() * abs(scores[bins == at].mean() - labels[bins == at].mean())
        for at in range(ECE_BINS)
        if (bins == at).any()
    )
    return {
        "name": name,
        "labels": labels.tolist(),
        "scores": scores.tolist(),
        "auc": metrics.roc_auc_score(labels, scores),
        "ap": metrics.average_precision_score(labels, scores),
        "eer": float(fpr[np.nanargmin(np.abs(gap))]),
        "eer_interpolated": float(fpr[last - 1] + share * (fpr[last] - fpr[last - 1])),
        "tpr_at_fpr": [float(tpr[fpr <= limit + 1e-12].max()) for limit in FPRS],
        "acc": metrics.accuracy_score(labels, scores > 0.5),
        "brier": metrics.brier_score_loss(labels, scores),
        "ece": float(ece),
        "log_loss": metrics.log_loss(labels, scores),
    }


def main():
    random = np.random.default_rng(18)
    cases = [reference("the example of METHODS 18", [0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])]
    for name, count, share, digits, lift in [
        ("many ties", 60, 0.5, 1, 0.2),
        ("few manipulated", 200, 0.1, 2, 0.3),
        ("mostly manipulated", 200, 0.85, 2, 0.1),
        ("no ties", 300, 0.4, 9, 0.15),
        ("no better than chance", 120, 0.5, 2, 0.0),
        ("the wrong way round", 80, 0.5, 2, -0.3),
    ]:
        labels = (random.random(count) < share).astype(int)
        labels[:2] = [0, 1]
        scores = np.clip(random.normal(0.5 + lift * (labels - 0.5) * 2, 0.2), 0, 1)
        cases.append(reference(name, labels, np.round(scores, digits)))
    labels = np.tile([0, 1], 20)
    cases.append(reference("all told apart", labels, 0.2 + 0.6 * labels + 0.001 * np.arange(40)))
    cases.append(reference("all tied", labels, np.full(40, 0.3)))
    lines = ",\n".join(json.dumps(case) for case in cases)
    Path(__file__).with_name("metrics.json").write_text(f"[\n{lines}\n]\n")


if __name__ == "__main__":
    main()
