"""Fitting for cross-validation what ``train_text`` fits for good."""

from collections.abc import Sequence

import numpy as np

from earshot.domain.text_models import Blend
from earshot_training.heads import COMPLAINT_SEES, fit_complaint
from earshot_training.told import Scores


def complaint_left_out(scores: Sequence[Scores], given: Sequence[bool], folds: int) -> list[bool]:
    """What coefficients fitted on the other folds say of each text."""
    names = [name for name in scores[0] if name.startswith(COMPLAINT_SEES)]
    told = [False] * len(scores)
    for fold in range(folds):
        training = [place for place in range(len(scores)) if place % folds != fold]
        columns = {name: np.array([scores[p][name] for p in training]) for name in names}
        bias, weights = fit_complaint(columns, [given[place] for place in training])
        for place in range(fold, len(scores), folds):
            told[place] = Blend(bias, weights).of(scores[place]) > 0
    return told
