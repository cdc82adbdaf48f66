"""Limits of placement."""

# Of those who send to an atom, so many of the strongest count.
CLIENTS = 16
# Pairs of traffic that are kept of one atom, and of one node.
TRAFFIC, TRAFFIC_NODE = 64, 65_536
# Measured links that are kept of one node: beyond, coordinates tell.
LINKS = 512
# Rows of latencies that are kept ready: 80 kB each for 10,000 nodes.
ROWS = 128
# Nodes that are looked at closely for an atom when very many are planned at once.
SHORTLIST = 32
# Asks times nodes up to which all is reckoned exactly, and improved further.
EXACT_CELLS = 16_000
# In a large batch, who would gain less than this share of what it costs stays.
WORTH = 0.02
# So many of the shortlist are within reach in one round.
CHOICES = 8
