"""What the layer ships as a bill of materials (CycloneDX), with hashes and licences."""

import json
from collections.abc import Iterator

from earshot_ops.audit import static
from earshot_ops.audit.findings import Finding
from earshot_ops.audit.programs import AUDIT, run_json
from earshot_ops.chalice_configuration import ROOT

FILE = ROOT / "build/audit/bill-of-materials.json"


def findings() -> Iterator[Finding]:
    """Writes it; what ships under a licence that nobody told is a finding."""
    command = (AUDIT / "cyclonedx-py", "requirements", "requirements/layer.txt")
    bill = run_json(*command, "--output-reproducible", known=(0,))
    under = {
        one["Name"].lower().replace("_", "-"): one["License"] for one in static.licensed(".venv")
    }
    for component in bill["components"]:
        name = component["name"].lower().replace("_", "-")
        if name in under:
            component["licenses"] = [{"license": {"name": under[name]}}]
        else:
            yield Finding(name, "requirements/layer.txt", "has no licence that .venv knows of")
    FILE.parent.mkdir(parents=True, exist_ok=True)
    FILE.write_text(json.dumps(bill, indent=2) + "\n", encoding="utf-8")
