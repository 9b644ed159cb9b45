"""Prints, as JSON, what botocore makes of its data: each client's address and operations.

describe_clients.py FOLDER... -- SERVICE...
"""

from __future__ import annotations

import json
import sys
from typing import Any


def described(shape: Any, seen: frozenset[str] = frozenset()) -> Any:
    """Tell a shape's form as far as serialisers and parsers use it."""
    if shape is None or shape.name in seen:
        return shape and shape.name
    seen |= {shape.name}
    parts = {"type": shape.type_name, "as": shape.serialization, "limits": shape.metadata}
    if shape.type_name == "structure":
        parts["members"] = {name: described(m, seen) for name, m in shape.members.items()}
    elif shape.type_name == "list":
        parts["members"] = described(shape.member, seen)
    elif shape.type_name == "map":
        parts["members"] = [described(shape.key, seen), described(shape.value, seen)]
    return parts


def main() -> None:
    """Describe the clients in all regions, and their operations once."""
    split = sys.argv.index("--")
    sys.path[:0] = sys.argv[1:split]
    import botocore.session

    session = botocore.session.Session()
    found: dict[str, Any] = {}
    for service in sys.argv[split + 1 :]:
        regions = ["us-east-1", "eu-west-1", "ap-south-2", "us-gov-west-1", "cn-north-1"]
        clients = [session.create_client(service, region_name=region) for region in regions]
        model = clients[0].meta.service_model
        operations = map(model.operation_model, model.operation_names)
        found[service] = {
            "addresses": [client.meta.endpoint_url for client in clients],
            "regions": sorted(session.get_available_regions(service)),
            "waiters": clients[0].waiter_names,
            "operations": {
                o.name: [o.http, described(o.input_shape), described(o.output_shape)]
                for o in operations
            },
        }
    json.dump(found, sys.stdout, sort_keys=True)


main()
