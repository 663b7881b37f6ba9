"""Reference values for the statistics, from scipy, statsmodels and brute force: python make_reference.py > reference.json

Independent of the code under test: t quantiles and paired intervals by scipy, cluster-robust standard errors by statsmodels'
OLS on single samples, pass@k by enumerating subsets, log-odds by resampling problems.
"""
import itertools
import json

import numpy as np
import scipy
import statsmodels
import statsmodels.api as sm
from scipy import stats

rng = np.random.default_rng(20240611)
N, n = 60, 4
difficulty = rng.beta(1.2, 1.2, size=N)


def draw(shift):
    p = 1 / (1 + np.exp(-(np.log(difficulty / (1 - difficulty)) + shift)))
    return (rng.random((N, n)) < p[:, None]).astype(int)


data = {name: draw(shift) for name, shift in [("weakBefore", -1.0), ("strongBefore", 0.3), ("weakAfter", 0.4), ("strongAfter", 0.8)]}
sources = ["gsm8k" if i % 3 == 0 else "arithmetic" for i in range(N)]


def clustered(samples):
    """Mean and cluster-robust (CR1) standard error of all samples, by OLS on a constant."""
    y = samples.reshape(-1)
    groups = np.repeat(np.arange(N), n)
    fit = sm.OLS(y, np.ones_like(y)).fit(cov_type="cluster", cov_kwds={"groups": groups, "use_correction": False})
    # statsmodels' own small-sample factor is (G/(G-1))·((n-1)/(n-k)); for a mean of equal clusters it is G/(G-1).
    return float(fit.params[0]), float(fit.bse[0] * np.sqrt(N / (N - 1)))


def stratified_se(values):
    """By strata, through scipy's sem."""
    total = 0.0
    for s in sorted(set(sources)):
        v = np.array([x for x, t in zip(values, sources) if t == s])
        total += (len(v) / N) ** 2 * stats.sem(v) ** 2
    return float(np.sqrt(total))


def logit(p):
    return np.log(p / (1 - p))


def bootstrap_change(times=40000):
    m = {k: v.mean(axis=1) for k, v in data.items()}
    out = []
    for _ in range(times):
        i = rng.integers(0, N, N)
        b = logit(m["strongBefore"][i].mean()) - logit(m["weakBefore"][i].mean())
        a = logit(m["strongAfter"][i].mean()) - logit(m["weakAfter"][i].mean())
        out.append((b, a, a - b))
    return np.std(np.array(out), axis=0, ddof=1).tolist()


def brute_pass(nn, c, k):
    outcomes = [1] * c + [0] * (nn - c)
    subsets = list(itertools.combinations(outcomes, k))
    return sum(any(s) for s in subsets) / len(subsets)


wb, wa = data["weakBefore"].mean(axis=1), data["weakAfter"].mean(axis=1)
ci = stats.ttest_rel(wa, wb).confidence_interval(0.95)
seeds = [0.081, 0.102, 0.064, 0.125, 0.097]
seed_ci = stats.t.interval(0.95, len(seeds) - 1, loc=np.mean(seeds), scale=stats.sem(seeds))
print(
    json.dumps(
        {
            "versions": {"numpy": np.__version__, "scipy": scipy.__version__, "statsmodels": statsmodels.__version__},
            "tQuantiles": [[p, df, float(stats.t.ppf(p, df))] for p in (0.9, 0.975, 0.995) for df in (1, 2, 4, 9, 30, 58, 500)],
            "tCdf": [[t, df, float(stats.t.cdf(t, df))] for t in (-3, -0.5, 0.1, 2) for df in (1, 3, 20)],
            "samples": {k: v.tolist() for k, v in data.items()},
            "sources": sources,
            "clustered": {k: clustered(v) for k, v in data.items()},
            "stratified": {k: stratified_se(v.mean(axis=1)) for k, v in data.items()},
            "pairedUnstratified": {"value": float((wa - wb).mean()), "low": float(ci.low), "high": float(ci.high)},
            "logOddsBootstrapError": bootstrap_change(),
            "passAtK": [[nn, c, k, brute_pass(nn, c, k)] for nn in (1, 4, 8) for c in range(nn + 1) for k in range(1, nn + 1)],
            "seeds": {"values": seeds, "mean": float(np.mean(seeds)), "low": float(seed_ci[0]), "high": float(seed_ci[1])},
        },
        indent=1,
    )
)
