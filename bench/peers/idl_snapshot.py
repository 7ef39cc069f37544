"""How long Python's ovs.db.idl takes to hold a table: idl_snapshot.py REMOTE SCHEMA TABLE, prints milliseconds and rows."""

import sys
import time

from ovs.db import idl
from ovs.poller import Poller

remote, schema, table = sys.argv[1:]
helper = idl.SchemaHelper(location=schema)
helper.register_table(table)
replica = idl.Idl(remote, helper, leader_only=False)
start = time.monotonic()
while not replica.has_ever_connected():
    replica.run()
    if replica.has_ever_connected():
        break
    poller = Poller()
    replica.wait(poller)
    poller.block()
print((time.monotonic() - start) * 1000, len(replica.tables[table].rows))
