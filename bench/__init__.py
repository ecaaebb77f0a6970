"""Measures Larder beside its peers and beside the bare database: one machine, one server, one run, as ratios."""
