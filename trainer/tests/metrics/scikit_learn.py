"""Writes scikit_learn.json: answers drawn from a seed, and what scikit-learn 1.9.1 and numpy say about them.

    pip install scikit-learn==1.9.1
    python trainer/tests/metrics/scikit_learn.py > trainer/tests/metrics/scikit_learn.json

Probabilities are multiples of 1/4096, which f32 and f64 hold alike, so that what is equal there is equal here: across
answers many are, within an answer none are, because which of equals comes first is a matter of definition. The
calibration error and the balanced top-3 accuracy, which scikit-learn lacks, follow their definitions.
"""

import json
import sys

import numpy as np
from sklearn import metrics

GRID = 4096
BINS = 15


def draw(random, covers, frequencies):
    genres = len(frequencies)
    labels = random.choice(genres, size=covers, p=frequencies)
    rows = []
    for label in labels:
        while True:
            logits = random.normal(size=genres)
            logits[label] += 1.2
            row = np.floor(np.exp(logits) / np.exp(logits).sum() * GRID).astype(int)
            row[row.argmax()] += GRID - row.sum()
            if len(set(row)) == genres:
                break
        rows.append(row)
    return labels, np.array(rows) / GRID


def balanced_top3(labels, probabilities):
    best = np.argsort(-probabilities, axis=1)[:, :3]
    hit = (best == labels[:, None]).any(axis=1)
    return np.mean([hit[labels == genre].mean() for genre in np.unique(labels)])


def calibration_error(labels, probabilities):
    predicted = probabilities.argmax(axis=1)
    confidence = probabilities.max(axis=1)
    place = np.clip(np.ceil(confidence * BINS), 1, BINS)
    error = 0.0
    for index in range(1, BINS + 1):
        here = place == index
        if here.any():
            right = (predicted == labels)[here].mean()
            error += here.mean() * abs(right - confidence[here].mean())
    return error


def figures(labels, probabilities):
    genres = probabilities.shape[1]
    all_genres = np.arange(genres)
    predicted = probabilities.argmax(axis=1)
    truth = np.eye(genres)[labels]
    precision, recall, f1, support = metrics.precision_recall_fscore_support(
        labels, predicted, labels=all_genres, zero_division=0
    )
    report = metrics.classification_report(labels, predicted, output_dict=True, zero_division=0)
    average = lambda name: {
        "precision": report[name]["precision"],
        "recall": report[name]["recall"],
        "f1": report[name]["f1-score"],
    }
    return {
        "accuracy": metrics.accuracy_score(labels, predicted),
        "top3_accuracy": metrics.top_k_accuracy_score(labels, probabilities, k=3, labels=all_genres),
        "balanced_accuracy": metrics.balanced_accuracy_score(labels, predicted),
        "balanced_top3_accuracy": balanced_top3(labels, probabilities),
        "macro_f1": metrics.f1_score(labels, predicted, average="macro", zero_division=0),
        "macro_average": average("macro avg"),
        "weighted_average": average("weighted avg"),
        "roc_auc": metrics.roc_auc_score(
            labels, probabilities, multi_class="ovr", average="macro", labels=all_genres
        ),
        "average_precision": metrics.average_precision_score(truth, probabilities, average="macro"),
        "rmse": metrics.root_mean_squared_error(truth.ravel(), probabilities.ravel()),
        "ece": calibration_error(labels, probabilities),
        "per_genre": [
            {
                "precision": precision[genre],
                "recall": recall[genre],
                "f1": f1[genre],
                "support": int(support[genre]),
                "roc_auc": metrics.roc_auc_score(truth[:, genre], probabilities[:, genre]),
                "average_precision": metrics.average_precision_score(
                    truth[:, genre], probabilities[:, genre]
                ),
            }
            for genre in all_genres
        ],
        "confusion": metrics.confusion_matrix(labels, predicted, labels=all_genres).tolist(),
    }


def main():
    random = np.random.default_rng(20)
    cases = {}
    for name, covers, frequencies in [
        ("ten genres", 400, [0.02, 0.04, 0.06, 0.08, 0.1, 0.1, 0.12, 0.14, 0.14, 0.2]),
        ("three genres", 150, [0.45, 0.4, 0.15]),
        ("a rare genre", 80, [0.4, 0.3, 0.2, 0.07, 0.03]),
    ]:
        labels, probabilities = draw(random, covers, frequencies)
        cases[name] = {
            "labels": labels.tolist(),
            "grid": (probabilities * GRID).astype(int).tolist(),
            "figures": figures(labels, probabilities),
        }
    json.dump(cases, sys.stdout, separators=(",", ":"), default=float)
    print()


if __name__ == "__main__":
    main()
