"""A logistic regression by scikit-learn, run with the Python of .venv-bench: `FILE.npz` in, `OUT.npz` out.

In: `values`, `columns`, `ends` of rows by numbers of grams (CSR); `lists` and `has` (0 or 1) of each row; `wide`,
`strict`.
Out: `weights` of the grams, `bias`, `lists`.
"""

import sys

import numpy as np
from scipy import sparse
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import normalize


def main(given: str, made: str) -> None:
    """Learn what one file holds."""
    told = np.load(given)
    shape = (len(told["has"]), int(told["wide"]))
    rows = normalize(sparse.csr_matrix((told["values"], told["columns"], told["ends"]), shape))
    both = sparse.hstack([rows, sparse.csr_matrix(told["lists"][:, None])]).tocsr()
    learned = LogisticRegression(C=float(told["strict"]), max_iter=500).fit(both, told["has"])
    np.savez(made, weights=learned.coef_[0][:-1], bias=learned.intercept_[0], lists=learned.coef_[0][-1])


if __name__ == "__main__":
    main(*sys.argv[1:])
