"""The guarded connection for coroutines.

```python
async with await aio.GuardedConnection.open(("127.0.0.1", 9000), Policy()) as conn:
    await conn.send(b"a frame")
```

A cancelled task gives its send up, by SD-18: the connection stays whole, or it closes.
"""

from stallproof.aio.connection import Address as Address
from stallproof.aio.connection import GuardedConnection as GuardedConnection

__all__ = ["Address", "GuardedConnection"]
