"""The semantic layer says what the reference implementation says. The numbers of
`minilm_reference.json` are of Hugging Face transformers 5.23 with torch 2.13, in thousandths."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from earshot_ops.chalice_configuration import ROOT

LAYER = ROOT / "build/semantic/python"
REFERENCE = Path(__file__).with_name("minilm_reference.json")
_EMBED = """
import json, sys
import numpy as np
from earshot import meanings
embed = meanings.semantic()
rotation = np.load(sys.argv[1]).astype(np.float32)
texts = [one["text"] for one in json.load(open(sys.argv[2], encoding="utf-8"))]
print(json.dumps([(rotation @ np.array(embed(text))).tolist() for text in texts]))
print(*meanings.cascade().versions)
"""


@pytest.mark.skipif(not LAYER.exists(), reason="python -m earshot_ops.semantic_layer builds it")
def test_the_layer_embeds_as_the_reference_does() -> None:
    rotation = LAYER / "earshot_semantic/rotation.npy"
    done = subprocess.run(
        [sys.executable, "-c", _EMBED, str(rotation), str(REFERENCE)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join((str(LAYER), "layers/core/python"))},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    vectors, versions = done.stdout.splitlines()
    for one, vector in zip(
        json.loads(REFERENCE.read_text("utf-8")), json.loads(vectors), strict=True
    ):
        expected = one["thousandths"]
        length = sum(value * value for value in expected) ** 0.5
        cosine = sum(a * b for a, b in zip(expected, vector, strict=True)) / length
        assert cosine > 0.999, one["text"]
    assert versions == "aboutness-1-static aboutness-2-semantic"
