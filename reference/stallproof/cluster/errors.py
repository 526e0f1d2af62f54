"""What keeps a cluster from judging; no part of Dask is imported here."""


class ClusterError(Exception):
    """Nothing was judged: there is no cluster, or a worker cannot do what is asked for."""


class UnfitCluster(ClusterError):
    """The cluster cannot be used as it is: it is not there, or has another version."""
