"""Distances of samples by scipy, which ladder.test.ts holds ours to.

    python main/data/reference/make_distances.py > main/data/reference/distances.json
"""

import json

import numpy
from scipy.stats import ks_2samp, wasserstein_distance

random = numpy.random.default_rng(7)
pairs = [
    (random.integers(0, 40, 25), random.integers(5, 60, 40)),
    (random.lognormal(3, 1, 200).round(), random.lognormal(3.3, 0.7, 50).round()),
    (random.integers(0, 4, 300), random.integers(0, 4, 7)),
    (numpy.array([5]), numpy.array([5, 5, 5])),
]
print(
    json.dumps(
        [
            {
                "a": a.astype(int).tolist(),
                "b": b.astype(int).tolist(),
                "wasserstein": wasserstein_distance(a, b),
                "ks": ks_2samp(a, b).statistic.item(),
            }
            for a, b in pairs
        ]
    )
)
