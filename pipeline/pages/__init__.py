"""One page of a scan: which it is, how it lies over the issued one, its ink, what was read."""
