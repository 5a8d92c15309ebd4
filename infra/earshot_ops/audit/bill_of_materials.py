"""What the layer ships as a bill of materials (CycloneDX), with hashes and licences."""

import json
from pathlib import Path

from earshot_ops.audit import static
from earshot_ops.audit.programs import AUDIT, run_json
from earshot_ops.chalice_configuration import ROOT

FILE = ROOT / "build/audit/bill-of-materials.json"


def write(target: Path = FILE) -> int:
    """How many libraries it has."""
    bill = run_json(
        *(AUDIT / "cyclonedx-py", "requirements", "requirements/layer.txt"),
        *("--pyproject", "pyproject.toml", "--output-reproducible"),
    )
    under = {one["Name"].lower(): one["License"] for one in static.licensed(".venv")}
    for component in bill["components"]:
        if licence := under.get(component["name"].lower()):
            component["licenses"] = [{"license": {"name": licence}}]
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(bill, indent=2) + "\n", encoding="utf-8")
    return len(bill["components"])
