"""Reference values for the studies' statistics: python make_method_reference.py > method-reference.json

Independent of the code under test: the ladder's regression by statsmodels' OLS, its bootstrap by numpy with its own stream, Kendall's
tau, Spearman and Pearson by scipy, rarefaction and zero-variance shares by enumerating subsets, curves by numpy.interp.
"""
import itertools
import json

import numpy as np
import scipy
import statsmodels
import statsmodels.api as sm
from scipy import stats
from statsmodels.stats.outliers_influence import OLSInfluence, variance_inflation_factor

rng = np.random.default_rng(20250616)


def ladder():
    cells = [(16, 1), (32, 1), (64, 1), (128, 1), (128, 2), (256, 2), (256, 4)]
    problems, samples, seeds = 45, 4, 3
    sources = ["a" if i < 30 else "b" for i in range(problems)]
    hard = rng.normal(0, 1.2, problems)
    rewards = np.zeros((len(cells), seeds, problems, samples), dtype=int)
    for c, (x, y) in enumerate(cells):
        for s in range(seeds):
            lift = 0.30 * np.log2(x) + 0.25 * np.log2(y) - 2.2 + rng.normal(0, 0.15)
            p = 1 / (1 + np.exp(-(lift + hard)))
            rewards[c, s] = rng.random((problems, samples)) < p[:, None]
    z = 100 * rewards.mean(axis=(1, 2, 3))
    lx, ly = np.log2([c[0] for c in cells]), np.log2([c[1] for c in cells])
    X = sm.add_constant(np.column_stack([lx, ly]))
    fit = sm.OLS(z, X).fit()
    scale = lambda v: (v - v.mean()) / v.std()
    std = sm.OLS(z, sm.add_constant(np.column_stack([scale(lx), scale(ly)]))).fit()
    contrast = fit.t_test([0, 1, -1])
    one = sm.OLS(z[:4], sm.add_constant(lx[:4])).fit()
    loo = [sm.OLS(np.delete(z, i), np.delete(X, i, axis=0)).fit() for i in range(len(cells))]

    # Bootstrap as the code under test describes it (m - 1 of m, problems within source, seeds shared), with numpy's own stream.
    per = 100 * rewards.mean(axis=3)
    pinv = np.linalg.pinv(X)
    draws = np.empty((40000, 3))
    for d in range(len(draws)):
        w = np.zeros(problems)
        for s in ("a", "b"):
            index = np.array([i for i, t in enumerate(sources) if t == s])
            np.add.at(w, rng.choice(index, len(index) - 1), len(index) / problems / (len(index) - 1))
        v = np.zeros(seeds)
        np.add.at(v, rng.integers(0, seeds, seeds - 1), 1 / (seeds - 1))
        draws[d] = pinv @ np.einsum("csp,s,p->c", per, v, w)
    interval = lambda v: np.percentile(v, [2.5, 97.5]).tolist()
    return {
        "cells": cells,
        "sources": sources,
        "rewards": rewards.tolist(),
        "params": fit.params.tolist(),
        "bse": fit.bse.tolist(),
        "confInt": fit.conf_int().tolist(),
        "standardised": {"params": std.params.tolist(), "bse": std.bse.tolist(), "confInt": std.conf_int().tolist()},
        "rSquared": float(fit.rsquared),
        "df": int(fit.df_resid),
        "residualDeviation": float(np.sqrt(fit.mse_resid)),
        "vif": float(variance_inflation_factor(X, 1)),
        "correlation": float(np.corrcoef(lx, ly)[0, 1]),
        "looParams": [f.params.tolist() for f in loo],
        "pressResiduals": OLSInfluence(fit).resid_press.tolist(),
        "difference": {"value": float(contrast.effect[0]), "se": float(contrast.sd[0][0]), "confInt": contrast.conf_int()[0].tolist()},
        "promptsOnly": {"params": one.params.tolist(), "confInt": one.conf_int().tolist(), "rSquared": float(one.rsquared)},
        "bootstrap": {
            "intercept": interval(draws[:, 0]),
            "prompts": interval(draws[:, 1]),
            "responses": interval(draws[:, 2]),
            "difference": interval(draws[:, 1] - draws[:, 2]),
            "promptsAhead": float((draws[:, 1] > draws[:, 2]).mean()),
        },
    }


def correlations():
    out = []
    for n in (5, 6, 9):
        for ties in (False, True):
            x = rng.normal(size=n)
            y = 0.6 * x + rng.normal(size=n)
            if ties:
                x, y = np.round(x), np.round(y)
            out.append(
                {
                    "x": x.tolist(),
                    "y": y.tolist(),
                    "kendall": float(stats.kendalltau(x, y).statistic),
                    "spearman": float(stats.spearmanr(x, y).statistic),
                    "pearson": float(stats.pearsonr(x, y).statistic),
                    "pearsonInterval": list(map(float, stats.pearsonr(x, y).confidence_interval(0.95))),
                }
            )
    return out


def all_equal_share(n, c, size):
    """Share of the size-subsets of n samples, c right, that are all right or all wrong."""
    outcomes = [1] * c + [0] * (n - c)
    subsets = list(itertools.combinations(outcomes, size))
    return sum(len(set(s)) == 1 for s in subsets) / len(subsets)


def rarefied(texts, k):
    subsets = list(itertools.combinations(texts, k))
    return sum(len(set(s)) for s in subsets) / len(subsets)


def interpolation():
    xa, ya = [0, 3, 7, 12], [0.1, 0.3, 0.25, 0.6]
    xb, yb = [1, 4, 9], [0.2, 0.2, 0.5]
    grid = sorted(set(x for x in xa + xb if 1 <= x <= 9))
    return {"xa": xa, "ya": ya, "xb": xb, "yb": yb, "grid": grid, "a": np.interp(grid, xa, ya).tolist(), "b": np.interp(grid, xb, yb).tolist()}


print(
    json.dumps(
        {
            "versions": {"numpy": np.__version__, "scipy": scipy.__version__, "statsmodels": statsmodels.__version__},
            "ladder": ladder(),
            "correlations": correlations(),
            "allEqualShare": [[n, c, g, all_equal_share(n, c, g)] for n in (4, 8) for c in range(n + 1) for g in (2, 3, 4)],
            "rarefied": [[t, k, rarefied(t, k)] for t in (["a", "a", "b"], ["a", "b", "b", "c", "c", "c"]) for k in range(1, len(t) + 1)],
            "interpolation": interpolation(),
        }
    )
)
