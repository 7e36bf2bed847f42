"""The vendors' interfaces: one package for each, independent of one another, over one HTTP core."""
