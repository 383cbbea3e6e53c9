"""Says which Ray is installed here and which cluster an address leads to; run by the driver with the interpreter that has Ray.

Usage: python cluster.py ADDRESS SECONDS. Prints lines "key=value": version (of this installation), then either address,
cluster_version and nodes (addresses of the living ones, with commas), or failure. It speaks to the GCS alone, which versions of
Ray can do with each other; Ray's own Python driver compares the same key before it joins.
"""

import json
import socket
import sys

import ray
from ray._private import services
from ray._raylet import GcsClient

address, seconds = sys.argv[1], float(sys.argv[2])
print(f"version={ray.__version__}")
try:
    address = services.canonicalize_bootstrap_address_or_die(address)
    host, port = address.rsplit(":", 1)
    socket.create_connection((host.strip("[]"), int(port)), timeout=seconds).close()
    client = GcsClient(address=address)
    metadata = client.internal_kv_get(b"CLUSTER_METADATA", b"cluster", timeout=seconds)
    nodes = client.get_all_node_info(timeout=seconds).values()
    print(f"cluster_version={json.loads(metadata)['ray_version']}")
    print("nodes=" + ",".join(sorted({node.node_manager_address for node in nodes if node.state == 0})))
    print(f"address={address}")
except Exception as failure:
    print(f"failure={type(failure).__name__}: {failure}".replace("\n", " "))
