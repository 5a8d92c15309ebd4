"""What a row is known by when its file says so, and when it does not.

An id of the CRM comes first, then the registrable domain, then the name; the last only where it is
nobody else's (``importing`` compares it with what is known).
"""

import hashlib

from earshot.domain.facts import normal_company_name
from earshot.imports import hosts

BY_DOMAIN = "domain:"
BY_NAME = "name:"

Values = dict[str, object]


def of_account(values: Values) -> Values:
    if "account_id" in values:
        return values
    return {"account_id": _derived(values), **values}


def _derived(values: Values) -> str:
    domains = values.get("domains")
    for host in domains if isinstance(domains, tuple) else ():
        if found := hosts.registrable(host):
            return f"{BY_DOMAIN}{found}"
    name = normal_company_name(str(values["name"]))
    if not name:
        raise ValueError("is empty, and neither domain nor name can stand for it")
    return f"{BY_NAME}{'-'.join(name.split())}"[:150]


def of_contact(values: Values) -> Values:
    """A name out of its two parts; an id out of the address, which it does not show."""
    parts = (str(values.pop(part, "")) for part in ("first_name", "last_name"))
    spelled = " ".join(part for part in parts if part)
    name = values.get("name") or spelled or values.get("email")
    if not name:
        raise ValueError("has neither a name nor an e-mail address")
    found = {**values, "name": name}
    if "contact_id" in found:
        return found
    if "email" not in found:
        raise ValueError("is empty, and there is no e-mail address to stand for it")
    address = str(found["email"]).casefold().encode()
    return {**found, "contact_id": f"email:{hashlib.sha256(address).hexdigest()[:32]}"}
