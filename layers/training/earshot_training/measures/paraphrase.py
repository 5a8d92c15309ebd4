"""paraphrase: do two texts tell the same story?"""

import json
from pathlib import Path
from statistics import mean, stdev
from zlib import crc32

from earshot_training.paraphrase import FILE, Fitted, fit, inputs, max_f1, pairs, scores
from earshot_training.row import Row

GOAL = 0.74
WEIGHTS = Path(__file__).parent.with_name("paraphrase.json")
_FOLDS = 5


def measure(folder: Path, *, semantic: bool) -> Row:
    """The weights beside the training script."""
    way = "semantic" if semantic else "static"
    stored = json.loads(WEIGHTS.read_text("utf-8"))[way]
    found = pairs(folder)
    fitted = Fitted(tuple(stored["weights"]), stored["intercept"])
    said = scores(inputs(found, semantic=semantic), fitted)
    return Row(FILE, f"max F1, {way}", max_f1(said, [pair.same for pair in found]), GOAL)


def cross_validated(folder: Path, *, semantic: bool) -> Row:
    """Fitted here, in five parts; all pairs of one first text are in one part."""
    found = pairs(folder)
    rows = inputs(found, semantic=semantic)
    same = [pair.same for pair in found]
    part = [crc32(pair.a.encode("utf-8")) % _FOLDS for pair in found]
    said, each = [0.0] * len(found), []
    for fold in range(_FOLDS):
        training = [place for place, where in enumerate(part) if where != fold]
        testing = [place for place, where in enumerate(part) if where == fold]
        fitted = fit([rows[place] for place in training], [same[place] for place in training])
        scored = scores([rows[place] for place in testing], fitted)
        each.append(max_f1(scored, [same[place] for place in testing]))
        for place, score in zip(testing, scored, strict=True):
            said[place] = score
    way = "semantic" if semantic else "static"
    return Row(
        FILE,
        f"max F1, {way}",
        max_f1(said, same),
        GOAL,
        (f"by part {mean(each):.3f}, standard error {stdev(each) / _FOLDS**0.5:.3f}",),
    )
