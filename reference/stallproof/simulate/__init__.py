"""A whole job in virtual time: what one stalled connection does to a server, relays and clients."""
